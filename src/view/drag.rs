//! What a pointer and keys do to a column's width, a slider and a magnified image. The brush of a chart
//! is in [`crate::view::brush`].

use crate::base::numbers;
use crate::view::keys::{GripKey, ImageKey, Move};

/// The narrowest and the widest column.
pub const COLUMN_PX: (f64, f64) = (48.0, 1_200.0);
/// How far a key moves a column's grip, and how far with Shift.
const GRIP_STEP_PX: (f64, f64) = (16.0, 64.0);

/// A column's grip that is held down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grip {
    /// Where the pointer went down.
    pub from_px: f64,
    /// Width of the column then.
    pub width_px: f64,
}

impl Grip {
    /// The column's width while the pointer is at `at_px`.
    pub fn width_at(self, at_px: f64) -> f64 {
        column_width(self.width_px + at_px - self.from_px)
    }
}

/// The nearest width that a column may have, in whole pixels.
fn column_width(width_px: f64) -> f64 {
    width_px.round().clamp(COLUMN_PX.0, COLUMN_PX.1)
}

/// The width that a key on a grip gives a column that is `width_px` wide, with Shift in larger steps; none
/// for the usual width.
pub fn grip_width(key: GripKey, shift: bool, width_px: f64) -> Option<f64> {
    let step = if shift { GRIP_STEP_PX.1 } else { GRIP_STEP_PX.0 };
    match key {
        GripKey::Narrower => Some(column_width(width_px - step)),
        GripKey::Wider => Some(column_width(width_px + step)),
        GripKey::Reset => None,
    }
}

/// The value of a slider from what its element says, within its ends; none where that is no number.
pub fn slider(text: &str, ends: (f64, f64)) -> Option<f64> {
    numbers::parse(text).filter(|value| !value.is_nan()).map(|value| value.clamp(ends.0, ends.1))
}

/// The least and the most magnification; 1 fits the window.
const ZOOM: (f64, f64) = (1.0, 12.0);
/// How much a key magnifies.
const ZOOM_STEP: f64 = 1.5;
/// How far the wheel turns to magnify by e.
const WHEEL_PX: f64 = 300.0;
/// How far a key moves the image.
const PAN_STEP_PX: f64 = 80.0;

/// A magnified image: how much, and how far it is moved from the middle of its frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Magnified {
    /// Magnification.
    pub zoom: f64,
    /// To the right.
    pub x_px: f64,
    /// Down.
    pub y_px: f64,
}

impl Magnified {
    /// All of the image.
    pub const WHOLE: Self = Self { zoom: 1.0, x_px: 0.0, y_px: 0.0 };

    /// Magnified by a factor. What is at this place, from the middle of the frame, stays there.
    #[must_use]
    pub fn by(self, factor: f64, (x_px, y_px): (f64, f64)) -> Self {
        let zoom = (self.zoom * factor).clamp(ZOOM.0, ZOOM.1);
        if zoom == ZOOM.0 {
            return Self::WHOLE;
        }
        let grown = zoom / self.zoom;
        Self { zoom, x_px: x_px - (x_px - self.x_px) * grown, y_px: y_px - (y_px - self.y_px) * grown }
    }

    /// Magnified by the wheel, with the pointer at this place from the middle of the frame.
    #[must_use]
    pub fn wheeled(self, delta_px: f64, at_px: (f64, f64)) -> Self {
        self.by((-delta_px / WHEEL_PX).exp(), at_px)
    }

    /// Moved by the pointer or a key.
    #[must_use]
    pub fn moved(self, (x_px, y_px): (f64, f64)) -> Self {
        Self { x_px: self.x_px + x_px, y_px: self.y_px + y_px, ..self }
    }

    /// What a key does to it; none where it does nothing to it.
    pub fn after_key(self, key: ImageKey) -> Option<Self> {
        let pan = |across: f64, down: f64| Some(self.moved((across * PAN_STEP_PX, down * PAN_STEP_PX)));
        match key {
            ImageKey::Nearer => Some(self.by(ZOOM_STEP, (0.0, 0.0))),
            ImageKey::Farther => Some(self.by(1.0 / ZOOM_STEP, (0.0, 0.0))),
            ImageKey::Whole => Some(Self::WHOLE),
            ImageKey::Go(Move::Left) => pan(1.0, 0.0),
            ImageKey::Go(Move::Right) => pan(-1.0, 0.0),
            ImageKey::Go(Move::Up) => pan(0.0, 1.0),
            ImageKey::Go(Move::Down) => pan(0.0, -1.0),
            ImageKey::Go(Move::PageUp | Move::PageDown | Move::First | Move::Last)
            | ImageKey::Close
            | ImageKey::Stay => None,
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{COLUMN_PX, Grip, Magnified, grip_width, slider};
    use crate::view::keys::{GripKey, IMAGE, KeyPress, action};
    use proptest::prelude::*;

    fn after(view: Magnified, key: &str) -> Option<Magnified> {
        let press = KeyPress { key, ctrl: false, alt: false, shift: false };
        action(IMAGE, press).and_then(|key| view.after_key(key))
    }

    #[test]
    fn a_grip_moves_with_the_pointer_and_stops_at_the_ends() {
        let grip = Grip { from_px: 300.0, width_px: 120.0 };
        assert_eq!(grip.width_at(310.4), 130.0);
        assert_eq!(grip.width_at(0.0), COLUMN_PX.0);
        assert_eq!(grip.width_at(9_000.0), COLUMN_PX.1);
    }

    #[test]
    fn a_grip_moves_by_key() {
        assert_eq!(grip_width(GripKey::Narrower, false, 100.0), Some(84.0));
        assert_eq!(grip_width(GripKey::Wider, true, 100.0), Some(164.0));
        assert_eq!(grip_width(GripKey::Narrower, true, 100.0), Some(48.0));
        assert_eq!(grip_width(GripKey::Reset, false, 100.0), None);
    }

    #[test]
    fn a_slider_stays_between_its_ends() {
        assert_eq!(slider("40", (0.0, 100.0)), Some(40.0));
        assert_eq!(slider("400", (0.0, 100.0)), Some(100.0));
        assert_eq!(slider("", (0.0, 100.0)), None);
    }

    #[test]
    fn keys_magnify_and_move() {
        let twice = Magnified::WHOLE.by(2.0, (0.0, 0.0));
        assert_eq!(twice, Magnified { zoom: 2.0, ..Magnified::WHOLE });
        assert_eq!(after(twice, "ArrowRight"), Some(Magnified { x_px: -80.0, ..twice }));
        assert_eq!(after(twice, "+").map(|view| view.zoom), Some(3.0));
        assert_eq!(after(twice, "0"), Some(Magnified::WHOLE));
        assert_eq!(after(twice, "x"), None);
        // Less than the whole image is never shown smaller, nor beside its frame.
        assert_eq!(twice.moved((50.0, 50.0)).by(0.1, (7.0, 7.0)), Magnified::WHOLE);
    }

    proptest! {
        #[test]
        fn what_is_under_the_pointer_stays_there(
            x in -500.0_f64..500.0, y in -500.0_f64..500.0, delta in -500.0_f64..500.0, before in 1.1_f64..4.0,
        ) {
            let was = Magnified { zoom: before, x_px: 30.0, y_px: -20.0 };
            let now = was.wheeled(delta, (x, y));
            prop_assert!((1.0..=12.0).contains(&now.zoom));
            if now != Magnified::WHOLE {
                let place = |view: Magnified| ((x - view.x_px) / view.zoom, (y - view.y_px) / view.zoom);
                let ((x1, y1), (x2, y2)) = (place(was), place(now));
                prop_assert!((x1 - x2).abs() < 1e-6 && (y1 - y2).abs() < 1e-6);
            }
        }
    }
}
