//! The tiles of the gallery that are laid out, and the way from one to another.

use crate::base::sorted::Map;
use crate::view::justify::{Line, nearest};
use std::ops::Range;

/// Blocks around the window, with the images in their lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tiles {
    /// Images of a block.
    pub images: u64,
    /// Height of a block.
    pub height_px: f64,
    /// The blocks and their lines.
    pub blocks: Map<u64, Vec<Line>>,
}

/// Where a tile is in its block.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Span {
    /// From the block's left.
    pub left_px: f64,
    /// From the block's top.
    pub top_px: f64,
    /// Its width.
    pub width_px: f64,
    /// Its height.
    pub height_px: f64,
}

/// A tile among the lines of its block.
struct Place<'a> {
    block: u64,
    /// Which of the block's lines.
    at: usize,
    line: &'a Line,
    /// Which of the line's images.
    within: usize,
}

/// Tiles in the window and those that come after it, each with its position and its longer side in pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InWindow {
    /// In the window.
    pub seen: Vec<(u64, f64)>,
    /// One screen further.
    pub ahead: Vec<(u64, f64)>,
}

impl InWindow {
    /// Adds tiles that were asked for before and are no more than a window behind these: lines move a little as
    /// shapes become known, and what is under way there would be given up, to be asked for again a moment later.
    pub fn keep(&mut self, asked: Vec<(u64, f64)>) {
        let position = |tile: Option<&(u64, f64)>| tile.map(|(position, _)| *position);
        let Some(first) = position(self.seen.first()) else { return };
        let Some(last) = position(self.ahead.last().or(self.seen.last())) else { return };
        let behind = last + 1..=last + (last - first);
        self.ahead.extend(asked.into_iter().filter(|(position, _)| behind.contains(position)));
    }
}

impl Tiles {
    fn block_of(&self, position: u64) -> u64 {
        position / self.images.max(1)
    }

    fn place(&self, position: u64) -> Option<Place<'_>> {
        let block = self.block_of(position);
        let place = (position % self.images.max(1)) as usize;
        let lines = self.blocks.get(&block)?;
        let at = lines.iter().rposition(|line| line.first <= place)?;
        let line = lines.get(at)?;
        Some(Place { block, at, line, within: place - line.first })
    }

    /// Whether the block of a position is laid out.
    pub fn holds(&self, position: u64) -> bool {
        self.blocks.contains_key(&self.block_of(position))
    }

    /// The positions of a block.
    pub fn positions(&self, block: u64) -> Range<u64> {
        let lines = self.blocks.get(&block).map(Vec::as_slice).unwrap_or_default();
        let count: usize = lines.iter().map(|line| line.spans_px.len()).sum();
        block * self.images..block * self.images + count as u64
    }

    /// Where a tile is in its block.
    pub fn span(&self, position: u64) -> Option<Span> {
        let Place { line, within, .. } = self.place(position)?;
        let (left_px, width_px) = *line.spans_px.get(within)?;
        Some(Span { left_px, top_px: line.top_px, width_px, height_px: line.height_px })
    }

    /// The block of a tile, with the share of it that is above the tile's line.
    pub fn top_of(&self, position: u64) -> Option<f64> {
        let Place { block, line, .. } = self.place(position)?;
        Some(block as f64 + line.top_px / self.height_px)
    }

    /// Where the line of a tile begins in its block, and its height.
    pub fn line_px(&self, position: u64) -> Option<(f64, f64)> {
        self.place(position).map(|place| (place.line.top_px, place.line.height_px))
    }

    /// The first image of the first line of which at least half is in sight. `top` is the block at the
    /// top of the window, with the part of it that is out of sight.
    pub fn first_in_sight(&self, top: f64) -> Option<u64> {
        let block = top as u64;
        let from_px = (top - block as f64) * self.height_px;
        let lines = self.blocks.get(&block)?;
        match lines.iter().find(|line| line.top_px + line.height_px / 2.0 > from_px) {
            Some(line) => Some(block * self.images + line.first as u64),
            None => Some((block + 1) * self.images),
        }
    }

    /// The image in the line below one, or above it where `down` is false.
    pub fn next_line(&self, position: u64, down: bool) -> Option<u64> {
        let Place { block, at, line, within } = self.place(position)?;
        let (left_px, width_px) = line.spans_px.get(within)?;
        let middle_px = left_px + width_px / 2.0;
        let lines = self.blocks.get(&block)?;
        let by = if down { 1 } else { -1 };
        if let Some(place) = at.checked_add_signed(by).and_then(|at| nearest(lines, at, middle_px)) {
            return Some(block * self.images + place as u64);
        }
        let other = if down { block.checked_add(1) } else { block.checked_sub(1) }?;
        let lines = self.blocks.get(&other)?;
        let at = if down { 0 } else { lines.len().checked_sub(1)? };
        Some(other * self.images + nearest(lines, at, middle_px)? as u64)
    }

    /// The tiles in a window `view_px` high that begins at the block `top`, and those of the screen after
    /// it. The space around all tiles moves them by up to `slack_px`.
    pub fn in_window(&self, top: f64, view_px: f64, slack_px: f64) -> InWindow {
        let mut tiles = InWindow::default();
        for (block, lines) in &self.blocks {
            for line in lines {
                let from_px = (*block as f64 - top) * self.height_px + line.top_px;
                if from_px + line.height_px + slack_px < 0.0 || from_px > 2.0 * view_px {
                    continue;
                }
                let list = if from_px < view_px { &mut tiles.seen } else { &mut tiles.ahead };
                let first = block * self.images + line.first as u64;
                let longer = |(_, width_px): &(f64, f64)| width_px.max(line.height_px);
                list.extend((first..).zip(line.spans_px.iter().map(longer)));
            }
        }
        tiles
    }
}

#[cfg(test)]
mod tests {
    use super::{InWindow, Span, Tiles};
    use crate::view::justify::Grid;

    /// Two blocks of squares, six in a line, four lines in a block.
    fn squares() -> Tiles {
        let grid = Grid::new(1_000.0, 160.0, 8.0, 1.0);
        let blocks = [(1, grid.lines(&[1.0; 24])), (2, grid.lines(&[1.0; 9]))];
        Tiles { images: 24, height_px: grid.height_px, blocks: blocks.into() }
    }

    #[test]
    fn tiles_are_where_their_lines_are() {
        let tiles = squares();
        assert_eq!(tiles.positions(2), 48..57);
        assert_eq!(tiles.positions(7), 168..168);
        assert!(tiles.holds(47) && !tiles.holds(23));
        let first = tiles.span(24).unwrap_or_default();
        assert_eq!((first.left_px, first.top_px), (0.0, 0.0));
        let second = tiles.span(31).unwrap_or_default();
        assert_eq!(second, Span { left_px: first.width_px + 8.0, top_px: first.height_px + 8.0, ..first });
        assert_eq!(tiles.top_of(30), Some(1.25));
        assert_eq!(tiles.span(57), None);
    }

    #[test]
    fn keys_go_from_line_to_line_and_from_block_to_block() {
        let tiles = squares();
        assert_eq!(tiles.next_line(25, true), Some(31));
        assert_eq!(tiles.next_line(43, true), Some(49));
        assert_eq!(tiles.next_line(49, false), Some(43));
        // What is above or below is not laid out.
        assert_eq!(tiles.next_line(25, false), None);
        assert_eq!(tiles.next_line(55, true), None);
    }

    #[test]
    fn the_first_line_half_in_sight_counts() {
        let tiles = squares();
        assert_eq!(tiles.first_in_sight(1.0), Some(24));
        assert_eq!(tiles.first_in_sight(1.1), Some(24));
        assert_eq!(tiles.first_in_sight(1.2), Some(30));
        assert_eq!(tiles.first_in_sight(1.999), Some(48));
        assert_eq!(tiles.first_in_sight(0.5), None);
    }

    #[test]
    fn tiles_on_the_screen_come_before_those_of_the_next() {
        let tiles = squares().in_window(1.0, 300.0, 32.0);
        let positions = |list: &[(u64, f64)]| list.iter().map(|(position, _)| *position).collect::<Vec<_>>();
        assert_eq!(positions(&tiles.seen), (24..36).collect::<Vec<_>>());
        assert_eq!(positions(&tiles.ahead), (36..48).collect::<Vec<_>>());
    }

    #[test]
    fn what_was_asked_for_is_kept_while_lines_move() {
        let positions = |tiles: &InWindow| tiles.ahead.iter().map(|(at, _)| *at).collect::<Vec<_>>();
        let asked = || (30..90).map(|position| (position, 200.0)).collect();
        let mut tiles = squares().in_window(1.0, 300.0, 32.0);
        tiles.keep(asked());
        assert_eq!(positions(&tiles), (36..71).collect::<Vec<_>>());
        // What was not asked for is no concern, and of a window without tiles nothing is known.
        let mut tiles = squares().in_window(1.0, 300.0, 32.0);
        tiles.keep(Vec::new());
        assert_eq!(positions(&tiles), (36..48).collect::<Vec<_>>());
        let mut none = InWindow::default();
        none.keep(asked());
        assert_eq!(none, InWindow::default());
    }
}
