//! Columns about two images of a row, told apart by a word of their names: `image_a` and `image_b`, `label_0` and
//! `label_1`, `left image` and `right image`.

/// Words for the first of two, and for the second.
const WORDS: [(&str, &str); 8] = [
    ("0", "1"),
    ("1", "2"),
    ("a", "b"),
    ("left", "right"),
    ("first", "second"),
    ("chosen", "rejected"),
    ("winner", "loser"),
    ("preferred", "dispreferred"),
];

/// Words that tell that a name is about images.
const IMAGES: [&str; 9] = ["image", "images", "img", "jpg", "jpeg", "png", "picture", "photo", "pic"];

/// Words that tell that a name is about something of an image.
const OF_IMAGES: [&str; 7] = ["hash", "id", "label", "model", "name", "score", "text"];

/// What a column about the first of two images is about, and the one about the second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sides {
    /// What both names have in common: `model` of `model_0` and `model_1`.
    pub title: String,
    /// The column of the second image.
    pub second: String,
}

/// The column about the second image, where `name` is about the first one and `has` knows of another. Of several words
/// that tell sides the last one does.
pub fn sides(name: &str, has: impl Fn(&str) -> bool) -> Option<Sides> {
    let words = words(name);
    words.iter().rev().find_map(|(from, word)| {
        let (before, behind) = (name.get(..*from)?, name.get(from + word.len()..)?);
        let second = WORDS.iter().find_map(|(first, second)| {
            let second = like(word, second);
            let other = format!("{before}{second}{behind}");
            (word.eq_ignore_ascii_case(first) && has(&other)).then_some(other)
        })?;
        let parts = [before, behind].map(|part| part.trim_matches(|c: char| !c.is_alphanumeric()));
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let title = if parts.is_empty() { name.to_owned() } else { parts.join("_") };
        Some(Sides { title, second })
    })
}

/// Whether a name says that a column holds images, and not something of them.
pub fn names_images(name: &str) -> bool {
    let words = words(name);
    let holds =
        |list: &[&str]| words.iter().any(|(_, word)| list.iter().any(|it| word.eq_ignore_ascii_case(it)));
    holds(&IMAGES) && !holds(&OF_IMAGES)
}

/// Whether names say that the first of two images is preferred: `chosen` and `rejected`, or as HPDv3 has them.
pub fn first_is_preferred(first: &str, second: &str) -> bool {
    const PREFERRED: [&str; 3] = ["chosen", "winner", "preferred"];
    let has = |name: &str| {
        words(name).iter().any(|(_, word)| PREFERRED.iter().any(|it| word.eq_ignore_ascii_case(it)))
    };
    has(first) && !has(second) || (first, second) == ("path1", "path2")
}

/// Words of a name with their places: letters, or digits; `imageA` is two words.
fn words(name: &str) -> Vec<(usize, &str)> {
    let mut words: Vec<(usize, &str)> = Vec::new();
    let mut before = ' ';
    for (at, c) in name.char_indices() {
        let goes_on = c.is_ascii_digit() && before.is_ascii_digit()
            || c.is_alphabetic() && before.is_alphabetic() && !(before.is_lowercase() && c.is_uppercase());
        if goes_on {
            if let Some((from, word)) = words.last_mut()
                && let Some(longer) = name.get(*from..at + c.len_utf8())
            {
                *word = longer;
            }
        } else if c.is_alphanumeric()
            && let Some(word) = name.get(at..at + c.len_utf8())
        {
            words.push((at, word));
        }
        before = c;
    }
    words
}

/// A word in capitals where another one is.
fn like(word: &str, other: &str) -> String {
    let mut letters = word.chars();
    let is_capital = letters.next().is_some_and(char::is_uppercase);
    if is_capital && word.chars().count() > 1 && letters.all(char::is_uppercase) {
        return other.to_uppercase();
    }
    let mut rest = other.chars();
    match rest.next().filter(|_| is_capital) {
        Some(first) => first.to_uppercase().chain(rest).collect(),
        None => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Sides, first_is_preferred, names_images, sides};

    fn second(name: &str, others: &[&str]) -> Option<(String, String)> {
        sides(name, |other| others.contains(&other)).map(|Sides { title, second }| (title, second))
    }

    #[test]
    fn the_other_side_is_found_by_its_name() {
        let is = |title: &str, name: &str| Some((title.to_owned(), name.to_owned()));
        assert_eq!(second("model_0", &["model_1"]), is("model", "model_1"));
        assert_eq!(second("image_0_uid", &["image_1_uid"]), is("image_uid", "image_1_uid"));
        assert_eq!(second("image1", &["image2"]), is("image", "image2"));
        assert_eq!(second("image1", &["image0"]), None);
        assert_eq!(second("Left Image", &["Right Image"]), is("Image", "Right Image"));
        assert_eq!(second("IMG_LEFT", &["IMG_RIGHT"]), is("IMG", "IMG_RIGHT"));
        assert_eq!(second("imageA", &["imageB"]), is("image", "imageB"));
        assert_eq!(second("a_winner", &["a_loser", "b_winner"]), is("a", "a_loser"));
        assert_eq!(second("chosen", &["rejected"]), is("chosen", "rejected"));
        assert_eq!(second("cfg10", &["cfg11", "cfg20"]), None, "10 is one word");
        assert_eq!(second("łódź_a", &["łódź_b"]), is("łódź", "łódź_b"));
        assert_eq!(second("", &[""]), None);
    }

    #[test]
    fn an_order_is_not_read_into_names_that_have_none() {
        assert!(
            first_is_preferred("chosen", "rejected") && first_is_preferred("image_winner", "image_loser")
        );
        assert!(first_is_preferred("path1", "path2"));
        let none =
            [("image_0", "image_1"), ("left", "right"), ("rejected", "chosen"), ("chosen_0", "chosen_1")];
        assert!(none.iter().all(|(first, second)| !first_is_preferred(first, second)));
    }

    #[test]
    fn names_of_images_are_told_from_names_of_their_facts() {
        let told = ["image_a", "jpg_0", "leftImage", "img2", "image_url_0", "photo left"].map(names_images);
        assert_eq!(told, [true; 6]);
        let told = ["image_0_id", "imageName", "model_a", "imagery", "image_text", ""].map(names_images);
        assert_eq!(told, [false; 6]);
    }
}
