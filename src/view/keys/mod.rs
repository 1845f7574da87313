//! Every keyboard shortcut, in one table. Components ask it what a key means to them, and the sheet of keys
//! prints it: a line here, its words with the texts, and the arm that acts are all that a shortcut needs.

pub mod sheet;

use crate::view::keys::sheet::{Line, Place, Says, Section};
use crate::view::views::View;

/// A key that was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPress<'a> {
    /// What the browser calls it: `a`, `ArrowUp`, `Escape`.
    pub key: &'a str,
    /// Whether Ctrl or the Mac's Command key is down.
    pub ctrl: bool,
    /// Whether Alt is down.
    pub alt: bool,
    /// Whether Shift is down.
    pub shift: bool,
}

/// Which modifiers a shortcut wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// Whichever there are.
    Any,
    /// Neither Ctrl nor Alt.
    Plain,
    /// None at all.
    Bare,
    /// Shift alone.
    Shift,
    /// Alt, whatever else there is.
    Alt,
    /// All but Alt.
    NoAlt,
    /// Ctrl alone.
    Ctrl,
    /// Ctrl and Shift.
    CtrlShift,
}

impl With {
    const fn fits(self, KeyPress { key: _, ctrl, alt, shift }: KeyPress<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::Plain => !ctrl && !alt,
            Self::Bare => !ctrl && !alt && !shift,
            Self::Shift => !ctrl && !alt && shift,
            Self::Alt => alt,
            Self::NoAlt => !alt,
            Self::Ctrl => ctrl && !alt && !shift,
            Self::CtrlShift => ctrl && !alt && shift,
        }
    }

    /// The modifiers to press, as the sheet prints them.
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Any | Self::Plain | Self::Bare | Self::NoAlt => &[],
            Self::Shift => &["Shift"],
            Self::Alt => &["Alt"],
            Self::Ctrl => &["Ctrl"],
            Self::CtrlShift => &["Ctrl", "Shift"],
        }
    }
}

/// What a key does somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortcut<A: 'static> {
    with: With,
    key: &'static str,
    action: A,
}

/// What a key does among these shortcuts; the first one that fits counts.
pub fn action<A: Copy>(shortcuts: &[Shortcut<A>], press: KeyPress<'_>) -> Option<A> {
    let fits =
        |shortcut: &&Shortcut<A>| shortcut.key.eq_ignore_ascii_case(press.key) && shortcut.with.fits(press);
    shortcuts.iter().find(fits).map(|shortcut| shortcut.action)
}

/// Declares the shortcuts of each place as a table of its own, and all of them for the sheet.
macro_rules! shortcuts {
    ($($(#[$about:meta])* $name:ident: $action:ident, $place:ident {
        $($says:ident: $($with:ident $key:literal => $does:expr),+;)*
    })*) => {
        $($(#[$about])*
        pub const $name: &[Shortcut<$action>] = &[$($(
            Shortcut { with: With::$with, key: $key, action: { use $action::*; $does } },
        )+)*];)*

        /// The sheet of keys, without those of views.
        pub const SHEET: &[Section] = &[$(Section {
            place: Place::$place,
            lines: &[$(Line { keys: &[$((With::$with, $key)),+], says: Says::$says }),*],
        }),*];
    };
}

shortcuts! {
    /// Keys that work wherever the focus is, unless someone types; those of views are with the views.
    PAGE: PageKey, Anywhere {
        Search: Plain "/" => Search;
        StepBack: Ctrl "z" => Undo;
        StepOn: CtrlShift "z" => Redo;
        Unsaid: Ctrl "y" => Redo;
        ThisSheet: Plain "?" => ShowKeys;
        CloseOpen: Any "Escape" => Close;
    }
    /// Keys of the words that are suggested under the field of the search.
    SUGGEST: SuggestKey, Suggest {
        Move: Bare "ArrowUp" => Go(Move::Up), Bare "ArrowDown" => Go(Move::Down);
        TakeWord: Bare "Enter" => Take, Bare "Tab" => Take;
        CloseWords: Any "Escape" => Close;
    }
    /// Keys of the table.
    ROWS: RowKey, Rows {
        Move: NoAlt "ArrowUp" => Go(Move::Up), NoAlt "ArrowDown" => Go(Move::Down),
            Plain "k" => Go(Move::Up), Plain "j" => Go(Move::Down);
        Screen: NoAlt "PageUp" => Go(Move::PageUp), NoAlt "PageDown" => Go(Move::PageDown);
        Ends: NoAlt "Home" => Go(Move::First), NoAlt "End" => Go(Move::Last);
        Details: NoAlt "Enter" => Open;
        Unsaid: NoAlt " " => Open;
        CopyPrompt: Plain "c" => CopyPrompt;
        MoreLikeThis: Plain "l" => Like;
        Unsaid: NoAlt "Escape" => Close;
    }
    /// Keys of the gallery. Those that move choose images as well while Shift is down.
    TILES: TileKey, Tiles {
        MoveOrChoose: NoAlt "ArrowLeft" => Go(Move::Left), NoAlt "ArrowRight" => Go(Move::Right),
            NoAlt "ArrowUp" => Go(Move::Up), NoAlt "ArrowDown" => Go(Move::Down);
        Screen: NoAlt "PageUp" => Go(Move::PageUp), NoAlt "PageDown" => Go(Move::PageDown);
        Ends: NoAlt "Home" => Go(Move::First), NoAlt "End" => Go(Move::Last);
        Details: NoAlt "Enter" => Open;
        Choose: NoAlt " " => Choose;
        ChooseNone: NoAlt "Escape" => Close;
    }
    /// Keys of the details.
    DETAILS: DetailKey, Details {
        OtherRow: Bare "ArrowLeft" => Previous, Bare "ArrowRight" => Next,
            Bare "k" => Previous, Bare "j" => Next;
        MoreLikeThis: Bare "l" => Like;
        Unsaid: Any "Escape" => Close;
    }
    /// Keys that label a row: the one in focus in the table and the gallery, and the one whose details are open.
    LABELS: LabelKey, Labels {
        SetLabel: Bare "1" => Toggle(1), Bare "9" => Toggle(9);
        Unsaid: Bare "2" => Toggle(2), Bare "3" => Toggle(3), Bare "4" => Toggle(4), Bare "5" => Toggle(5),
            Bare "6" => Toggle(6), Bare "7" => Toggle(7), Bare "8" => Toggle(8);
        NoLabel: Bare "0" => Toggle(0);
    }
    /// Keys of the images of the same prompt.
    STRIP: StripKey, Strip {
        Move: Any "ArrowLeft" => Go(Move::Left), Any "ArrowRight" => Go(Move::Right);
        Ends: Any "Home" => Go(Move::First), Any "End" => Go(Move::Last);
        Details: Any "Enter" => Open;
        Unsaid: Any " " => Open;
    }
    /// Keys of the handles of a chart.
    HANDLE: HandleKey, Handle {
        TenBins: Shift "ArrowLeft" => By(-10), Shift "ArrowRight" => By(10);
        Unsaid: Shift "ArrowDown" => By(-10), Shift "ArrowUp" => By(10);
        OneBin: Any "ArrowLeft" => By(-1), Any "ArrowRight" => By(1);
        Unsaid: Any "ArrowDown" => By(-1), Any "ArrowUp" => By(1);
        Quarter: Any "PageDown" => Quarters(-1), Any "PageUp" => Quarters(1);
        Limit: Any "Home" => First, Any "End" => Last;
        TypeNumber: Any "Enter" => Type;
        Clear: Any "Escape" => Clear;
    }
    /// Keys of a chart of two columns.
    MAP: MapKey, Map {
        MoveOrWiden: Shift "ArrowLeft" => Widen(Move::Left), Shift "ArrowRight" => Widen(Move::Right),
            Shift "ArrowUp" => Widen(Move::Up), Shift "ArrowDown" => Widen(Move::Down);
        Move: Any "ArrowLeft" => Go(Move::Left), Any "ArrowRight" => Go(Move::Right),
            Any "ArrowUp" => Go(Move::Up), Any "ArrowDown" => Go(Move::Down);
        FilterByCell: Any "Enter" => Filter;
        Unsaid: Any " " => Filter;
    }
    /// Keys of the line between two heads of columns.
    GRIP: GripKey, Grip {
        Width: Any "ArrowLeft" => Narrower, Any "ArrowRight" => Wider;
        UsualWidth: Any "Home" => Reset;
        Unsaid: Any "Escape" => Reset;
    }
    /// Keys of a part of prompts. That Enter searches for it is what a button does.
    TERM: TermKey, Term {
        LeaveOut: Alt "Enter" => Exclude, Any "-" => Exclude;
        Unsaid: Any "−" => Exclude, Any "Delete" => Exclude;
    }
    /// Keys of two images that are compared.
    PAIR: PairKey, Pair {
        OtherPair: Bare "ArrowLeft" => Previous, Bare "ArrowRight" => Next,
            Bare "k" => Previous, Bare "j" => Next;
        Verdict: Bare "a" => Left, Bare "b" => Right, Bare "n" => Neither;
    }
    /// Keys of the image at full size.
    IMAGE: ImageKey, Image {
        Zoom: Any "+" => Nearer, Any "-" => Farther;
        Unsaid: Any "=" => Nearer;
        Whole: Any "0" => Whole;
        Move: Any "ArrowLeft" => Go(Move::Left), Any "ArrowRight" => Go(Move::Right),
            Any "ArrowUp" => Go(Move::Up), Any "ArrowDown" => Go(Move::Down);
        Unsaid: Any "Escape" => Close;
        // There is one button, and it keeps the focus with the image.
        Unsaid: Any "Tab" => Stay;
    }
    /// Keys of a panel below a button.
    POPOVER: PopoverKey, Popover {
        Unsaid: Any "Escape" => Close;
    }
}

/// Where a key leads within a list or a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// One up.
    Up,
    /// One down.
    Down,
    /// One to the left.
    Left,
    /// One to the right.
    Right,
    /// A screen back.
    PageUp,
    /// A screen on.
    PageDown,
    /// To the first one.
    First,
    /// To the last one.
    Last,
}

/// What keys do wherever the focus is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKey {
    /// Go to the field of the search.
    Search,
    /// Take the last step back.
    Undo,
    /// Take the step again.
    Redo,
    /// Show the sheet of keys.
    ShowKeys,
    /// Close what is open, which each panel does itself.
    Close,
    /// Show the result in this view.
    Show(View),
}

/// What a key does wherever the focus is.
pub fn page_action(press: KeyPress<'_>) -> Option<PageKey> {
    let view = || View::of_key(press.key).filter(|_| With::Plain.fits(press)).map(PageKey::Show);
    action(PAGE, press).or_else(view)
}

/// What keys do among words that are suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuggestKey {
    /// Move.
    Go(Move),
    /// Take the word.
    Take,
    /// Close them.
    Close,
}

/// What keys do in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKey {
    /// Move.
    Go(Move),
    /// Open the details of the row.
    Open,
    /// Copy the row's prompt.
    CopyPrompt,
    /// List prompts like the row's.
    Like,
    /// Close the details.
    Close,
}

/// What keys do in the gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileKey {
    /// Move.
    Go(Move),
    /// Open the details of the image.
    Open,
    /// Choose the image, or drop it where it is chosen.
    Choose,
    /// Choose none, or close the details where none is chosen.
    Close,
}

/// What keys do in the details.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetailKey {
    /// The row before.
    Previous,
    /// The next row.
    Next,
    /// List prompts like the row's.
    Like,
    /// Close them.
    Close,
}

/// What keys do with the label of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelKey {
    /// Give it the n-th label, or take it away; with 0 whichever it has.
    Toggle(u8),
}

/// What keys do on two images that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairKey {
    /// The pair before.
    Previous,
    /// The next pair.
    Next,
    /// The left one is better.
    Left,
    /// The right one is better.
    Right,
    /// Neither is.
    Neither,
}

/// What keys do among the images of the same prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StripKey {
    /// Move.
    Go(Move),
    /// Open the details of the image.
    Open,
}

/// What keys do on the handle of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandleKey {
    /// Move it by so many bins.
    By(isize),
    /// Move it by so many quarters of the range.
    Quarters(isize),
    /// Move it to its lowest place.
    First,
    /// Move it to its highest place.
    Last,
    /// Go to the field of the number that it stands for.
    Type,
    /// Clear the range.
    Clear,
}

/// What keys do on a chart of two columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapKey {
    /// Move.
    Go(Move),
    /// Move, and choose all cells from where that began.
    Widen(Move),
    /// Filter by the cell, or by all that are chosen.
    Filter,
}

/// What keys do on the line between two heads of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GripKey {
    /// Less wide.
    Narrower,
    /// Wider.
    Wider,
    /// As wide as it is without being set.
    Reset,
}

/// What keys do on a part of prompts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermKey {
    /// Leave out what has it.
    Exclude,
}

/// What keys do on the image at full size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageKey {
    /// Larger.
    Nearer,
    /// Smaller.
    Farther,
    /// As large as fits.
    Whole,
    /// Move what is seen.
    Go(Move),
    /// Close it.
    Close,
    /// Keep the focus.
    Stay,
}

/// What keys do in a panel below a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PopoverKey {
    /// Close it.
    Close,
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
