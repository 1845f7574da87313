//! What the sheet of keys prints of the table of shortcuts.

use crate::view::keys::With;

/// A part of the sheet of keys.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// Where its keys work.
    pub place: Place,
    /// Its lines; those that say nothing are not printed.
    pub lines: &'static [Line],
}

/// Keys, and what they do.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The keys, as the browser calls them.
    pub keys: &'static [(With, &'static str)],
    /// What they do.
    pub says: Says,
}

/// Where keys work; the words for it are with the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Wherever the focus is.
    Anywhere,
    /// Among words that are suggested.
    Suggest,
    /// In the table.
    Rows,
    /// In the gallery.
    Tiles,
    /// In the details.
    Details,
    /// On a row, wherever that is.
    Labels,
    /// Among the images of the same prompt.
    Strip,
    /// On the handle of a chart.
    Handle,
    /// On a chart of two columns.
    Map,
    /// On the line between two heads of columns.
    Grip,
    /// On a part of prompts.
    Term,
    /// On two images that are compared.
    Pair,
    /// On the image at full size.
    Image,
    /// In a panel below a button: the sheet does not print it.
    Popover,
}

/// What the keys of a line do; the words for it are with the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Go to the field of the search.
    Search,
    /// Take the last step back.
    StepBack,
    /// Take it again.
    StepOn,
    /// Show the sheet of keys.
    ThisSheet,
    /// Close what is open.
    CloseOpen,
    /// Take the word.
    TakeWord,
    /// Close the words.
    CloseWords,
    /// Move.
    Move,
    /// Move by a screen.
    Screen,
    /// Move to the first or the last one.
    Ends,
    /// Open the details.
    Details,
    /// Copy the prompt.
    CopyPrompt,
    /// List prompts like the row's.
    MoreLikeThis,
    /// Move, and choose with Shift.
    MoveOrChoose,
    /// Choose, or drop.
    Choose,
    /// Choose none.
    ChooseNone,
    /// Give the first to the ninth label, or take it away.
    SetLabel,
    /// Take the label away.
    NoLabel,
    /// Show the row before or the next one.
    OtherRow,
    /// Move by ten bins.
    TenBins,
    /// Move by one bin.
    OneBin,
    /// Move by a quarter of the range.
    Quarter,
    /// Move as far as it goes.
    Limit,
    /// Go to the field of the number.
    TypeNumber,
    /// Clear the range.
    Clear,
    /// Choose more cells.
    MoveOrWiden,
    /// Filter by the cell.
    FilterByCell,
    /// Change the width.
    Width,
    /// Take the usual width.
    UsualWidth,
    /// Show the pair before or the next one.
    OtherPair,
    /// Choose the left image, the right one, or neither.
    Verdict,
    /// Leave out what has it.
    LeaveOut,
    /// Change the size.
    Zoom,
    /// Show all of it.
    Whole,
    /// The same as the line before, or what nobody needs to be told: the sheet does not print it.
    Unsaid,
}

/// What is on the cap of a key, by what the browser calls it.
pub fn cap(key: &str) -> String {
    match key {
        "ArrowUp" => "↑".to_owned(),
        "ArrowDown" => "↓".to_owned(),
        "ArrowLeft" => "←".to_owned(),
        "ArrowRight" => "→".to_owned(),
        "PageUp" => "PgUp".to_owned(),
        "PageDown" => "PgDn".to_owned(),
        "Escape" => "Esc".to_owned(),
        "-" => "−".to_owned(),
        " " => "Space".to_owned(),
        other if other.chars().count() == 1 => other.to_uppercase(),
        other => other.to_owned(),
    }
}
