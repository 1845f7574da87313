//! How the table's columns lie side by side.

use crate::base::sorted::Map;

/// Around all columns, both sides together.
const EDGES_PX: f64 = 16.0;
/// Around the letters of a cell, and the row's own edges.
const PADDING_PX: f64 = 32.0;
/// Between a row's image and its prompt.
const IMAGE_GAP_PX: f64 = 12.0;
/// Width of a prompt's letter, on average.
const LETTER_PX: f64 = 7.0;
/// Lines of a prompt, and how much of a line is full where words are not cut.
const LINES: f64 = 2.0;
const LINE_SHARE: f64 = 0.85;
/// Letters are counted in steps, so that rows are not made anew for every pixel of a window that changes.
const LETTER_STEP: usize = 8;
const LEAST_LETTERS: usize = 32;

/// How a column is laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The column's name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Whether values end flush, as numbers do.
    pub number: bool,
    /// Whether it is the text that rows are about.
    pub prose: bool,
    /// The images that its cells show, where they show some.
    pub pictures: Option<LanePictures>,
    /// Its width before anyone changes it.
    pub width_px: f64,
}

/// Images in the cells of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LanePictures {
    /// The column's number among those that hold images; 0 where rows are about its images.
    pub column: u8,
    /// How many of a row's images have room.
    pub most: u8,
}

/// Widths that someone has set, by column.
pub type Widths = Map<String, f64>;

/// The lanes as columns of a CSS grid.
pub fn template(lanes: &[Lane], widths: &Widths) -> String {
    let any_prose = lanes.iter().any(|lane| lane.prose);
    let lanes = lanes.iter().map(|lane| match widths.get(&lane.name) {
        Some(width) => format!("{width}px"),
        None if lane.prose || !any_prose => format!("minmax({}px, 1fr)", lane.width_px),
        None => format!("{}px", lane.width_px),
    });
    lanes.collect::<Vec<_>>().join(" ")
}

/// The least width of a row.
pub fn least_px(lanes: &[Lane], widths: &Widths) -> f64 {
    let width = |lane: &Lane| widths.get(&lane.name).copied().unwrap_or(lane.width_px);
    lanes.iter().map(width).sum::<f64>() + EDGES_PX
}

/// How many letters of a prompt have room in a row `width_px` wide. `image_px` is the width of the image
/// beside it; in `cards` the prompt has a line of its own.
pub fn letters(lanes: &[Lane], width_px: f64, image_px: Option<f64>, cards: bool) -> usize {
    let others = lanes.iter().filter(|lane| !lane.prose && !cards).map(|lane| lane.width_px).sum::<f64>();
    let room_px = width_px - PADDING_PX - image_px.map_or(0.0, |px| px + IMAGE_GAP_PX) - others;
    let letters = LINES * room_px / LETTER_PX * LINE_SHARE;
    (letters as usize / LETTER_STEP * LETTER_STEP).max(LEAST_LETTERS)
}

#[cfg(test)]
mod tests {
    use super::{Lane, Widths, least_px, letters, template};

    fn lanes() -> Vec<Lane> {
        let lane = |name: &str, prose: bool, width_px: f64| Lane {
            name: name.to_owned(),
            title: name.to_owned(),
            number: !prose,
            prose,
            pictures: None,
            width_px,
        };
        vec![lane("prompt", true, 220.0), lane("step", false, 60.0)]
    }

    #[test]
    fn the_prompt_takes_what_is_left() {
        let mut widths = Widths::new();
        assert_eq!(template(&lanes(), &widths), "minmax(220px, 1fr) 60px");
        assert_eq!(least_px(&lanes(), &widths), 296.0);
        widths.insert("prompt".to_owned(), 400.0);
        assert_eq!(template(&lanes(), &widths), "400px 60px");
        assert_eq!(least_px(&lanes(), &widths), 476.0);
        assert_eq!(template(&lanes()[1..], &widths), "minmax(60px, 1fr)");
    }

    #[test]
    fn letters_have_room_beside_the_other_columns() {
        assert_eq!(letters(&lanes(), 1_000.0, None, false), 216);
        assert_eq!(letters(&lanes(), 1_000.0, Some(40.0), false), 200);
        assert_eq!(letters(&lanes(), 1_000.0, Some(64.0), true), 216);
        assert_eq!(letters(&lanes(), 0.0, None, false), 32);
    }
}
