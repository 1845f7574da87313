//! Which column of a table plays which part: guessed by name and kind, and corrected by people.

use crate::base::sorted::Map;
use crate::view::catalog::{ROLE_NAMES, RoleNames, USUAL_COLUMNS};
use crate::view::sides::{names_images, sides};

/// A part that a column can play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The text that an image was made from.
    Prompt,
    /// How strongly an image follows its prompt.
    Cfg,
    /// Denoising steps.
    Step,
    /// How the noise was removed.
    Sampler,
    /// Seed of the random numbers.
    Seed,
    /// The image, or where it is.
    Image,
    /// Who asked for the image.
    User,
    /// When the image was made.
    Time,
    /// How likely the image is not safe for work: images above a threshold are blurred.
    NsfwImage,
    /// How likely the prompt is not safe for work.
    NsfwPrompt,
    /// What rows of one prompt have in common, for the Compare view.
    Group,
    /// Place of an image among those of its group; 1 is best.
    Rank,
    /// How good an image is, on the whole.
    Rating,
    /// How well an image shows what its prompt says.
    Alignment,
    /// How true to life an image is.
    Fidelity,
    /// What a prompt is about.
    Category,
    /// Number of images in the row's group.
    Amount,
    /// The file name of the image.
    ImageName,
    /// The path of the image in its repository.
    ImagePath,
    /// The archive that holds the image.
    Part,
    /// Width of the image, in pixels.
    Width,
    /// Height of the image, in pixels.
    Height,
    /// How good a model takes an image to be.
    Score,
    /// The first of two images that a row compares, or where it is.
    ImageA,
    /// The second of them.
    ImageB,
    /// Which of the two is preferred: the first one's share, a sign, or a name.
    Preference,
    /// Who judged.
    Annotator,
    /// Bytes that are text, though the file does not say so.
    Text,
}

impl Role {
    /// Every role, with its name in links and what people call it.
    pub const ALL: &[(Self, &str, &str)] = &[
        (Self::Prompt, "prompt", "prompt"),
        (Self::Cfg, "cfg", "cfg scale"),
        (Self::Step, "step", "steps"),
        (Self::Sampler, "sampler", "sampler"),
        (Self::Seed, "seed", "seed"),
        (Self::Image, "image", "image"),
        (Self::User, "user", "user"),
        (Self::Time, "time", "time"),
        (Self::NsfwImage, "nsfw-image", "image NSFW"),
        (Self::NsfwPrompt, "nsfw-prompt", "prompt NSFW"),
        (Self::Group, "group", "group"),
        (Self::Rank, "rank", "rank"),
        (Self::Rating, "rating", "rating"),
        (Self::Alignment, "alignment", "alignment"),
        (Self::Fidelity, "fidelity", "fidelity"),
        (Self::Category, "category", "category"),
        (Self::Amount, "amount", "images of the prompt"),
        (Self::ImageName, "image-name", "image name"),
        (Self::ImagePath, "image-path", "image path"),
        (Self::Part, "part", "part"),
        (Self::Width, "width", "width"),
        (Self::Height, "height", "height"),
        (Self::Score, "score", "score of a model"),
        (Self::ImageA, "image-a", "image A"),
        (Self::ImageB, "image-b", "image B"),
        (Self::Preference, "preference", "preference"),
        (Self::Annotator, "annotator", "annotator"),
        (Self::Text, "text", "bytes as text"),
    ];

    /// Its name in links.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(role, ..)| *role == self).map_or("", |(_, name, _)| name)
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        Self::ALL.iter().find(|(role, ..)| *role == self).map_or("", |(_, _, title)| title)
    }

    /// The role of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, other, _)| *other == name).map(|(role, ..)| *role)
    }

    /// Whether the page offers to correct it for every table, whichever columns that has.
    pub const fn is_usual(self) -> bool {
        matches!(self, Self::Prompt | Self::Cfg | Self::Step | Self::Sampler | Self::Seed | Self::Image)
    }

    /// Whether it is about what people prefer, which the page offers to correct as well.
    pub const fn is_preference(self) -> bool {
        matches!(
            self,
            Self::Group
                | Self::Rank
                | Self::Rating
                | Self::Score
                | Self::Category
                | Self::ImageA
                | Self::ImageB
                | Self::Preference
                | Self::Annotator
                | Self::ImagePath
        )
    }

    /// Whether a column of this kind can play it.
    pub const fn suits(self, holds: Holds) -> bool {
        match self {
            Self::Prompt | Self::ImageName => matches!(holds, Holds::Text),
            Self::ImagePath => matches!(holds, Holds::Text | Holds::Nested),
            Self::Cfg
            | Self::Step
            | Self::Seed
            | Self::NsfwImage
            | Self::NsfwPrompt
            | Self::Score
            | Self::Alignment
            | Self::Fidelity
            | Self::Amount
            | Self::Width
            | Self::Height => matches!(holds, Holds::Number),
            Self::Sampler | Self::User | Self::Group | Self::Category | Self::Part | Self::Preference => {
                matches!(holds, Holds::Text | Holds::Number)
            }
            // A row may list several images with a rank of each, and who gave which.
            Self::Rank | Self::Rating => matches!(holds, Holds::Number | Holds::Nested),
            Self::Annotator => matches!(holds, Holds::Text | Holds::Number | Holds::Nested),
            Self::Time => matches!(holds, Holds::Time | Holds::Number),
            Self::Text => matches!(holds, Holds::Bytes),
            Self::Image | Self::ImageA | Self::ImageB => {
                matches!(holds, Holds::Text | Holds::Bytes | Holds::Nested)
            }
        }
    }
}

/// What a column holds, as far as roles care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Text.
    Text,
    /// Numbers.
    Number,
    /// Moments.
    Time,
    /// Bytes.
    Bytes,
    /// Lists or structures.
    Nested,
    /// Anything else.
    Other,
}

/// A column that may play a part.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it holds.
    pub holds: Holds,
    /// About how many bytes a row of it takes before it is compressed; 0 where that is not known.
    pub row_bytes: u64,
    /// Whether its texts are known to be keys, paths, addresses or JSON.
    pub is_code: bool,
}

/// Corrections: a column, or none, in place of what would be guessed.
pub type Corrections = Map<Role, Option<String>>;

/// Which column plays which part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles(Map<Role, String>);

impl Roles {
    /// The column that plays a part.
    pub fn column(&self, role: Role) -> Option<&str> {
        self.0.get(&role).map(String::as_str)
    }

    /// The part that a column plays.
    pub fn role(&self, column: &str) -> Option<Role> {
        self.0.iter().find(|(_, name)| *name == column).map(|(role, _)| *role)
    }

    /// Guesses, and what was corrected of them. A correction that names no column that could play
    /// the part is passed over.
    pub fn new(columns: &[Candidate<'_>], corrections: &Corrections) -> Self {
        let mut roles = Map::new();
        for (role, ..) in Role::ALL {
            let suits = |candidate: &&Candidate<'_>| role.suits(candidate.holds);
            let named = |name: &str| {
                columns
                    .iter()
                    .filter(suits)
                    .find(|candidate| candidate.name == name)
                    .map(|candidate| candidate.name)
            };
            let chosen = match corrections.get(role) {
                // A link must not lift the blur: scores of the usual name count, whatever it says.
                Some(column) if matches!(role, Role::NsfwImage | Role::NsfwPrompt) => {
                    guess(*role, columns).or_else(|| named(column.as_deref()?))
                }
                Some(None) => None,
                Some(Some(name)) => named(name).or_else(|| guess(*role, columns)),
                None => guess(*role, columns),
            };
            if let Some(name) = chosen {
                roles.insert(*role, name.to_owned());
            }
        }
        Self(roles).with_sides(columns, corrections).with_lists(columns, corrections)
    }

    /// Two columns of images that are told apart by a word of their names, whatever the others are; and a choice means
    /// something beside two images only.
    fn with_sides(mut self, columns: &[Candidate<'_>], corrections: &Corrections) -> Self {
        let is_free = |role: Role| !corrections.contains_key(&role);
        let has_both =
            |roles: &Self| [Role::ImageA, Role::ImageB].iter().all(|role| roles.column(*role).is_some());
        if !has_both(&self) && is_free(Role::ImageA) && is_free(Role::ImageB) {
            let suited =
                |name: &str| columns.iter().any(|it| it.name == name && Role::ImageB.suits(it.holds));
            let images = columns.iter().filter(|it| suited(it.name) && names_images(it.name));
            let pairs = images.filter_map(|it| Some((it.name, sides(it.name, suited)?.second)));
            // Columns about these have longer names.
            let found = pairs.min_by_key(|(name, _)| name.len());
            for role in [Role::ImageA, Role::ImageB] {
                self.0.remove(&role);
            }
            if let Some((first, second)) = found {
                self.0.insert(Role::ImageA, first.to_owned());
                self.0.insert(Role::ImageB, second);
            }
        }
        if !has_both(&self) && is_free(Role::Preference) {
            self.0.remove(&Role::Preference);
        }
        self
    }

    /// Lists of ranks or ratings mean something beside a list of images: these are a group then. Else no column of
    /// lists plays such a part.
    fn with_lists(mut self, columns: &[Candidate<'_>], corrections: &Corrections) -> Self {
        const LISTS: [Role; 4] = [Role::Rank, Role::Rating, Role::ImagePath, Role::Annotator];
        let is_nested = |name: &str| columns.iter().any(|it| it.name == name && it.holds == Holds::Nested);
        let [rank, rating, images, annotator] =
            LISTS.map(|role| self.column(role).filter(|name| is_nested(name)).map(str::to_owned));
        match images {
            Some(images) if rank.is_some() || rating.is_some() => {
                if self.column(Role::Group).is_none() && !corrections.contains_key(&Role::Group) {
                    self.0.insert(Role::Group, images);
                }
            }
            images => {
                for (role, column) in LISTS.into_iter().zip([rank, rating, images, annotator]) {
                    if column.is_some() {
                        self.0.remove(&role);
                    }
                }
            }
        }
        self
    }

    /// The same, with this column in place of the one that played the part, or none.
    #[must_use]
    pub fn with(mut self, role: Role, column: Option<&str>) -> Self {
        match column {
            Some(column) => self.0.insert(role, column.to_owned()),
            None => self.0.remove(&role),
        };
        self
    }

    /// What was told of them, as pairs of a role's name and a column.
    pub fn told(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut roles = Self::default();
        roles.0.extend(pairs.into_iter().filter_map(|(role, column)| Some((Role::of(&role)?, column))));
        roles
    }

    /// Pairs of a role's name and a column.
    pub fn pairs(&self) -> Vec<(String, String)> {
        self.0.iter().map(|(role, column)| (role.name().to_owned(), column.clone())).collect()
    }
}

/// Parts of names that tell that a text is no prompt, and that what is called image is none.
const OTHERWISE: &[&str] = &["negative", "_id", "hash", "nsfw", "score", "model", "name", "path", "amount"];

/// A text with more bytes a row than this is prose rather than a name or a key.
const PROSE_BYTES: u64 = 30;

fn known(role: Role) -> Option<&'static RoleNames> {
    ROLE_NAMES.iter().find(|names| names.role == role)
}

/// What columns that play a part are called, the likeliest first.
pub fn names_of(role: Role) -> impl Iterator<Item = &'static str> {
    let usual = USUAL_COLUMNS.iter().filter(move |facts| facts.role == Some(role)).map(|facts| &*facts.name);
    known(role).map_or(&[][..], |names| names.names).iter().copied().chain(usual)
}

fn guess<'a>(role: Role, columns: &[Candidate<'a>]) -> Option<&'a str> {
    let parts = known(role).map_or(&[][..], |names| names.parts);
    let mut whole = names_of(role);
    let suited = || columns.iter().filter(|candidate| role.suits(candidate.holds));
    // Of several spellings the one in lower case is meant.
    let exact = whole.find_map(|name| {
        let same = |candidate: &&Candidate<'_>| candidate.name.eq_ignore_ascii_case(name);
        let exact = suited().find(|candidate| candidate.name == name);
        // Other roles mean something only together, so that a chance likeness is of no use.
        exact.or_else(|| if role.is_usual() { suited().find(same) } else { None })
    });
    let lower = |candidate: &Candidate<'_>| candidate.name.to_ascii_lowercase();
    let plausible = |candidate: &&Candidate<'_>| {
        let name = lower(candidate);
        !OTHERWISE.iter().any(|other| name.contains(other))
    };
    let partly = || {
        parts
            .iter()
            .find_map(|part| suited().filter(plausible).find(|candidate| lower(candidate).contains(part)))
    };
    let prose = || {
        let long = suited()
            .filter(plausible)
            .filter(|candidate| candidate.row_bytes >= PROSE_BYTES && !candidate.is_code)
            .filter(|candidate| !lower(candidate).contains("url"));
        if role == Role::Prompt { long.max_by_key(|candidate| candidate.row_bytes) } else { None }
    };
    let listed = || {
        let lists = known(role).map_or(&[][..], |names| names.lists);
        let of = |name: &str| suited().find(|it| it.holds == Holds::Nested && it.name == name);
        lists.iter().find_map(|name| of(name))
    };
    exact.or_else(listed).or_else(partly).or_else(prose).map(|candidate| candidate.name)
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Corrections, Holds, Role, Roles};

    fn roles(columns: &[(&str, Holds, u64)], corrections: &Corrections) -> Vec<String> {
        let columns: Vec<_> = columns
            .iter()
            .map(|(name, holds, row_bytes)| Candidate {
                name,
                holds: *holds,
                row_bytes: *row_bytes,
                is_code: name.starts_with("json"),
            })
            .collect();
        Roles::new(&columns, corrections)
            .pairs()
            .into_iter()
            .map(|(role, name)| format!("{role}={name}"))
            .collect()
    }

    #[test]
    fn columns_are_told_by_name_and_kind() {
        let none = Corrections::new();
        assert_eq!(
            roles(
                &[
                    ("image", Holds::Nested, 0),
                    ("negative_prompt", Holds::Text, 200),
                    ("Prompt", Holds::Text, 100),
                    ("guidance_scale", Holds::Number, 4),
                    ("num_inference_steps", Holds::Number, 4),
                    ("Sampler", Holds::Text, 8),
                    ("seed", Holds::Text, 8),
                ],
                &none
            ),
            [
                "prompt=Prompt",
                "cfg=guidance_scale",
                "step=num_inference_steps",
                "sampler=Sampler",
                "image=image"
            ]
        );
        assert_eq!(
            roles(&[("URL", Holds::Text, 90), ("TEXT", Holds::Text, 60), ("WIDTH", Holds::Number, 4)], &none),
            ["prompt=TEXT", "image=URL"]
        );
        // As the parts of DiffusionDB have them.
        assert_eq!(
            roles(
                &[
                    ("key", Holds::Text, 40),
                    ("p", Holds::Text, 20),
                    ("c", Holds::Number, 8),
                    ("st", Holds::Number, 8)
                ],
                &none
            ),
            ["prompt=p", "step=st"]
        );
        // Without a telling name the longest text is meant, if it is long.
        assert_eq!(roles(&[("a", Holds::Text, 12), ("b", Holds::Text, 80)], &none), ["prompt=b"]);
        assert_eq!(
            roles(&[("json", Holds::Text, 300), ("b", Holds::Text, 80)], &none),
            ["prompt=b"],
            "JSON is no prose"
        );
        assert_eq!(
            roles(&[("a", Holds::Text, 12), ("image_nsfw", Holds::Number, 4)], &none),
            ["nsfw-image=image_nsfw"]
        );
        assert_eq!(
            roles(
                &[
                    ("prompt_id", Holds::Text, 12),
                    ("prompt", Holds::Text, 9),
                    ("image_path", Holds::Text, 60)
                ],
                &none
            ),
            ["prompt=prompt", "group=prompt_id", "image-path=image_path"]
        );
    }

    #[test]
    fn lists_play_a_part_beside_a_list_of_images() {
        let none = Corrections::new();
        let listed = [
            ("prompt", Holds::Text, 80),
            ("image_path", Holds::Nested, 0),
            ("rank", Holds::Nested, 0),
            ("raw_annotation", Holds::Nested, 0),
        ];
        assert_eq!(
            roles(&listed, &none),
            [
                "prompt=prompt",
                "group=image_path",
                "rank=rank",
                "image-path=image_path",
                "annotator=raw_annotation"
            ]
        );
        let chosen = [
            ("human_preference", Holds::Nested, 0),
            ("prompt", Holds::Text, 80),
            ("file_path", Holds::Nested, 0),
            ("user_hash", Holds::Text, 9),
        ];
        assert_eq!(
            roles(&chosen, &none),
            [
                "prompt=prompt",
                "group=file_path",
                "rating=human_preference",
                "image-path=file_path",
                "annotator=user_hash"
            ]
        );
        // Without images they are lists like any other, and a path of its own is not taken for an image's.
        assert_eq!(roles(&[("rank", Holds::Nested, 0), ("annotator", Holds::Nested, 0)], &none), [""; 0]);
        assert_eq!(roles(&[("file_path", Holds::Text, 9), ("rank", Holds::Nested, 0)], &none), [""; 0]);
    }

    #[test]
    fn corrections_count_where_they_can() {
        let columns = [("prompt", Holds::Text, 80), ("title", Holds::Text, 9), ("n", Holds::Number, 4)];
        let corrected = |role: Role, column: Option<&str>| {
            roles(&columns, &Corrections::from([(role, column.map(str::to_owned))]))
        };
        assert_eq!(corrected(Role::Prompt, Some("title")), ["prompt=title"]);
        assert_eq!(corrected(Role::Prompt, Some("n")), ["prompt=prompt"]);
        assert_eq!(corrected(Role::Prompt, None), Vec::<String>::new());
        assert_eq!(corrected(Role::Cfg, Some("n")), ["prompt=prompt", "cfg=n"]);
    }

    #[test]
    fn no_link_lifts_the_blur() {
        let columns = [("image_nsfw", Holds::Number, 4), ("n", Holds::Number, 4)];
        for column in [None, Some("n".to_owned())] {
            let corrections = Corrections::from([(Role::NsfwImage, column)]);
            assert_eq!(roles(&columns, &corrections), ["nsfw-image=image_nsfw"]);
        }
    }
}
