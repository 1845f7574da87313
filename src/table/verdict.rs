//! Verdicts on two images, as tables write them: a share, a sign, a number, or a name.

/// How the numbers of a column say which of two images is preferred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// The first one's share, from 0 to 1; a half is a tie.
    #[default]
    Share,
    /// Above 0 for the first one, below for the second, 0 for a tie.
    Sign,
    /// 1 for the first one, 2 for the second.
    Number,
}

impl Scale {
    /// The scale of a column with these numbers.
    pub fn of(numbers: impl Iterator<Item = f64>) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for number in numbers {
            low = low.min(number);
            high = high.max(number);
        }
        if low < 0.0 {
            Self::Sign
        } else if low >= 1.0 && high == 2.0 {
            Self::Number
        } else {
            Self::Share
        }
    }

    /// The first one's share; none where the number says nothing.
    pub fn share(self, number: f64) -> Option<f64> {
        match self {
            Self::Share => (0.0..=1.0).contains(&number).then_some(number),
            Self::Sign if number == 0.0 => Some(0.5),
            Self::Sign => Some(if number > 0.0 { 1.0 } else { 0.0 }),
            Self::Number if number == 1.0 => Some(1.0),
            Self::Number if number == 2.0 => Some(0.0),
            Self::Number => None,
        }
    }
}

/// The first one's share where the choice is a name; none where the name says nothing.
pub fn named(name: &str) -> Option<f64> {
    const FIRST: &[&str] =
        &["a", "left", "first", "0", "image_a", "image_0", "jpg_0", "image_left", "model_a", "image a"];
    const SECOND: &[&str] =
        &["b", "right", "second", "1", "image_b", "image_1", "jpg_1", "image_right", "model_b", "image b"];
    const TIE: &[&str] = &["tie", "both", "neither", "equal", "draw", "same", "both_bad", "both_good"];
    let name = name.trim().to_ascii_lowercase();
    let is_in = |names: &[&str]| names.contains(&name.as_str());
    if is_in(FIRST) {
        Some(1.0)
    } else if is_in(SECOND) {
        Some(0.0)
    } else if is_in(TIE) {
        Some(0.5)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Scale, named};

    #[test]
    fn verdicts_are_read_as_they_are_written() {
        let shares = |numbers: &[f64]| {
            let scale = Scale::of(numbers.iter().copied());
            numbers.iter().map(|number| scale.share(*number)).collect::<Vec<_>>()
        };
        assert_eq!(shares(&[0.0, 0.5, 1.0, 0.25, 7.0]), [Some(0.0), Some(0.5), Some(1.0), Some(0.25), None]);
        assert_eq!(shares(&[1.0, -1.0, 0.0]), [Some(1.0), Some(0.0), Some(0.5)]);
        assert_eq!(shares(&[1.0, 2.0]), [Some(1.0), Some(0.0)]);
        assert_eq!(shares(&[1.0, 1.0]), [Some(1.0), Some(1.0)]);
        assert_eq!(["Left", "b", "tie", "maybe"].map(named), [Some(1.0), Some(0.0), Some(0.5), None]);
    }
}
