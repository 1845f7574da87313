//! Images on their way: what is wanted, and what came of it.

use serde::{Deserialize, Serialize};

/// The most images that are wanted at a time.
pub const MAX_WANTS: usize = 240;

/// The images that the screen lacks; replaces what was wanted before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Images {
    /// Most important first, at most [`MAX_WANTS`]. Each is answered once.
    pub wants: Vec<Want>,
    /// Where small previews may be read, as an address without a slash at the end; none to read none.
    pub thumbnails: Option<String>,
    /// Rows of which it is wanted how their images were made, where another archive tells; at most
    /// [`MAX_WANTS`].
    pub settings: Vec<u64>,
}

/// An image that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Want {
    /// The row's place in the file, from 0.
    pub row: u64,
    /// Which of the row's images.
    pub spot: Spot,
    /// Length of its longer side on the screen, in device pixels; 0 for the image as it is.
    pub px: u32,
}

impl Want {
    /// The image that a row is about.
    pub const fn of(row: u64, px: u32) -> Self {
        Self { row, spot: Spot { column: 0, item: 0 }, px }
    }
}

/// Whether an image may be read from there: what the page's own rules let it connect to.
pub fn is_address(text: &str) -> bool {
    const FROM: [&str; 3] = ["https://", "http://127.0.0.1", "http://localhost"];
    FROM.iter().any(|start| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
        && !text.contains(char::is_whitespace)
}

/// One of a row's images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Spot {
    /// 0 for the image that the row is about; else the place in
    /// [`Opened::pictures`](super::Opened::pictures), from 1.
    pub column: u8,
    /// Which one of a list, from 0.
    pub item: u8,
}

/// A column of images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureColumn {
    /// The column's name.
    pub name: String,
    /// Whether a row holds a list of them.
    pub is_list: bool,
    /// Whether it holds addresses of images and not the files.
    pub is_address: bool,
}

/// What came of a [`Want`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// What was wanted.
    pub want: Want,
    /// The picture, or why there is none.
    pub outcome: Outcome,
}

/// A picture, or none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// It is here.
    Picture(Picture),
    /// It can't be had.
    Failed(Failure),
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// An image file: a PNG, WebP, JPEG or GIF and never anything else.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
    /// Its media type.
    pub mime: String,
    /// Width of the image that was read, before it was made smaller.
    pub width_px: u32,
    /// Its height.
    pub height_px: u32,
    /// Kind of the file that was read: `PNG`.
    pub format: String,
    /// Size of the file that was read.
    pub file_bytes: u64,
    /// Where it was read: `part-000096.zip / 0c46f719-….png`.
    pub source: String,
    /// Its own address, where it is from one that a row names.
    pub address: Option<String>,
    /// Requests for it, without those for the archive's directory; 0 if it was at hand.
    pub requests: u32,
    /// Whether it is a small preview and not the image itself.
    pub preview: bool,
    /// Whether it is of another row, which has the same prompt.
    pub same_prompt: bool,
    /// What is to be known of it: that it is from another place than usual, and why.
    pub note: Option<String>,
    /// Texts in the file, with their keywords.
    pub texts: Vec<(String, String)>,
}

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// In a sentence.
    pub message: String,
    /// Whether another try may help.
    pub retry: bool,
    /// Whether the row has none, so that nothing is missing.
    pub absent: bool,
}

/// Where the images of a table are that the catalogue does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImageColumn {
    /// In the table itself: image files in a column of bytes, or in the `bytes` of a structure.
    Embedded {
        /// The column's name.
        column: String,
    },
    /// Anywhere: a column of addresses. Nothing of them is asked that nobody has clicked on.
    Addresses {
        /// The column's name.
        column: String,
    },
}

/// What came of a row of [`Images::settings`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Making {
    /// The row's place in the file, from 0.
    pub row: u64,
    /// How its image was made.
    pub outcome: MakingOutcome,
}

/// How an image was made, or why nobody knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MakingOutcome {
    /// It is known.
    Known(Settings),
    /// It can't be had.
    Failed(Failure),
}

/// How an image was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Seed of the random numbers.
    pub seed: Option<f64>,
    /// Classifier-free guidance scale.
    pub cfg: Option<f64>,
    /// Denoising steps.
    pub steps: Option<f64>,
    /// The sampler's name.
    pub sampler: Option<String>,
    /// Where that was read: `part-005658.zip / part-005658.json`.
    pub source: String,
}
