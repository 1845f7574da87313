//! What keys do, and that none is hidden by another.

use super::sheet::cap;
use super::*;

/// `C`, `S` and `A` before a dash are modifiers: `CS-z`.
fn press(text: &str) -> KeyPress<'_> {
    let (modifiers, key) = match text.split_once('-') {
        Some((modifiers, key)) if !modifiers.is_empty() && !key.is_empty() => (modifiers, key),
        _ => ("", text),
    };
    let has = |modifier| modifiers.contains(modifier);
    KeyPress { key, ctrl: has('C'), alt: has('A'), shift: has('S') }
}

#[test]
fn keys_do_what_the_table_says() {
    let page = |text, expected| assert_eq!(page_action(press(text)), expected, "{text}");
    page("/", Some(PageKey::Search));
    page("S-/", Some(PageKey::Search));
    page("C-/", None);
    page("S-?", Some(PageKey::ShowKeys));
    page("C-z", Some(PageKey::Undo));
    page("CS-Z", Some(PageKey::Redo));
    page("C-y", Some(PageKey::Redo));
    page("CA-z", None);
    page("z", None);
    page("g", Some(PageKey::Show(View::Gallery)));
    page("S-G", Some(PageKey::Show(View::Gallery)));
    page("C-g", None);
    page("x", None);
    let rows = |text, expected| assert_eq!(action(ROWS, press(text)), expected, "{text}");
    rows("ArrowDown", Some(RowKey::Go(Move::Down)));
    rows("J", Some(RowKey::Go(Move::Down)));
    rows("C-j", None);
    rows("A-ArrowDown", None);
    rows("C-c", None);
    rows("c", Some(RowKey::CopyPrompt));
    let handle = |text, expected| assert_eq!(action(HANDLE, press(text)), expected, "{text}");
    handle("ArrowUp", Some(HandleKey::By(1)));
    handle("S-ArrowLeft", Some(HandleKey::By(-10)));
    handle("PageDown", Some(HandleKey::Quarters(-1)));
    assert_eq!(action(TERM, press("Enter")), None);
    assert_eq!(action(TERM, press("A-Enter")), Some(TermKey::Exclude));
    assert_eq!(action(TERM, press("−")), Some(TermKey::Exclude));
    assert_eq!(action(DETAILS, press("S-ArrowLeft")), None);
}

/// Presses with every set of modifiers.
fn presses(key: &str) -> impl Iterator<Item = KeyPress<'_>> {
    (0..8).map(move |bits| KeyPress { key, ctrl: bits & 1 != 0, alt: bits & 2 != 0, shift: bits & 4 != 0 })
}

fn check_reachable<A: Copy + PartialEq + std::fmt::Debug>(shortcuts: &[Shortcut<A>]) {
    for shortcut in shortcuts {
        let reached = presses(shortcut.key).any(|press| action(shortcuts, press) == Some(shortcut.action));
        assert!(reached, "{shortcut:?} is hidden by one before it");
    }
}

#[test]
fn no_shortcut_hides_another_one() {
    check_reachable(PAGE);
    check_reachable(ROWS);
    check_reachable(TILES);
    check_reachable(DETAILS);
    check_reachable(STRIP);
    check_reachable(HANDLE);
    check_reachable(MAP);
    check_reachable(GRIP);
    check_reachable(TERM);
    check_reachable(IMAGE);
    check_reachable(POPOVER);
    for view in View::ALL {
        let key = view.facts().key.map(String::from).unwrap_or_default();
        assert_eq!(action(PAGE, press(&key)), None, "{key} is a view's");
    }
}

#[test]
fn every_place_says_what_its_keys_do() {
    for (at, section) in SHEET.iter().enumerate().filter(|(_, section)| section.place != Place::Popover) {
        let lines = section.lines;
        assert!(lines.iter().any(|line| line.says != Says::Unsaid), "{:?}", section.place);
        assert!(SHEET.iter().skip(at + 1).all(|other| other.place != section.place), "{:?}", section.place);
    }
    assert_eq!(["ArrowUp", " ", "k", "Escape"].map(cap), ["↑", "Space", "K", "Esc"]);
}
