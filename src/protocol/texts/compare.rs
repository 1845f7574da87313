//! Texts of the comparison of images of one prompt.

use crate::protocol::display::thousands;

/// The list of prompts.
pub const PROMPTS: &str = "Prompts";
/// Their order.
pub const SORT: &str = "Sort prompts";
/// As they stand in the file.
pub const SORT_FILE: &str = "as in the file";
/// By how much ranks and ratings disagree.
pub const SORT_DISAGREEMENT: &str = "most disagreement";
/// By their images.
pub const SORT_IMAGES: &str = "most images";
/// The choice of a category.
pub const CATEGORY: &str = "Category";
/// No choice.
pub const ALL_CATEGORIES: &str = "all categories";
/// The choice of how many images a prompt has.
pub const NUMBER: &str = "Number of images";
/// No choice.
pub const ANY_NUMBER: &str = "any number";
/// In place of a prompt that is not read.
pub const NO_WORDS_YET: &str = "…";

/// How many prompts there are.
pub fn prompts(prompts: u64) -> String {
    format!("{} prompts", thousands(prompts))
}

/// How many of them the list leaves out.
pub fn prompts_left_out(prompts: u64) -> String {
    format!("The last {} are not listed: filters bring them here.", thousands(prompts))
}

/// How many images a prompt has.
pub fn images(images: usize) -> String {
    format!("{images} images")
}

/// The same with the share of pairs where ranks and ratings disagree.
pub fn images_disagreeing(images: usize, share: f64) -> String {
    format!("{images} images · {:.0} % of pairs disagree", share * 100.0)
}

/// The images of the prompt that is looked at.
pub const IMAGES: &str = "Images of the prompt";
/// Shows the prompt before.
pub const PREVIOUS: &str = "Previous prompt";
/// Shows the next one.
pub const NEXT: &str = "Next prompt";
/// Leads to the table that the images are from.
pub fn find_in(dataset: &str) -> String {
    format!("find in {dataset}")
}
/// Where a table has ranks only.
pub const NO_RATINGS: &str = "This table has ranks only: its ratings are not published.";
/// The images.
pub const BY_RANK: &str = "By rank";

/// How many pairs the images make.
pub fn pairs(pairs: usize) -> String {
    format!("{pairs} pairs")
}

/// Where another table should tell how images were made.
pub fn not_told(message: &str) -> String {
    format!("How these images were made is not known: {message}")
}

/// An image without a rank.
pub const AN_IMAGE: &str = "An image";
/// Takes an image for the pair.
pub const COMPARE_IMAGE: &str = "Compare this image";

/// An image by its rank.
pub fn image_of_rank(rank: &str) -> String {
    format!("The image of rank {rank}")
}

/// Opens the details of an image, by its name.
pub fn details_of(name: &str) -> String {
    format!("Details of {}", name.to_lowercase())
}

/// The best of so many.
pub fn best_of(images: usize) -> String {
    format!("best of {images}")
}

/// A rank that so many images have.
pub fn shared_by(images: usize) -> String {
    format!("shared by {images}")
}

/// A rating.
pub const OVERALL: &str = "overall";
/// A rating.
pub const ALIGNMENT: &str = "alignment";
/// A rating.
pub const FIDELITY: &str = "fidelity";
/// Over the chart of ratings.
pub const RATINGS_BY_RANK: &str = "Ratings by rank";
/// That chart where it is saved.
pub const RATINGS_CHART: &str = "ratings by rank";
/// That chart by itself.
pub const RATINGS_LABEL: &str = "Ratings by rank, best to last";
/// Below it where it is saved.
pub const RANKS_AXIS: &str = "rank, best to last";
/// Two images over each other.
pub const PAIR: &str = "Two images";
/// One of them.
pub const PAIR_FIRST: &str = "The first of two images";
/// The other one.
pub const PAIR_SECOND: &str = "The second of two images";
/// The slider between them.
pub const PAIR_SHARE: &str = "How much of the first image is seen";
/// Closes them.
pub const CLOSE_PAIR: &str = "Close the pair";

/// A setting of how an image was made.
pub fn cfg(cfg: &str) -> String {
    format!("cfg {cfg}")
}

/// A setting of how an image was made.
pub fn steps(steps: &str) -> String {
    format!("{steps} steps")
}

/// A setting of how an image was made.
pub fn seed(seed: &str) -> String {
    format!("seed {seed}")
}
