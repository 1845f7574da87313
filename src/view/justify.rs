//! Images of different shapes in rows of equal width, however many there are.
//!
//! Where a row breaks depends on all images before it, and nobody reads fourteen million sizes to know
//! where the last one lies. So images come in *blocks* of a fixed number, and a block has a fixed height:
//! that of its images if all had the usual shape. Within a block rows break where they come closest to
//! that, and what is left over is a few percent of height, which images lose or gain at an edge.

/// Rows of a block, when all its images have the usual shape.
const ROWS: usize = 4;

/// The narrowest and widest shape that is laid out as it is; others are cut.
const SHAPES: (f64, f64) = (0.4, 2.5);

/// The most images of a block, and with it of a row.
const MAX_BLOCK: usize = 160;

/// How blocks are laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Images of a block.
    pub images: usize,
    /// Height of a block, with the gap below its last row.
    pub height_px: f64,
    width_px: f64,
    row_px: f64,
    gap_px: f64,
}

/// A row of a block.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Place in the block of its first image.
    pub first: usize,
    /// Where it begins, from the block's top.
    pub top_px: f64,
    /// Its height.
    pub height_px: f64,
    /// For each image where it begins and how wide it is.
    pub spans_px: Vec<(f64, f64)>,
}

impl Grid {
    /// Blocks as wide as `width_px`, of rows about `row_px` high with `gap_px` between images. `shape` is the
    /// usual width of an image over its height.
    pub fn new(width_px: f64, row_px: f64, gap_px: f64, shape: f64) -> Self {
        let (width_px, row_px) = (width_px.max(1.0), row_px.max(8.0));
        let shape = shape.clamp(SHAPES.0, SHAPES.1);
        let a_row = ((width_px + gap_px) / (row_px * shape + gap_px)).round().max(1.0);
        let a_row = a_row.min((MAX_BLOCK / ROWS) as f64);
        let row_px = (width_px - gap_px * (a_row - 1.0)) / a_row / shape;
        let height_px = ROWS as f64 * (row_px + gap_px);
        Self { images: a_row as usize * ROWS, height_px, width_px, row_px, gap_px }
    }

    /// How many blocks hold so many images.
    pub fn blocks(&self, images: u64) -> u64 {
        images.div_ceil(self.images as u64)
    }

    /// The rows of a block, whose images have these shapes. A block with fewer images than others is
    /// the last one; its rows keep their usual height.
    pub fn lines(&self, shapes: &[f64]) -> Vec<Line> {
        let shapes: Vec<f64> = shapes
            .iter()
            .take(self.images)
            .map(|shape| if shape.is_finite() { shape.clamp(SHAPES.0, SHAPES.1) } else { 1.0 })
            .collect();
        let breaks = self.breaks(&shapes);
        let whole = shapes.len() == self.images;
        let heights: Vec<f64> = breaks
            .iter()
            .map(|(first, end)| {
                let height = self.height_of(shapes.get(*first..*end).unwrap_or_default());
                if whole { height } else { height.min(self.row_px) }
            })
            .collect();
        let gaps = self.gap_px * heights.len() as f64;
        let room = self.height_px - gaps;
        let sum: f64 = heights.iter().sum();
        let scale = if whole || sum > room { room / sum.max(1.0) } else { 1.0 };
        let mut top_px = 0.0;
        let mut lines = Vec::with_capacity(breaks.len());
        for ((first, end), natural) in breaks.into_iter().zip(heights) {
            let height_px = natural * scale;
            let mut left = 0.0;
            let spans_px = shapes
                .get(first..end)
                .unwrap_or_default()
                .iter()
                .map(|shape| {
                    let span = (left, shape * natural);
                    left += span.1 + self.gap_px;
                    span
                })
                .collect();
            lines.push(Line { first, top_px, height_px, spans_px });
            top_px += height_px + self.gap_px;
        }
        lines
    }

    /// The height at which images fill a row.
    fn height_of(&self, shapes: &[f64]) -> f64 {
        let gaps = self.gap_px * shapes.len().saturating_sub(1) as f64;
        (self.width_px - gaps).max(1.0) / shapes.iter().sum::<f64>().max(0.01)
    }

    /// Where rows begin and end, so that their heights are closest to the usual one.
    fn breaks(&self, shapes: &[f64]) -> Vec<(usize, usize)> {
        // The best way to lay out the images before each place, and where its last row begins.
        let mut best: Vec<(f64, usize)> = vec![(0.0, 0)];
        for end in 1..=shapes.len() {
            let mut least = (f64::INFINITY, end - 1);
            for first in (0..end).rev() {
                let height = self.height_of(shapes.get(first..end).unwrap_or_default());
                // The last row of the last block may be short.
                let rest = end == shapes.len() && shapes.len() < self.images && height > self.row_px;
                let off = if rest { 0.0 } else { (height / self.row_px).ln() };
                let cost = best.get(first).map_or(0.0, |(cost, _)| *cost) + off * off;
                if cost < least.0 {
                    least = (cost, first);
                }
                if height < self.row_px / 3.0 {
                    break;
                }
            }
            best.push(least);
        }
        let mut breaks = Vec::new();
        let mut end = shapes.len();
        while end > 0 {
            let first = best.get(end).map_or(0, |(_, first)| (*first).min(end - 1));
            breaks.push((first, end));
            end = first;
        }
        breaks.reverse();
        breaks
    }
}

/// The image above or below one, by the middle of its span: the place in its block. `from` are the lines
/// of the block that `middle_px` is sought in, and `line` which of them.
pub fn nearest(lines: &[Line], line: usize, middle_px: f64) -> Option<usize> {
    let line = lines.get(line)?;
    let off = |(left, width): &(f64, f64)| (left + width / 2.0 - middle_px).abs();
    let (place, _) = line.spans_px.iter().enumerate().min_by(|(_, a), (_, b)| off(a).total_cmp(&off(b)))?;
    Some(line.first + place)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{Grid, nearest};
    use proptest::prelude::*;

    #[test]
    fn squares_fill_their_rows_exactly() {
        let grid = Grid::new(1_000.0, 160.0, 8.0, 1.0);
        assert_eq!(grid.images, 24);
        let lines = grid.lines(&[1.0; 24]);
        assert_eq!(lines.len(), 4);
        for line in &lines {
            assert_eq!(line.spans_px.len(), 6);
            let (left, width) = line.spans_px[5];
            assert!((left + width - 1_000.0).abs() < 0.001);
            assert!((line.height_px - width).abs() < 0.001);
        }
        assert_eq!(grid.blocks(0), 0);
        assert_eq!(grid.blocks(14_000_000), 583_334);
    }

    #[test]
    fn the_last_block_is_not_blown_up() {
        let grid = Grid::new(1_000.0, 160.0, 8.0, 1.0);
        let lines = grid.lines(&[1.0, 1.5]);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].height_px <= 165.0, "{lines:?}");
        assert!(grid.lines(&[]).is_empty());
    }

    #[test]
    fn up_and_down_find_the_image_next_to_the_middle() {
        let grid = Grid::new(1_000.0, 160.0, 8.0, 1.0);
        let lines = grid.lines(&[1.0; 24]);
        assert_eq!(nearest(&lines, 1, 90.0), Some(6));
        assert_eq!(nearest(&lines, 1, 940.0), Some(11));
        assert_eq!(nearest(&lines, 9, 0.0), None);
    }

    proptest! {
        #[test]
        fn every_image_is_laid_out_once_and_within_its_block(
            shapes in prop::collection::vec(prop_oneof![Just(1.0), 0.3f64..3.0, Just(f64::NAN)], 0..200),
            width in 200.0f64..2_400.0, row in 60.0f64..400.0, usual in 0.5f64..2.0,
        ) {
            let grid = Grid::new(width, row, 8.0, usual);
            let lines = grid.lines(&shapes);
            let laid_out: Vec<usize> =
                lines.iter().flat_map(|line| line.first..line.first + line.spans_px.len()).collect();
            prop_assert_eq!(laid_out, (0..shapes.len().min(grid.images)).collect::<Vec<_>>());
            for line in &lines {
                prop_assert!(line.top_px + line.height_px <= grid.height_px + 0.001);
                prop_assert!(line.height_px > 0.0);
                for (left, width_px) in &line.spans_px {
                    prop_assert!(*left >= 0.0 && *width_px > 0.0 && left + width_px <= width + 0.001);
                }
            }
        }
    }
}
