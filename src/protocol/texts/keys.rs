//! Texts of the sheet of keys; which keys there are is in `view/keys`.

use crate::view::keys::sheet::{Place, Says};

/// Where keys work; nothing where the sheet prints none.
pub const fn place(place: Place) -> &'static str {
    match place {
        Place::Anywhere => "Anywhere",
        Place::Suggest => "Words under the search",
        Place::Rows => "Rows",
        Place::Tiles => "Images of the gallery",
        Place::Details => "Details",
        Place::Labels => "Labels of a row",
        Place::Strip => "Images of the same prompt",
        Place::Handle => "Handles of charts",
        Place::Map => "Chart of two columns",
        Place::Grip => "Width of columns",
        Place::Term => "Parts of prompts",
        Place::Pair => "Two images of a pair",
        Place::Image => "Image at full size",
        Place::Popover => "",
    }
}

/// What they do; nothing where the sheet does not print it.
pub const fn says(says: Says) -> &'static str {
    match says {
        Says::Search => "search",
        Says::StepBack => "a step back",
        Says::StepOn => "on again",
        Says::ThisSheet => "this sheet",
        Says::CloseOpen => "close what is open",
        Says::TakeWord => "take the word",
        Says::CloseWords => "close the words",
        Says::Move => "move",
        Says::Screen => "a screen",
        Says::Ends => "first, last",
        Says::Details => "details",
        Says::CopyPrompt => "copy the prompt",
        Says::MoreLikeThis => "prompts like it",
        Says::MoveOrChoose => "move; with Shift choose as well",
        Says::Choose => "choose",
        Says::ChooseNone => "choose none",
        Says::SetLabel => "the first to the ninth label, or not",
        Says::NoLabel => "no label",
        Says::OtherRow => "the row before, the next one",
        Says::TenBins => "ten bins",
        Says::OneBin => "one bin",
        Says::Quarter => "a quarter of the range",
        Says::Limit => "to the limit",
        Says::TypeNumber => "type a number",
        Says::Clear => "clear",
        Says::MoveOrWiden => "choose more cells",
        Says::FilterByCell => "filter by what is chosen, or no more",
        Says::Width => "narrower, wider; much with Shift",
        Says::UsualWidth => "as usual",
        Says::OtherPair => "the pair before, the next one",
        Says::Verdict => "left, right, or neither is better",
        Says::LeaveOut => "leave it out",
        Says::Zoom => "nearer, farther",
        Says::Whole => "whole",
        Says::Unsaid => "",
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::view::keys::SHEET;

    #[test]
    fn the_sheet_prints_every_place_once() {
        let mut titles = SHEET.iter().map(|section| place(section.place)).collect::<Vec<_>>();
        let all = titles.len();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), all);
        for section in SHEET.iter().filter(|section| !place(section.place).is_empty()) {
            assert!(section.lines.iter().any(|line| !says(line.says).is_empty()), "{}", place(section.place));
        }
    }
}
