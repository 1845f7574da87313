//! Groups of rows: by which columns, what is told of each group, and in which order.
//!
//! A link and the data thread are told in words, `by:user_name,mean:cfg,down:1`, so that only what shows groups
//! reads them.

use crate::base::calendar::{DAY_MILLIS, HOUR_MILLIS, date_time, days_to};

/// The most columns that rows are grouped by.
pub const MAX_KEYS: usize = 2;

/// The most columns that are told of each group beside its count.
pub const MAX_MEASURES: usize = 12;

/// Which groups, and what of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupBy {
    /// What rows of a group have in common; one or two columns.
    pub by: Vec<By>,
    /// What is told of each group beside its count.
    pub measures: Vec<Measure>,
    /// The order of the groups.
    pub order: Order,
}

/// A column that rows are grouped by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// Its name.
    pub column: String,
    /// The stretch of time that makes a group, where its values are times; else each value makes one.
    pub span: Option<Span>,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A month.
    Month,
    /// A year.
    Year,
}

/// Something of a group that is counted or computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Of which column.
    pub column: String,
    /// What of it.
    pub what: What,
}

/// What is counted or computed of a column. Numbers that are none (NaN) count as no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// How many different values there are; no value is none.
    Distinct,
    /// The mean.
    Mean,
    /// The value below which so many hundredths lie, between two neighbours where there is none.
    Quantile(u8),
    /// The smallest.
    Least,
    /// The largest.
    Most,
    /// How many rows have this value; none stands for no value.
    Share(Option<String>),
}

/// The order of groups: by their keys, their count, or a measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// The place of what they are sorted by: keys come first, then the count, then measures. The count where there is none.
    pub place: Option<u8>,
    /// Whether the smallest comes first.
    pub ascending: bool,
}

const SPANS: [(Span, &str); 4] =
    [(Span::Hour, "hour"), (Span::Day, "day"), (Span::Month, "month"), (Span::Year, "year")];

const MEDIAN: u8 = 50;

impl GroupBy {
    /// Reads the items of a link.
    ///
    /// # Errors
    /// The first item that says nothing of groups.
    pub fn read<'a>(items: impl Iterator<Item = &'a str>) -> Result<Self, &'a str> {
        let mut group_by = Self::default();
        for item in items {
            let (word, rest) = item.split_once(':').ok_or(item)?;
            let column = rest.to_owned();
            let mut measure = |column: String, what| group_by.measures.push(Measure { column, what });
            match word {
                "by" => group_by.by.push(By { column, span: None }),
                "distinct" => measure(column, What::Distinct),
                "mean" => measure(column, What::Mean),
                "median" => measure(column, What::Quantile(MEDIAN)),
                "least" => measure(column, What::Least),
                "most" => measure(column, What::Most),
                "null" => measure(column, What::Share(None)),
                "share" => measure(column, What::Share(Some(String::new()))),
                "is" => match group_by.measures.last_mut() {
                    Some(Measure { what: What::Share(Some(value)), .. }) => column.clone_into(value),
                    Some(_) | None => return Err(item),
                },
                "up" | "down" => {
                    let place = rest.parse().map_err(|_| item)?;
                    group_by.order = Order { place: Some(place), ascending: word == "up" };
                }
                word => {
                    let hundredths = word.strip_prefix('q').and_then(|digits| digits.parse().ok());
                    let span = SPANS.iter().find(|(_, name)| *name == word).map(|(span, _)| *span);
                    match (span, hundredths) {
                        (Some(span), _) => group_by.by.push(By { column, span: Some(span) }),
                        (None, Some(hundredths @ 1..=99)) => measure(column, What::Quantile(hundredths)),
                        (None, Some(_) | None) => return Err(item),
                    }
                }
            }
            if group_by.by.len() > MAX_KEYS || group_by.measures.len() > MAX_MEASURES {
                return Err(item);
            }
        }
        Ok(group_by)
    }

    /// The items of a link.
    pub fn items(&self) -> Vec<String> {
        let Self { by, measures, order } = self;
        let mut items = Vec::new();
        for By { column, span } in by {
            let word = SPANS.iter().find(|(own, _)| Some(*own) == *span).map_or("by", |(_, name)| *name);
            items.push(format!("{word}:{column}"));
        }
        for Measure { column, what } in measures {
            match what {
                What::Distinct => items.push(format!("distinct:{column}")),
                What::Mean => items.push(format!("mean:{column}")),
                What::Quantile(MEDIAN) => items.push(format!("median:{column}")),
                What::Quantile(hundredths) => items.push(format!("q{hundredths}:{column}")),
                What::Least => items.push(format!("least:{column}")),
                What::Most => items.push(format!("most:{column}")),
                What::Share(None) => items.push(format!("null:{column}")),
                What::Share(Some(value)) => items.extend([format!("share:{column}"), format!("is:{value}")]),
            }
        }
        if let Order { place: Some(place), ascending } = order {
            items.push(format!("{}:{place}", if *ascending { "up" } else { "down" }));
        }
        items
    }

    /// What groups are sorted by: the place of a key, of the count, of a measure behind both, or, where rows are `pinned`,
    /// of their count behind all and of the difference of the shares.
    pub fn sorted_by(&self, pinned: bool) -> usize {
        let last = self.by.len() + self.measures.len() + if pinned { 2 } else { 0 };
        self.order.place.map(usize::from).filter(|place| *place <= last).unwrap_or(self.by.len())
    }

    /// What the columns of a table of groups are called, each otherwise: keys, the count, the share of all rows, and
    /// what is computed; where rows are `pinned`, behind all their count and share.
    pub fn names(&self, pinned: bool) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let mut add = |name: String| {
            let is_new = |name: &String, names: &[String]| {
                !names.iter().any(|other| other.to_lowercase() == name.to_lowercase())
            };
            let numbered = (2..).map(|number| format!("{name} {number}"));
            let own = std::iter::once(name.clone()).chain(numbered).find(|name| is_new(name, &names));
            names.extend(own);
        };
        for By { column, span } in &self.by {
            let word = SPANS.iter().find(|(own, _)| Some(*own) == *span);
            add(word.map_or_else(|| column.clone(), |(_, word)| format!("{column} {word}")));
        }
        add("rows".to_owned());
        add("share".to_owned());
        for Measure { column, what } in &self.measures {
            add(match what {
                What::Distinct => format!("different {column}"),
                What::Mean => format!("mean {column}"),
                What::Quantile(MEDIAN) => format!("median {column}"),
                What::Quantile(hundredths) => format!("q{hundredths} {column}"),
                What::Least => format!("least {column}"),
                What::Most => format!("most {column}"),
                What::Share(None) => format!("{column} without a value"),
                What::Share(Some(value)) => format!("{column} {value}"),
            });
        }
        if pinned {
            ["rows in A", "share of A"].into_iter().for_each(|name| add(name.to_owned()));
        }
        names
    }

    /// All columns that it is about, each once.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns = Vec::new();
        let keys = self.by.iter().map(|by| by.column.as_str());
        for column in keys.chain(self.measures.iter().map(|measure| measure.column.as_str())) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }
}

impl Span {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Month, Self::Year];

    /// The beginning of the stretch that a moment is in, and that of the next one, in milliseconds since 1970.
    pub fn around(self, millis: i64) -> (i64, i64) {
        let fixed = |length: i64| {
            let start = millis.div_euclid(length).saturating_mul(length);
            (start, start.saturating_add(length))
        };
        let date = date_time(millis);
        let begins = |year: i64, month: u32| {
            days_to(year, i64::from(month), 1).map_or(millis, |days| days.saturating_mul(DAY_MILLIS))
        };
        match self {
            Self::Hour => fixed(HOUR_MILLIS),
            Self::Day => fixed(DAY_MILLIS),
            Self::Month => {
                let (next_year, next) =
                    if date.month == 12 { (date.year + 1, 1) } else { (date.year, date.month + 1) };
                (begins(date.year, date.month), begins(next_year, next))
            }
            Self::Year => (begins(date.year, 1), begins(date.year + 1, 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{GroupBy, Span};

    #[test]
    fn what_a_link_says_of_groups_is_read_and_written() {
        let text = "by:user_name|day:timestamp|distinct:prompt|mean:a:b|median:cfg|q90:cfg|least:x|most:x|null:y|share:sampler|is:a=b|up:0";
        let group_by = GroupBy::read(text.split('|')).unwrap();
        assert_eq!(group_by.items().join("|"), text);
        assert_eq!(
            group_by.columns(),
            ["user_name", "timestamp", "prompt", "a:b", "cfg", "x", "y", "sampler"]
        );
        assert_eq!((group_by.sorted_by(false), group_by.order.ascending), (0, true));
        for wrong in ["user", "hero:x", "q0:x", "q100:x", "is:x", "mean:x|is:x", "up:x", "by:a|by:b|by:c"] {
            let last = wrong.rsplit('|').next().unwrap();
            assert_eq!(GroupBy::read(wrong.split('|')), Err(last), "{wrong}");
        }
        let sorted_by = |item, pinned| GroupBy::read(["by:a", item].into_iter()).unwrap().sorted_by(pinned);
        assert_eq!(sorted_by("down:9", true), 1);
        // Only where rows are pinned is there anything of theirs to sort by.
        assert_eq!((sorted_by("down:3", false), sorted_by("down:3", true)), (1, 3));
    }

    #[test]
    fn moments_are_in_hours_days_months_and_years() {
        let day = |days: i64| days * 86_400_000;
        // 2022-08-20 17:41.
        let at = 1_661_017_260_000;
        assert_eq!(Span::Hour.around(at), (1_661_014_800_000, 1_661_018_400_000));
        assert_eq!(Span::Day.around(at), (day(19_224), day(19_225)));
        assert_eq!(Span::Month.around(at), (day(19_205), day(19_236)));
        assert_eq!(Span::Year.around(-1), (day(-365), 0));
    }
}
