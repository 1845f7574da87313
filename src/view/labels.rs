//! Labels of one's own: what their columns are called, and how many there may be.

/// The column of labels.
pub const LABEL: &str = "label";

/// The column of notes.
pub const NOTE: &str = "note";

/// What follows the name of such a column where the file has one of that name.
const MINE: &str = " (mine)";

/// What such a column is made of, in place of other columns.
pub const SOURCE: &str = "marks";

/// The most labels of a table; each has a bar of its chart.
pub const MAX_LABELS: usize = 200;

/// Colours to choose from: 1 and so on.
pub const COLOURS: u8 = 9;

/// The most characters of a label's name.
pub const MAX_NAME_CHARS: usize = 60;

/// The most characters of a note.
pub const MAX_NOTE_CHARS: usize = 2_000;

/// What a column of labels or notes is called in a table with these columns, which come first.
pub fn own_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut own = name.to_owned();
    while taken(&own) {
        own.push_str(MINE);
    }
    own
}

/// A label's name as it is kept: without space around it, not too long; none where nothing is left.
pub fn clean_name(name: &str) -> Option<String> {
    let plain: String = name.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect();
    Some(plain.trim_end().to_owned()).filter(|name| !name.is_empty())
}

/// A note as it is kept; none where it is empty.
pub fn clean_note(note: &str) -> Option<String> {
    let cut: String = note.trim().chars().take(MAX_NOTE_CHARS).collect();
    Some(cut).filter(|note| !note.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{clean_name, own_name};

    #[test]
    fn a_column_of_the_file_comes_first() {
        assert_eq!(own_name("label", |_| false), "label");
        assert_eq!(own_name("label", |name| name == "label"), "label (mine)");
        assert_eq!(clean_name("  to\nkeep "), Some("tokeep".to_owned()));
        assert_eq!(clean_name(" \n "), None);
    }
}
