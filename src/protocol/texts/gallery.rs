//! Texts of the gallery, and of images wherever they are shown.

use crate::protocol::display::thousands;

/// The gallery.
pub const IMAGES: &str = "Images";
/// How large tiles are.
pub const TILE_SIZE: &str = "tile size";
/// The slider for that.
pub const TILE_SIZE_LABEL: &str = "Tile size";
/// Copies the prompts of chosen images.
pub const COPY_PROMPTS: &str = "Copy prompts";
/// Said then.
pub const PROMPTS_COPIED: &str = "Prompts copied";
/// Chooses none.
pub const CHOOSE_NONE: &str = "Choose none";

/// How many images are chosen, and how many of them are not in the result.
pub fn chosen(rows: usize, missing: usize) -> String {
    let rows = thousands(rows as u64);
    match missing {
        0 => format!("{rows} chosen"),
        missing => format!("{rows} chosen, {} not shown", thousands(missing as u64)),
    }
}

/// How many of the images around here are not shown.
pub fn hidden(hidden: usize, all: usize) -> String {
    format!("{hidden} of {all} around here hidden")
}

/// In place of an image that the source has flagged.
pub const FLAGGED: &str = "Flagged at the source";
/// Loads it.
pub const LOAD_ANYWAY: &str = "Load anyway";
/// In place of images while the browser saves data.
pub const SAVING_DATA: &str = "Data saver is on";
/// Loads them.
pub const LOAD_IMAGES: &str = "Load images";
/// In place of an image that failed.
pub const NOT_LOADED: &str = "Image not loaded";
/// A blurred image.
pub const BLURRED: &str = "Blurred image";
/// An image that is another one of the same prompt.
pub const SAME_PROMPT: &str = "same prompt";
/// Loads an image from somewhere.
pub const LOAD_IMAGE: &str = "Load the image";
/// Over a blurred image without a score.
pub const SCORE_UNKNOWN: &str = "NSFW score unknown";
/// Before the score over a blurred image.
pub const SCORE: &str = "NSFW ";
/// Shows it.
pub const REVEAL: &str = "Reveal";

/// Loads an image from a host that a table names.
pub fn load_from(host: &str) -> String {
    format!("Load from {host}")
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    #[test]
    fn what_is_not_in_the_result_is_said() {
        assert_eq!(super::chosen(3, 0), "3 chosen");
        assert_eq!(super::chosen(3, 1), "3 chosen, 1 not shown");
    }
}
