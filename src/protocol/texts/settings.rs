//! Texts of the settings, and of what keeps them elsewhere.

use crate::base::bytes::human_bytes;

/// Over the choice of light and dark.
pub const THEME: &str = "Theme";
/// As the system has it.
pub const THEME_SYSTEM: &str = "system";
/// Light.
pub const THEME_LIGHT: &str = "light";
/// Dark.
pub const THEME_DARK: &str = "dark";
/// Over what is shown of images.
pub const IMAGES: &str = "Images";
/// Whether rows of the table have theirs.
pub const IMAGES_IN_TABLE: &str = "images in the table";
/// Whether small previews are read from another place.
pub const PREVIEWS: &str = "previews from GitHub";
/// What that means.
pub const ABOUT_PREVIEWS: &str = "Small tiles are read from poloclub/diffusiondb-thumbnails on GitHub where it has them, which takes kilobytes instead of megabytes. Switched off, all images are read from the Hub.";
/// From which score on images are blurred.
pub const BLUR: &str = "blur above NSFW";
/// The slider for that.
pub const BLUR_LABEL: &str = "Blur above NSFW score";
/// What that means.
pub const ABOUT_BLUR: &str =
    "Images with a higher score, and those without one, are blurred. Kept on this device.";
/// Over what is kept between visits.
pub const KEPT_HERE: &str = "Kept on this device";
/// How much that is.
pub const KEPT: &str = "Kept";
/// Where it is nothing, and the choice to keep nothing.
pub const NOTHING: &str = "nothing";
/// Where the browser denies its storage.
pub const NOT_ALLOWED: &str = "nothing: the browser does not allow it";
/// Deletes it.
pub const CLEAR: &str = "Clear";
/// Before the choice of a limit.
pub const AT_MOST: &str = "at most";
/// That choice by itself.
pub const KEEP_AT_MOST: &str = "Keep at most";
/// What is kept, and why.
pub const ABOUT_KEPT: &str =
    "What was read of tables and images, so that the next visit need not. What a token opened is not kept.";

/// A limit to choose.
pub fn limit(bytes: u64) -> String {
    match bytes {
        0 => NOTHING.to_owned(),
        bytes if bytes % 1_000_000_000 == 0 => format!("{} GB", bytes / 1_000_000_000),
        bytes if bytes % 1_000_000 == 0 => format!("{} MB", bytes / 1_000_000),
        bytes => human_bytes(bytes),
    }
}
