//! Preference data as pairs: which of two images people prefer, where several of one prompt are ranked or rated.
//!
//! [`Groups`] are the images of each prompt; [`pairs_of`] are the pairs of one of them; [`Count`] counts, and
//! [`Judged`] holds scores against the pairs. Two images of the same rank are a tie: nobody prefers either.

use crate::table::numbered::NONE;
use crate::view::pairs::Options;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An image of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Image {
    /// Its row.
    pub row: u32,
    /// Which of the row's images it is, where a row lists several; else 0.
    pub item: u32,
    /// Its place in the group, the smaller the better; none where it has none.
    pub place: Option<f64>,
    /// Its rating.
    pub rating: Option<f64>,
    /// Whether its row passes the filters.
    pub is_here: bool,
    /// What is known of its file, where that was asked.
    pub file: Known,
}

impl Image {
    /// Its place in the file.
    pub const fn at(&self) -> (u32, u32) {
        (self.row, self.item)
    }
}

/// What is known of an image's file before anyone looks at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Known {
    /// Nothing speaks against it.
    #[default]
    Likely,
    /// It is missing, or is no image.
    Missing,
    /// It can't be told.
    Unsure,
}

/// Images put together by what they have in common, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    images: Vec<Image>,
    /// Where each group ends in `images`.
    ends: Vec<usize>,
}

impl Groups {
    /// The groups of which a row passes the filters, with all of their rows. `numbers` are those of
    /// [`numbered`](crate::table::numbered::numbered); rows without one are in no group.
    pub fn new(numbers: &[u32], is_here: impl Fn(usize) -> bool, image: impl Fn(u32) -> Image) -> Self {
        let most = numbers.iter().filter(|number| **number != NONE).max();
        let mut places = vec![NONE; most.map_or(0, |most| *most as usize + 1)];
        let mut sizes: Vec<usize> = Vec::new();
        for (row, number) in numbers.iter().enumerate() {
            if let Some(place) = places.get_mut(*number as usize)
                && *place == NONE
                && is_here(row)
            {
                *place = sizes.len() as u32;
                sizes.push(0);
            }
        }
        let group_of = |number: &u32| places.get(*number as usize).map(|place| *place as usize);
        for group in numbers.iter().filter_map(group_of) {
            if let Some(size) = sizes.get_mut(group) {
                *size += 1;
            }
        }
        let mut end = 0;
        let mut next: Vec<usize> = Vec::with_capacity(sizes.len());
        let mut ends = Vec::with_capacity(sizes.len());
        for size in sizes {
            next.push(end);
            end += size;
            ends.push(end);
        }
        let nothing =
            Image { row: 0, item: 0, place: None, rating: None, is_here: false, file: Known::Likely };
        let mut images = vec![nothing; end];
        for (row, number) in numbers.iter().enumerate() {
            if let Some(next) = group_of(number).and_then(|group| next.get_mut(group)) {
                if let Some(slot) = images.get_mut(*next) {
                    *slot = Image { is_here: is_here(row), ..image(row as u32) };
                }
                *next += 1;
            }
        }
        Self { images, ends }
    }

    /// The images of each group.
    pub fn iter(&self) -> impl Iterator<Item = &[Image]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.images.get(start..*end).unwrap_or_default())
    }

    /// The images of one group.
    pub fn get(&self, group: usize) -> Option<&[Image]> {
        let end = *self.ends.get(group)?;
        let start = group.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.images.get(start..end)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// Two images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The preferred one; of a tie the first in the file.
    pub better: Image,
    /// The other one.
    pub worse: Image,
    /// How many ranks are between them; 0 for a tie.
    pub difference: f64,
}

/// The pairs of a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PairsOf {
    /// Those that are taken, in the order of the file.
    pub ordered: Vec<Pair>,
    /// Those of the same rank.
    pub tied: Vec<Pair>,
    /// Those that [`Options`] leave out for being too near.
    pub near: u64,
    /// Those that they leave out for being too many.
    pub beyond: u64,
    /// Those that they leave out for an image that is missing, tied or not.
    pub missing: u64,
    /// How many of these are tied.
    pub missing_tied: u64,
}

/// The images of a group that count.
fn taken<'a>(group: &'a [Image], options: &Options) -> impl Iterator<Item = &'a Image> + Clone {
    let whole = options.whole;
    group.iter().filter(move |image| image.is_here || whole)
}

/// The pairs of a group's images that have a place.
pub fn pairs_of(group: &[Image], options: &Options) -> PairsOf {
    let mut pairs = PairsOf::default();
    let placed: Vec<(&Image, f64)> =
        taken(group, options).filter_map(|image| Some((image, image.place?))).collect();
    for (at, (first, first_place)) in placed.iter().enumerate() {
        for (second, second_place) in placed.iter().skip(at + 1) {
            let difference = (first_place - second_place).abs();
            let swapped = second_place < first_place;
            let (better, worse) = if swapped { (**second, **first) } else { (**first, **second) };
            let pair = Pair { better, worse, difference };
            if options.readable && [first, second].into_iter().any(|image| image.file == Known::Missing) {
                pairs.missing += 1;
                pairs.missing_tied += u64::from(difference == 0.0);
            } else if difference == 0.0 {
                pairs.tied.push(pair);
            } else if difference < options.least_rank || !is_rated_apart(&pair, options.least_rating) {
                pairs.near += 1;
            } else {
                pairs.ordered.push(pair);
            }
        }
    }
    let most = options.most as usize;
    if most > 0 && pairs.ordered.len() > most {
        pairs.beyond = (pairs.ordered.len() - most) as u64;
        pairs.ordered.sort_by(|a, b| b.difference.total_cmp(&a.difference));
        pairs.ordered.truncate(most);
        pairs.ordered.sort_by_key(|pair| (pair.better.at(), pair.worse.at()));
    }
    pairs
}

fn is_rated_apart(pair: &Pair, least: f64) -> bool {
    if least <= 0.0 {
        return true;
    }
    let (Some(better), Some(worse)) = (pair.better.rating, pair.worse.rating) else { return false };
    better - worse >= least
}

/// What there is, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Count {
    /// Prompts of which an image counts; of rows with two images the rows.
    pub groups: u64,
    /// Images that count.
    pub images: u64,
    /// Pairs in which one is preferred.
    pub ordered: u64,
    /// Pairs in which none is.
    pub tied: u64,
    /// Prompts with a tie.
    pub groups_tied: u64,
    /// Prompts of one image: they make no pair.
    pub single: u64,
    /// Images without a rank, or rows without a verdict.
    pub without: u64,
    /// Prompts whose best rank is not 1, although no filter cuts them.
    pub not_from_one: u64,
    /// Rows whose two labels do not add up to 1.
    pub odd_labels: u64,
    /// Rows that list another number of images than of ranks.
    pub uneven: u64,
    /// Prompts of which the filters leave out images.
    pub cut_groups: u64,
    /// Images of those prompts that they leave out.
    pub cut_images: u64,
    /// Pairs that are left out for being too near.
    pub near: u64,
    /// Pairs that are left out for being too many of a prompt.
    pub beyond: u64,
    /// Pairs that are left out for an image that is missing, of rows with two images the rows.
    pub missing: u64,
    /// Images that are missing, where that was asked.
    pub images_missing: u64,
    /// Images of which it can't be told whether they are, where that was asked.
    pub images_unsure: u64,
    /// Ordered pairs by their difference, smallest first.
    pub by_difference: Vec<(f64, u64)>,
    /// Prompts by how many of their images count, fewest first.
    pub by_images: Vec<(u32, u64)>,
}

impl Count {
    fn add_file(&mut self, file: Known) {
        match file {
            Known::Likely => {}
            Known::Missing => self.images_missing += 1,
            Known::Unsure => self.images_unsure += 1,
        }
    }
}

/// Differences that are told apart; the last one holds all that are wider.
const MAX_DIFFERENCES: usize = 24;

/// Differences are told apart by thousandths.
const STEPS: f64 = 1_000.0;

/// Counts group by group.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    count: Count,
    differences: BTreeMap<u64, u64>,
    images: BTreeMap<u32, u64>,
}

/// A difference as it is told apart from others.
fn step_of(difference: f64) -> u64 {
    (difference * STEPS).round() as u64
}

impl Counter {
    /// Counts a group and its pairs. `is_ranked` says whether places are ranks.
    pub fn add(&mut self, group: &[Image], pairs: &PairsOf, options: &Options, is_ranked: bool) {
        let count = &mut self.count;
        let images = taken(group, options).count();
        let missing = group.iter().filter(|image| !image.is_here).count();
        count.groups += 1;
        count.images += images as u64;
        count.ordered += pairs.ordered.len() as u64;
        count.tied += pairs.tied.len() as u64;
        count.groups_tied += u64::from(!pairs.tied.is_empty());
        count.single += u64::from(images == 1);
        count.without += taken(group, options).filter(|image| image.place.is_none()).count() as u64;
        count.cut_groups += u64::from(missing > 0);
        count.cut_images += missing as u64;
        count.near += pairs.near;
        count.beyond += pairs.beyond;
        count.missing += pairs.missing;
        if options.readable {
            taken(group, options).for_each(|image| count.add_file(image.file));
        }
        let best = group.iter().filter_map(|image| image.place).min_by(f64::total_cmp);
        count.not_from_one += u64::from(is_ranked && best.is_some_and(|best| best != 1.0));
        *self.images.entry(images as u32).or_default() += 1;
        for pair in &pairs.ordered {
            *self.differences.entry(step_of(pair.difference)).or_default() += 1;
        }
    }

    /// Counts a row with two images, of which at least one is missing.
    pub fn add_missing(&mut self) {
        self.count.groups += 1;
        self.count.images += 2;
        self.count.missing += 1;
    }

    /// Counts what is known of the files of a row with two images.
    pub fn add_files(&mut self, files: [Known; 2]) {
        files.into_iter().for_each(|file| self.count.add_file(file));
    }

    /// Counts the verdict of a row with two images: the first one's share, if it has one.
    pub fn add_verdict(&mut self, share: Option<f64>, is_odd: bool) {
        let count = &mut self.count;
        count.groups += 1;
        count.images += 2;
        count.odd_labels += u64::from(is_odd);
        match share {
            None => count.without += 1,
            Some(0.5) => count.tied += 1,
            Some(share) => {
                count.ordered += 1;
                *self.differences.entry(step_of((share - 0.5).abs() * 2.0)).or_default() += 1;
            }
        }
    }

    /// What was counted.
    pub fn finish(self) -> Count {
        let Self { mut count, differences, images } = self;
        for (step, pairs) in differences {
            if count.by_difference.len() >= MAX_DIFFERENCES
                && let Some(last) = count.by_difference.last_mut()
            {
                last.1 += pairs;
            } else {
                count.by_difference.push((step as f64 / STEPS, pairs));
            }
        }
        count.by_images = images.into_iter().collect();
        count
    }
}

/// How often a score agrees with the pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// Ordered pairs of which both images have a score.
    pub pairs: u64,
    /// Those of which the preferred image has the higher one.
    pub right: u64,
    /// Those of which both have the same, which count half.
    pub equal: u64,
    /// The share of agreement.
    pub share: f64,
    /// Between which shares the true one lies, 95 times of 100; prompts are taken to be independent, their pairs
    /// are not.
    pub interval: (f64, f64),
}

/// Sums over clusters of pairs that depend on each other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    pairs: u64,
    right: u64,
    equal: u64,
    clusters: f64,
    /// Of the pairs and the right ones of each cluster: squares and products.
    squares: [f64; 3],
}

impl Sums {
    /// What one cluster has.
    pub fn of(pairs: u64, right: u64) -> Self {
        Self { pairs, right, ..Self::default() }
    }

    /// Adds a cluster.
    pub fn add(&mut self, of: Self) {
        if of.pairs == 0 {
            return;
        }
        let (pairs, right) = (of.pairs as f64, of.right as f64 + of.equal as f64 / 2.0);
        self.pairs += of.pairs;
        self.right += of.right;
        self.equal += of.equal;
        self.clusters += 1.0;
        let [n, r, nr] = &mut self.squares;
        *n += pairs * pairs;
        *r += right * right;
        *nr += pairs * right;
    }

    /// The share over all clusters, with its interval.
    pub fn accuracy(&self) -> Accuracy {
        let Self { pairs, right, equal, clusters, squares: [n, r, nr] } = *self;
        let all = pairs as f64;
        let share = if pairs == 0 { 0.0 } else { (right as f64 + equal as f64 / 2.0) / all };
        let spread = (r - 2.0 * share * nr + share * share * n).max(0.0);
        let interval = if clusters > 1.0 {
            let error = (spread * clusters / (clusters - 1.0)).sqrt() / all;
            ((share - 1.96 * error).max(0.0), (share + 1.96 * error).min(1.0))
        } else {
            (0.0, 1.0)
        };
        Accuracy { pairs, right, equal, share, interval }
    }
}

/// One column of scores, held against the pairs.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    all: Sums,
    differences: BTreeMap<u64, Sums>,
    categories: BTreeMap<String, Sums>,
}

/// How often scores agree: with all pairs, by difference, by category.
pub type Verdicts = (Accuracy, Vec<(f64, Accuracy)>, Vec<(String, Accuracy)>);

impl Judged {
    /// Counts the ordered pairs of a group: the difference of each, and the scores of the preferred image and of the
    /// other one.
    pub fn add(&mut self, category: Option<&str>, pairs: impl Iterator<Item = (f64, f64, f64)>) {
        let mut all = Sums::default();
        let mut differences: BTreeMap<u64, Sums> = BTreeMap::new();
        for (difference, better, worse) in pairs {
            for sums in [&mut all, differences.entry(step_of(difference)).or_default()] {
                sums.pairs += 1;
                sums.right += u64::from(better > worse);
                sums.equal += u64::from(better == worse);
            }
        }
        self.all.add(all);
        for (step, sums) in differences {
            self.differences.entry(step).or_default().add(sums);
        }
        if let Some(category) = category {
            if let Some(own) = self.categories.get_mut(category) {
                own.add(all);
            } else if self.categories.len() < MAX_CATEGORIES {
                self.categories.entry(category.to_owned()).or_default().add(all);
            }
        }
    }

    /// What came of it.
    pub fn finish(&self) -> Verdicts {
        let differences = self.differences.iter().take(MAX_DIFFERENCES);
        let categories = self.categories.iter().filter(|(_, sums)| sums.pairs > 0);
        (
            self.all.accuracy(),
            differences.map(|(step, sums)| (*step as f64 / STEPS, sums.accuracy())).collect(),
            categories.map(|(name, sums)| (name.clone(), sums.accuracy())).collect(),
        )
    }
}

/// Categories that are told apart.
const MAX_CATEGORIES: usize = 64;

#[cfg(test)]
mod tests {
    use super::{Count, Counter, Groups, Image, Judged, Known, pairs_of};
    use crate::table::numbered::NONE;
    use crate::view::pairs::Options;

    /// The rank of an image that is missing.
    const MISSING: u32 = 9;

    /// Groups of these ranks, none of which is 0; `cut` rows are left out by a filter.
    fn groups(ranks: &[(u32, u32)], cut: &[usize]) -> Groups {
        let numbers: Vec<u32> = ranks.iter().map(|(number, _)| *number).collect();
        Groups::new(
            &numbers,
            |row| !cut.contains(&row),
            |row| {
                let (_, rank) = ranks[row as usize];
                let place = (rank > 0).then_some(f64::from(rank));
                let file = if rank == MISSING { Known::Missing } else { Known::Likely };
                Image { row, item: 0, place, rating: place.map(|place| 8.0 - place), is_here: false, file }
            },
        )
    }

    fn count(groups: &Groups, options: &Options) -> Count {
        let mut counter = Counter::default();
        for group in groups.iter() {
            counter.add(group, &pairs_of(group, options), options, true);
        }
        counter.finish()
    }

    #[test]
    fn ties_single_images_and_missing_ranks_are_counted() {
        // Rows of two prompts in turn, one of a third, and one of none.
        let ranked = [(7, 1), (3, 2), (7, 2), (3, 2), (7, 2), (9, 1), (NONE, 1), (7, 0)];
        let got = count(&groups(&ranked, &[]), &Options::default());
        assert_eq!((got.groups, got.images, got.ordered, got.tied, got.groups_tied), (3, 7, 2, 2, 2));
        assert_eq!((got.single, got.without, got.not_from_one), (1, 1, 1));
        assert_eq!(got.by_difference, [(1.0, 2)]);
        assert_eq!(got.by_images, [(1, 1), (2, 1), (4, 1)]);
    }

    #[test]
    fn what_a_filter_cuts_is_told_and_can_be_taken_whole() {
        let ranked = [(0, 1), (0, 2), (0, 3), (1, 1), (1, 2)];
        let groups = groups(&ranked, &[1, 3, 4]);
        let cut = count(&groups, &Options::default());
        assert_eq!((cut.groups, cut.images, cut.ordered, cut.cut_groups, cut.cut_images), (1, 2, 1, 1, 1));
        let whole = count(&groups, &Options { whole: true, ..Options::default() });
        assert_eq!((whole.images, whole.ordered, whole.cut_images), (3, 3, 1));
    }

    #[test]
    fn pairs_are_left_out_by_difference_and_number() {
        let groups = groups(&[(0, 3), (0, 1), (0, 2), (0, 4)], &[]);
        let near = count(&groups, &Options { least_rank: 2.0, ..Options::default() });
        assert_eq!((near.ordered, near.near), (3, 3));
        let rated = count(&groups, &Options { least_rating: 3.0, ..Options::default() });
        assert_eq!((rated.ordered, rated.near), (1, 5));
        let options = Options { most: 2, ..Options::default() };
        let pairs = pairs_of(groups.get(0).unwrap(), &options);
        let rows: Vec<_> = pairs.ordered.iter().map(|pair| (pair.better.row, pair.worse.row)).collect();
        assert_eq!((rows, pairs.beyond), (vec![(1, 0), (1, 3)], 4));
    }

    #[test]
    fn pairs_with_a_missing_image_are_left_out_where_that_is_asked() {
        let groups = groups(&[(0, 1), (0, MISSING), (0, MISSING), (0, 2), (1, MISSING), (1, 1)], &[]);
        let all = count(&groups, &Options::default());
        assert_eq!((all.ordered, all.tied, all.missing, all.images_missing), (6, 1, 0, 0));
        let readable = count(&groups, &Options { readable: true, ..Options::default() });
        assert_eq!((readable.ordered, readable.tied, readable.missing), (1, 0, 6));
        assert_eq!((readable.groups, readable.images, readable.images_missing), (2, 6, 3));
    }

    #[test]
    fn scores_are_held_against_pairs_prompt_by_prompt() {
        let mut judged = Judged::default();
        judged.add(Some("Arts"), [(1.0, 0.5, 0.25), (2.0, 0.5, 0.5)].into_iter());
        judged.add(Some("Food"), [(1.0, 0.25, 0.5), (1.0, 2.0, 1.0)].into_iter());
        let (all, by_difference, by_category) = judged.finish();
        assert_eq!((all.pairs, all.right, all.equal, all.share), (4, 2, 1, 0.625));
        assert!(all.interval.0 < 0.625 && all.interval.1 > 0.625, "{:?}", all.interval);
        assert_eq!(
            by_difference.iter().map(|(by, it)| (*by, it.pairs)).collect::<Vec<_>>(),
            [(1.0, 3), (2.0, 1)]
        );
        assert_eq!(
            by_category.iter().map(|(name, it)| (&**name, it.share)).collect::<Vec<_>>(),
            [("Arts", 0.75), ("Food", 0.5)]
        );
    }
}
