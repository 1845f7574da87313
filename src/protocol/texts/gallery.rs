//! Texts of the gallery.

use crate::protocol::display::thousands;

/// How many images are chosen, and how many of them are not in the result.
pub fn chosen(rows: usize, missing: usize) -> String {
    let rows = thousands(rows as u64);
    match missing {
        0 => format!("{rows} chosen"),
        missing => format!("{rows} chosen, {} not shown", thousands(missing as u64)),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    #[test]
    fn what_is_not_in_the_result_is_said() {
        assert_eq!(super::chosen(3, 0), "3 chosen");
        assert_eq!(super::chosen(3, 1), "3 chosen, 1 not shown");
    }
}
