//! Texts of pairs: which of two images people prefer.

use crate::protocol::display::thousands;
use crate::protocol::pairs::{Kind, Verdict};
use crate::table::agreement::Agreement;
use crate::table::pairs::{Accuracy, Count};

/// The part of the page.
pub const PAIRS: &str = "Pairs";
/// What of them is shown.
pub const SHOW: &str = "Show";
/// The images of a prompt.
pub const BY_PROMPT: &str = "Prompts";
/// Two images at a time.
pub const TWO_BY_TWO: &str = "Pairs";
/// Counts and charts.
pub const FIGURES: &str = "Figures";
/// Scores held against people.
pub const JUDGES: &str = "Judges";
/// Files for training.
pub const TRAINING: &str = "For training";
/// Before anything is counted.
pub const COUNTING: &str = "Counting pairs…";

/// "7,230 pairs: 6,399 ordered, 831 tied".
pub fn summary(count: &Count) -> String {
    let Count { ordered, tied, .. } = count;
    format!("{} pairs: {} ordered, {} tied", thousands(ordered + tied), thousands(*ordered), thousands(*tied))
}

/// What they are from.
pub fn summary_from(count: &Count, kind: Kind) -> String {
    let Count { groups, groups_tied, images, .. } = count;
    match kind {
        Kind::Two => format!("from {} rows of two images", thousands(*groups)),
        Kind::Ranked | Kind::Rated => format!(
            "from {} prompts with {} images; {} prompts have a tie",
            thousands(*groups),
            thousands(*images),
            thousands(*groups_tied)
        ),
    }
}

/// What of a link is none of this.
pub fn unclear(item: &str) -> String {
    format!("“{item}” in the link says nothing of pairs.")
}

/// How far columns are read.
pub fn so_far(percent: u64) -> String {
    format!("{percent} % read")
}

/// What is to be known of the pairs before anyone trains on them.
pub fn remarks(count: &Count, kind: Kind, whole: bool) -> Vec<String> {
    let Count {
        groups: _,
        images: _,
        ordered: _,
        tied: _,
        groups_tied: _,
        single,
        without,
        not_from_one,
        odd_labels,
        uneven,
        cut_groups,
        cut_images,
        near,
        beyond,
        missing,
        images_missing,
        images_unsure,
        by_difference: _,
        by_images: _,
    } = count;
    let two = kind == Kind::Two;
    let says = |number: u64, words: &str| (number > 0).then(|| format!("{words}: {}", thousands(number)));
    let cut = |end: &str| {
        (*cut_groups > 0).then(|| {
            format!(
                "The filters leave out {} images of {} prompts{end}",
                thousands(*cut_images),
                thousands(*cut_groups)
            )
        })
    };
    let remarks = [
        cut(if whole { ", which count all the same" } else { ": their pairs are not counted" }),
        says(*single, "Prompts of one image, which make no pair"),
        says(
            *without,
            if two { "Rows without a verdict" } else { "Images without a rank, which are in no pair" },
        ),
        says(*not_from_one, "Prompts without an image of rank 1"),
        says(*odd_labels, "Rows whose labels do not add up to 1"),
        says(*uneven, "Prompts that list another number of images than of ranks"),
        says(*near, "Pairs left out as too near"),
        says(*beyond, "Pairs left out beyond the most of a prompt"),
        (*images_missing > 0).then(|| {
            format!(
                "Pairs left out for an image that is missing: {}; images that are: {}",
                thousands(*missing),
                thousands(*images_missing)
            )
        }),
        says(
            *images_unsure,
            "Images of which it could not be told whether they are missing; their pairs count",
        ),
    ];
    remarks.into_iter().flatten().collect()
}

/// Which pairs are taken.
pub const OPTIONS: &str = "Which pairs";
/// An option.
pub const LEAST_RANK: &str = "ranks apart, at least";
/// An option.
pub const LEAST_RATING: &str = "ratings apart, at least";
/// An option.
pub const MOST: &str = "pairs a prompt, at most";
/// An option that asks for nothing.
pub const ANY: &str = "any";
/// An option that leaves nothing out.
pub const ALL: &str = "all";
/// An option.
pub const WHOLE: &str = "prompts that the filters cut are taken whole";

/// An option.
pub const READABLE: &str = "both images are readable";
/// What that is.
pub const READABLE_NOTE: &str = "Left out is a pair with an image that is known to be missing: the row names none, its \
    archive lists no such file or an empty one, or the bytes in the row are no PNG, JPEG, WebP, GIF or AVIF. Files in \
    archives and at addresses are not opened for this.";

/// How far images were looked for.
pub fn looked_at(looked: u64, all: u64) -> String {
    format!("{} of {} images looked for", thousands(looked), thousands(all))
}

/// Over a chart.
pub const BY_DIFFERENCE: &str = "Pairs by difference of rank";
/// The same of ratings.
pub const BY_RATING: &str = "Pairs by difference of rating";
/// The same of two labels.
pub const BY_LABEL: &str = "Pairs by difference of the labels";
/// Over a chart.
pub const BY_IMAGES: &str = "Prompts by number of images";
/// Over a chart.
pub const BY_TIES: &str = "Prompts with and without a tie";
/// A bar.
pub const WITH_TIE: &str = "with a tie";
/// A bar.
pub const WITHOUT_TIE: &str = "without";
/// The bar of ties.
pub const TIED: &str = "tied";

/// Which prompts these are in a chart.
pub fn images(images: u32) -> String {
    if images == 1 { "1 image".to_owned() } else { format!("{images} images") }
}

/// The list of pairs.
pub const ONE_PAIR: &str = "One pair";
/// Shows the one before.
pub const PREVIOUS: &str = "Previous pair";
/// Shows the next one.
pub const NEXT: &str = "Next pair";
/// Where there are none.
pub const NONE_HERE: &str = "No pairs: nothing that matches makes one.";
/// Hides the verdict.
pub const BLIND: &str = "hide the verdict until I choose";
/// Chooses.
pub const CHOOSE_FIRST: &str = "The left one is better";
/// Chooses.
pub const CHOOSE_TIE: &str = "Neither";
/// Chooses.
pub const CHOOSE_SECOND: &str = "The right one is better";
/// An image.
pub const FIRST: &str = "The left image";
/// An image.
pub const SECOND: &str = "The right image";
/// Says so of an image.
pub const PREFERRED: &str = "preferred";
/// Which keys do what.
pub const KEYS: &str = "Keys: left and right for other pairs; A, B and N to choose.";
/// Forgets what was chosen.
pub const FORGET: &str = "Start over";
/// Where the verdict is not known.
pub const NO_VERDICT: &str = "no verdict";

/// Which pair it is.
pub fn place(at: u64, all: u64) -> String {
    format!("{} of {}", thousands(at + 1), thousands(all))
}

/// A verdict in words.
pub const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::First => "The left one is preferred",
        Verdict::Second => "The right one is preferred",
        Verdict::Tie => "A tie",
    }
}

/// How often somebody chose as people did, on this device.
pub fn agreement(agreed: u64, judged: u64) -> String {
    if judged == 0 {
        return "You have judged no pair yet".to_owned();
    }
    let percent = agreed as f64 / judged as f64 * 100.0;
    format!("You agree in {} of {} pairs ({percent:.0} %)", thousands(agreed), thousands(judged))
}

/// What two images were made with, where that differs.
pub const DIFFERS: &str = "What differs";
/// Where nothing does.
pub const NOTHING_DIFFERS: &str = "Nothing else that the table knows.";

/// The choice of a column of scores.
pub const ADD_JUDGE: &str = "Add a column of scores";
/// What the table of them says.
pub const JUDGES_NOTE: &str = "How often the preferred image has the higher score, over ordered pairs of which both have one; equal scores count half. Behind it the interval that holds the true share 95 times of 100: prompts are taken to be independent, pairs of one prompt are not. Ties are left out.";
/// Where no column can be held against the pairs.
pub const NO_SCORES: &str = "This table has no column of numbers that could be a score.";
/// The head of a column.
pub const SCORE: &str = "Score";
/// The head of a column.
pub const ACCURACY: &str = "Accuracy";
/// The head of a column.
pub const INTERVAL: &str = "95 % interval";
/// Holds annotators against each other.
pub const ASK_AGREEMENT: &str = "How far do people agree on the same two images?";

/// How far they agree.
pub fn agreement_of(told: &Agreement) -> String {
    let Agreement { pairs, judgements, annotators, again, same, alpha } = told;
    let again = if *again > 0 {
        format!(
            " {} judgements that somebody gave of the same pair once more do not count.",
            thousands(*again)
        )
    } else {
        String::new()
    };
    if *pairs == 0 {
        return format!("No two images were judged more than once.{again}");
    }
    let by = annotators.map(|annotators| format!(" by {} people", thousands(annotators))).unwrap_or_default();
    let alpha = alpha.map(|alpha| format!("; Krippendorff’s alpha is {alpha:.3}")).unwrap_or_default();
    format!(
        "{} pairs of images were judged more than once, {} times in all{by}. Two judgements of a pair are the same in {} of cases \
         ({}){alpha}.{again}",
        thousands(*pairs),
        thousands(*judgements),
        percent(same.share),
        interval(same)
    )
}

/// In place of a share where there is none.
pub const NO_SCORED_PAIR: &str = "no pair with both scores";
/// The head of a column.
pub const ON_PAIRS: &str = "Pairs";
/// A row over all.
pub const ALL_PAIRS: &str = "all pairs";
/// Before the numbers of differences.
pub const DIFFERENCE: &str = "difference";
/// Drops a column of scores.
pub fn drop_judge(column: &str) -> String {
    format!("Leave {column} out")
}

/// A share in words.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// The interval of a share.
pub fn interval(accuracy: &Accuracy) -> String {
    let (low, high) = accuracy.interval;
    format!("{:.1} to {:.1} %", low * 100.0, high * 100.0)
}

/// The choice of a form.
pub const FORM: &str = "Format";
/// What is written, by the name of its form.
pub const FORMS: [&str; 7] = [
    "Pairs, JSON Lines",
    "Pairs, CSV",
    "Pairs, Parquet",
    "Rankings, JSON (ImageReward)",
    "TRL: prompt, chosen, rejected",
    "TRL, not paired: prompt, completion, label",
    "Diffusion-DPO, Parquet with images",
];
/// What each has, in a sentence.
pub const FORMS_ABOUT: [&str; 7] = [
    "prompt_id, prompt, classification, chosen, rejected, and rank and rating of both.",
    "prompt_id, prompt, classification, chosen, rejected, and rank and rating of both.",
    "prompt_id, prompt, classification, chosen, rejected, and rank and rating of both.",
    "id, prompt, generations and ranking of each prompt; generations are names as in the ZIP of the images. Ties stay in it.",
    "chosen and rejected are the images' names.",
    "Two rows a pair; completion is the image's name.",
    "caption, jpg_0, jpg_1, label_0, label_1, image_0_uid, image_1_uid, ranking_id, num_example_per_prompt; 100 rows a row group. Every image is read; one of several pairs is in each of them.",
];
/// The choice of a part of the prompts.
pub const SPLIT: &str = "Prompts";
/// No choice.
pub const SPLIT_NONE: &str = "all prompts";
/// A part of them.
pub const SPLIT_FIRST: &str = "a part by chance";
/// The others.
pub const SPLIT_REST: &str = "all but that part";
/// How large it is.
pub const SPLIT_PERCENT: &str = "per cent of prompts in the part";
/// What chance depends on.
pub const SPLIT_SEED: &str = "seed";
/// Writes the file.
pub const WRITE: &str = "Save the file";

/// That ties are left out, and how many.
pub fn ties_left_out(tied: u64) -> String {
    format!(
        "Ties are left out: {} pairs. A script that takes a label of 0.5 for a win would train on them.",
        thousands(tied)
    )
}

/// How large a file with images is, and that they are read.
pub fn images_read(images: u64) -> String {
    format!(
        "Reads {} images; what can't be read is left out, counted, and listed in the file's metadata.",
        thousands(images)
    )
}

/// How far a file is.
pub fn written(rows: u64, total: u64, left_out: u64) -> String {
    let left_out = if left_out > 0 {
        format!(
            "; {} left out, for an image that is missing, can't be read, or is on both sides",
            thousands(left_out)
        )
    } else {
        String::new()
    };
    format!("{} of {} written{left_out}", thousands(rows), thousands(total))
}

/// Where a table with two images a row is to be written in a form that wants one.
pub const NOT_OF_TWO: &str =
    "this form is for tables with an image a row; with two of them, export the rows themselves as Parquet";
/// Where a row lists several images, which are not in the table, and the form wants them.
pub const NOT_OF_LISTS: &str =
    "this form has the images inside, and rows that list several images only name them";
/// Where a table has no pairs.
pub const NO_PAIRS: &str = "the table has no columns for a group and a rank or a rating";
/// Why a pair is left out.
pub const SAME_IMAGE: &str = "both images are the same";
/// Why a pair is left out.
pub const MISSING_IMAGE: &str = "the image is missing, or is none";
/// What a file calls the list of what is left out.
pub const LEFT_OUT_KEY: &str = "vitrine.left_out";

/// Where a column that is needed can't be read.
pub fn column_unreadable(column: &str) -> String {
    format!("{column} can't be read")
}

/// Where a prompt has more images than can be kept.
pub fn too_many_images(most: usize) -> String {
    format!("a prompt has more than {most} images: too many for one file with the images inside")
}
