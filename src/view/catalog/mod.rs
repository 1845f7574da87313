//! What is known beforehand: the tables of the catalogue, what their columns mean and are called.
//!
//! Nothing here is needed to open a file: a table that is not listed gets the same views with its
//! columns' own names. Facts are from the datasets' cards.

pub mod about;
pub mod images;
pub mod pattern;

use crate::view::spec::HubPath;

/// A table that the start page offers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Table {
    /// Its name in links.
    pub id: &'static str,
    /// Which dataset it belongs to.
    pub dataset: &'static str,
    /// Which part of the dataset it is.
    pub part: &'static str,
    /// One sentence for people who do not know it.
    pub summary: &'static str,
    /// Where the file is.
    pub place: Place,
    /// Rows, for the start page; the file's own footer counts.
    pub rows: u64,
    /// The file's size, a hint that saves one request when it is right.
    pub file_bytes_hint: Option<u64>,
    /// What the start page tells of it: name and value.
    pub facts: &'static [(&'static str, &'static str)],
    /// What a row is: "images".
    pub row_noun: &'static str,
}

/// Where the file of a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a dataset repository on the Hub.
    Hub {
        /// `owner/name`.
        repository: &'static str,
        /// Branch, tag or commit.
        revision: &'static str,
        /// Path inside the repository.
        path: &'static str,
    },
    /// Beside the app, below its own address.
    Beside(&'static str),
}

impl Table {
    /// The file on the Hub, if it is there.
    pub fn hub_path(&self) -> Option<HubPath> {
        match self.place {
            Place::Hub { repository, revision, path } => Some(HubPath {
                repository: repository.to_owned(),
                revision: revision.to_owned(),
                path: path.to_owned(),
            }),
            Place::Beside(_) => None,
        }
    }

    /// Whether it comes with the app.
    pub fn is_sample(&self) -> bool {
        matches!(self.place, Place::Beside(_))
    }
}

const DIFFUSIONDB: &str = "poloclub/diffusiondb";
const IMAGEREWARD: &str = "zai-org/ImageRewardDB";

/// The tables, in the order of the start page.
pub const TABLES: &[Table] = &[
    Table {
        id: "diffusiondb-2m",
        dataset: "DiffusionDB",
        part: "2M",
        summary: "Two million Stable Diffusion images with their prompts and hyperparameters, August 2022.",
        place: Place::Hub { repository: DIFFUSIONDB, revision: "main", path: "metadata.parquet" },
        rows: 2_000_000,
        file_bytes_hint: Some(194_548_652),
        facts: &[
            ("images", "2,000,000"),
            ("distinct prompts", "1.5 M"),
            ("size", "1.6 TB"),
            ("table", "195 MB"),
            ("licence", "CC0 1.0"),
        ],
        row_noun: "images",
    },
    Table {
        id: "diffusiondb-large",
        dataset: "DiffusionDB",
        part: "Large",
        summary: "Fourteen million Stable Diffusion images with their prompts and hyperparameters.",
        place: Place::Hub { repository: DIFFUSIONDB, revision: "main", path: "metadata-large.parquet" },
        rows: 14_000_000,
        file_bytes_hint: None,
        facts: &[
            ("images", "14,000,000"),
            ("distinct prompts", "1.8 M"),
            ("size", "6.5 TB"),
            ("format", "lossless WebP"),
            ("licence", "CC0 1.0"),
        ],
        row_noun: "images",
    },
    Table {
        id: "imagereward-train",
        dataset: "ImageRewardDB",
        part: "train",
        summary: "One prompt's images, ranked and rated by people: the training split.",
        place: Place::Hub { repository: IMAGEREWARD, revision: "main", path: "metadata-train.parquet" },
        rows: 49_900,
        file_bytes_hint: None,
        facts: &[("prompts", "8,000"), ("images", "49.9 K"), ("size", "20.9 GB"), ("licence", "Apache 2.0")],
        row_noun: "images",
    },
    Table {
        id: "imagereward-validation",
        dataset: "ImageRewardDB",
        part: "validation",
        summary: "One prompt's images, ranked and rated by people: the validation split.",
        place: Place::Hub { repository: IMAGEREWARD, revision: "main", path: "metadata-validation.parquet" },
        rows: 2_600,
        file_bytes_hint: None,
        facts: &[("prompts", "412"), ("images", "2.6 K"), ("size", "1.10 GB"), ("licence", "Apache 2.0")],
        row_noun: "images",
    },
    Table {
        id: "imagereward-test",
        dataset: "ImageRewardDB",
        part: "test",
        summary: "One prompt's images, ranked and rated by people: the test split.",
        place: Place::Hub { repository: IMAGEREWARD, revision: "main", path: "metadata-test.parquet" },
        rows: 2_720,
        file_bytes_hint: None,
        facts: &[("prompts", "466"), ("images", "2.7 K"), ("size", "1.16 GB"), ("licence", "Apache 2.0")],
        row_noun: "images",
    },
    Table {
        id: "diffusiondb-sample",
        dataset: "DiffusionDB",
        part: "sample",
        summary: "5,000 rows with real DiffusionDB prompts and generated hyperparameters. Works offline.",
        place: Place::Beside("sample/diffusiondb-sample.parquet"),
        rows: 5_000,
        file_bytes_hint: None,
        facts: &[("images", "5,000"), ("licence", "CC0 1.0")],
        row_noun: "images",
    },
    Table {
        id: "imagereward-test-sample",
        dataset: "ImageRewardDB",
        part: "test sample",
        summary: "The published test split: 2,720 real rows with ranks; ratings are not published. Works offline.",
        place: Place::Beside("sample/imagereward-test-sample.parquet"),
        rows: 2_720,
        file_bytes_hint: None,
        facts: &[("prompts", "466"), ("images", "2,720"), ("licence", "Apache 2.0")],
        row_noun: "images",
    },
];

/// The table of this id.
pub fn table(id: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.id == id)
}

/// A subset that a dataset's card names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedSubset {
    /// Its name in the card and in links.
    pub name: &'static str,
    /// The catalogue's tables that have it.
    pub tables: &'static [&'static str],
    /// What people call it.
    pub title: &'static str,
    /// Which rows it has.
    pub rows: SubsetRows,
    /// How many images the card counts in it, where that does not follow from its rows.
    pub images: Option<&'static str>,
}

/// Which rows a subset has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubsetRows {
    /// So many from the first.
    First(u64),
    /// So many by chance.
    Random {
        /// How many.
        rows: u64,
        /// What they depend on.
        seed: u64,
    },
    /// Those whose image is in one of the first shards; the shard is part of `image_path`.
    Shards(u32),
}

/// The seed of the subsets that the card calls random. The card's own choice can't be repeated: it
/// depends on the script that drew it.
const CARD_SEED: u64 = 1;

const TWO_M: &[&str] = &["diffusiondb-2m", "diffusiondb-sample"];
const LARGE: &[&str] = &["diffusiondb-large"];
const TRAIN: &[&str] = &["imagereward-train"];

const fn first(
    name: &'static str,
    tables: &'static [&'static str],
    title: &'static str,
    rows: u64,
) -> NamedSubset {
    NamedSubset { name, tables, title, rows: SubsetRows::First(rows), images: None }
}

const fn random(
    name: &'static str,
    tables: &'static [&'static str],
    title: &'static str,
    rows: u64,
) -> NamedSubset {
    NamedSubset { name, tables, title, rows: SubsetRows::Random { rows, seed: CARD_SEED }, images: None }
}

const fn shards(name: &'static str, title: &'static str, last: u32, images: &'static str) -> NamedSubset {
    NamedSubset { name, tables: TRAIN, title, rows: SubsetRows::Shards(last), images: Some(images) }
}

/// The subsets of the cards: DiffusionDB's by number of rows, ImageRewardDB's by number of prompts,
/// which are 250 a shard.
pub const SUBSETS: &[NamedSubset] = &[
    first("2m_first_1k", TWO_M, "first 1,000", 1_000),
    first("2m_first_5k", TWO_M, "first 5,000", 5_000),
    first("2m_first_10k", TWO_M, "first 10,000", 10_000),
    first("2m_first_50k", TWO_M, "first 50,000", 50_000),
    first("2m_first_100k", TWO_M, "first 100,000", 100_000),
    random("2m_random_1k", TWO_M, "random 1,000", 1_000),
    random("2m_random_5k", TWO_M, "random 5,000", 5_000),
    random("2m_random_10k", TWO_M, "random 10,000", 10_000),
    random("2m_random_50k", TWO_M, "random 50,000", 50_000),
    random("2m_random_100k", TWO_M, "random 100,000", 100_000),
    first("large_first_1k", LARGE, "first 1,000", 1_000),
    first("large_first_5k", LARGE, "first 5,000", 5_000),
    first("large_first_10k", LARGE, "first 10,000", 10_000),
    first("large_first_50k", LARGE, "first 50,000", 50_000),
    first("large_first_100k", LARGE, "first 100,000", 100_000),
    random("large_random_1k", LARGE, "random 1,000", 1_000),
    random("large_random_5k", LARGE, "random 5,000", 5_000),
    random("large_random_10k", LARGE, "random 10,000", 10_000),
    random("large_random_50k", LARGE, "random 50,000", 50_000),
    random("large_random_100k", LARGE, "random 100,000", 100_000),
    shards("1k", "1,000 prompts", 4, "6.2 K"),
    shards("2k", "2,000 prompts", 8, "12.5 K"),
    shards("4k", "4,000 prompts", 16, "25.1 K"),
    shards("8k", "8,000 prompts", 32, "49.9 K"),
];

/// The subset of this name.
pub fn subset(name: &str) -> Option<&'static NamedSubset> {
    SUBSETS.iter().find(|subset| subset.name == name)
}

/// The column that says where a row's image is, for subsets by shard.
pub const IMAGE_PATH: &str = "image_path";

/// What a column of the known datasets means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColumnFacts {
    /// The column's name in the file.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// What it holds, in a sentence.
    pub about: &'static str,
    /// Names of coded values.
    pub labels: &'static [(i64, &'static str)],
    /// A value beyond the scale that means something of its own, and what it is called.
    pub detached: Option<(f64, &'static str)>,
    /// Place in the rail and whether its chart is read with the table: lower comes first, and
    /// charts below [`CHARTED_AT_OPEN`] are read at once.
    pub order: u16,
    /// Whether it is one of the table's columns by default.
    pub in_table: bool,
    /// Whether whole numbers are names rather than amounts, so that bars suit them better.
    pub categorical: bool,
}

/// Charts of columns whose order is below this are read as soon as a table is open.
pub const CHARTED_AT_OPEN: u16 = 100;

/// Order of columns that nothing is known of.
pub const UNKNOWN_ORDER: u16 = 500;

/// The name of the column that is derived from `width` and `height`.
pub const SIZE: &str = "size";

/// The columns that are counted against each other beside the phrases.
pub const HEAT: (&str, &str) = ("cfg", "step");

/// How likely image and prompt are not safe for work.
pub const SCORES: &[&str] = &["image_nsfw", "prompt_nsfw"];

/// What scores below a tenth is at most this: the next smaller number of four bytes.
pub const SAFE_BELOW: f64 = 0.099_999_994;

/// The samplers of DiffusionDB, by their code.
pub const SAMPLERS: &[(i64, &str)] = &[
    (1, "ddim"),
    (2, "plms"),
    (3, "k_euler"),
    (4, "k_euler_ancestral"),
    (5, "k_heun"),
    (6, "k_dpm_2"),
    (7, "k_dpm_2_ancestral"),
    (8, "k_lms"),
    (9, "others"),
];

const fn facts(name: &'static str, title: &'static str, order: u16, about: &'static str) -> ColumnFacts {
    ColumnFacts {
        name,
        title,
        about,
        labels: &[],
        detached: None,
        order,
        in_table: false,
        categorical: false,
    }
}

/// The columns of the known datasets.
pub const COLUMNS: &[ColumnFacts] = &[
    ColumnFacts {
        in_table: true,
        ..facts("prompt", "prompt", 900, "The text that the image was made from.")
    },
    ColumnFacts {
        in_table: true,
        ..facts(
            "cfg",
            "cfg scale",
            10,
            "Classifier-free guidance scale: how strongly the image follows the prompt.",
        )
    },
    ColumnFacts { in_table: true, ..facts("step", "steps", 20, "Denoising steps.") },
    ColumnFacts {
        in_table: true,
        labels: SAMPLERS,
        categorical: true,
        ..facts("sampler", "sampler", 30, "How the noise was removed.")
    },
    ColumnFacts {
        in_table: true,
        categorical: true,
        ..facts(SIZE, "image size", 40, "Width x height, in pixels.")
    },
    ColumnFacts { in_table: true, ..facts("seed", "seed", 160, "Seed of the random numbers.") },
    ColumnFacts { in_table: true, ..facts("timestamp", "time", 110, "When the image was made, UTC.") },
    ColumnFacts {
        detached: Some((2.0, "flagged")),
        ..facts(
            "image_nsfw",
            "image NSFW",
            120,
            "How likely the image is not safe for work: 0 to 1, or 2 where its generator had blurred it already.",
        )
    },
    facts("prompt_nsfw", "prompt NSFW", 130, "How likely the prompt is not safe for work, 0 to 1."),
    ColumnFacts {
        categorical: true,
        ..facts("user_name", "user name", 140, "Hash of the Discord account that asked for the image.")
    },
    facts("part_id", "part", 150, "Which ZIP file holds the image."),
    facts("width", "width", 170, "Width in pixels."),
    facts("height", "height", 180, "Height in pixels."),
    facts("image_name", "image name", 910, "The image's file name, a UUID."),
    facts("image_path", "image path", 920, "Where the image is in its repository."),
    facts("prompt_id", "prompt id", 930, "Part and number of the prompt in DiffusionDB Large."),
    ColumnFacts {
        in_table: true,
        categorical: true,
        ..facts("classification", "category", 15, "What the prompt is about.")
    },
    ColumnFacts {
        in_table: true,
        categorical: false,
        ..facts("rank", "rank", 11, "Place of the image among those of its prompt; 1 is best, ties exist.")
    },
    ColumnFacts {
        in_table: true,
        ..facts("overall_rating", "overall rating", 12, "How good the image is, 1 to 7.")
    },
    facts(
        "image_text_alignment_rating",
        "alignment",
        13,
        "How well the image shows what the prompt says, 1 to 7.",
    ),
    facts("fidelity_rating", "fidelity", 14, "How true to life the image is, 1 to 7."),
    facts("image_amount_in_total", "images of the prompt", 16, "How many images the prompt has."),
];

/// What is known of a column, by its name in the file.
pub fn column(name: &str) -> Option<&'static ColumnFacts> {
    COLUMNS.iter().find(|column| column.name == name)
}

/// What people call a column.
pub fn title(name: &str) -> &str {
    column(name).map_or(name, |facts| facts.title)
}

/// What a coded value is called, if it has a name.
pub fn label(name: &str, value: f64) -> Option<&'static str> {
    let facts = column(name)?;
    facts.labels.iter().find(|(code, _)| *code as f64 == value).map(|(_, label)| *label)
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, TABLES, column, label, table};
    use std::collections::BTreeSet;

    #[test]
    fn ids_and_columns_are_listed_once() {
        let ids: BTreeSet<_> = TABLES.iter().map(|table| table.id).collect();
        assert_eq!(ids.len(), TABLES.len());
        let names: BTreeSet<_> = COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), COLUMNS.len());
    }

    #[test]
    fn known_things_are_found_by_name() {
        assert_eq!(table("diffusiondb-2m").map(|table| table.rows), Some(2_000_000));
        assert_eq!(column("cfg").map(|column| column.title), Some("cfg scale"));
        assert_eq!(label("sampler", 8.0), Some("k_lms"));
        assert_eq!(label("sampler", 10.0), None);
        assert_eq!(table("nothing"), None);
        assert_eq!((super::SAFE_BELOW as f32).next_up(), 0.1);
    }
}
