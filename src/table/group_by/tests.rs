#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
use super::aggregate::Cells;
use super::keys::KeyValue;
use super::{Ask, group_by};
use crate::formats::parquet::decode::{ByteValues, Decoded, Values};
use crate::table::column::Column;
use crate::view::group_by::{Span, What};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The number of a group's row, and its value.
type Members = Vec<(i64, Option<f64>)>;

fn numbers(rows: &[Option<f64>]) -> Column {
    let valid: Vec<bool> = rows.iter().map(Option::is_some).collect();
    column(valid, Values::Float64(rows.iter().flatten().copied().collect()))
}

fn column(valid: Vec<bool>, values: Values) -> Column {
    let mut column = Column::with_capacity(0);
    column.append(&Decoded { rows: valid.len() as u32, valid: Some(valid), values }, None).unwrap();
    column
}

fn texts(rows: &[Option<&str>]) -> Column {
    let mut values = ByteValues::default();
    rows.iter().flatten().for_each(|text| values.push(text.as_bytes()));
    column(rows.iter().map(Option::is_some).collect(), Values::Bytes(values))
}

fn name(key: KeyValue) -> String {
    match key {
        KeyValue::None => "none".to_owned(),
        KeyValue::Value(text, _) => text,
        KeyValue::Span(start, _) => format!("{}d", start / 86_400_000),
    }
}

/// Groups as lines: keys, rows, and what was computed.
fn lines(ask: &Ask<'_>) -> Vec<String> {
    let table = group_by(ask).unwrap();
    let line = |group: &u32| {
        let at = *group as usize;
        let mut words: Vec<String> = (0..ask.keys.len()).map(|key| name(table.key(key, *group))).collect();
        words.push(table.rows[at].to_string());
        words.extend(table.cells.iter().map(|cells| match cells {
            Cells::Numbers(all) => all[at].to_string(),
            Cells::Counts(all) | Cells::Parts(all) => all[at].to_string(),
        }));
        words.join(" ")
    };
    table.order.iter().map(line).collect()
}

#[test]
fn groups_have_counts_and_what_is_asked_of_them() {
    let user = texts(&[Some("b"), Some("a"), None, Some("b"), Some("a"), Some("b")]);
    let cfg = numbers(&[Some(7.0), Some(1.0), Some(3.0), None, Some(f64::NAN), Some(8.0)]);
    let (mean, median, least, most) = (What::Mean, What::Quantile(50), What::Least, What::Most);
    let (distinct, seven) = (What::Distinct, What::Share(Some("7".to_owned())));
    let none = What::Share(None);
    let whats = [&mean, &median, &least, &most, &distinct, &seven, &none];
    let measures: Vec<_> = whats.into_iter().map(|what| (&cfg, what)).collect();
    let ask = Ask { keys: vec![(&user, None)], measures, mask: &[0; 6], pin: None, order: (1, false) };
    // NaN is a value of its own, and no number.
    assert_eq!(lines(&ask), ["b 3 7.5 7.5 7 8 2 1 1", "a 2 1 1 1 1 2 0 0", "none 1 3 3 3 3 1 0 0"]);
    let ascending = Ask { order: (0, true), ..ask.clone() };
    assert_eq!(lines(&ascending).iter().map(|line| &line[..1]).collect::<Vec<_>>(), ["a", "b", "n"]);
    let by_seven = Ask { order: (7, true), ..ask.clone() };
    assert_eq!(lines(&by_seven).last().unwrap().split(' ').next(), Some("b"));
    let masked = Ask { mask: &[1, 0, 1, 1, 1, 1], ..ask.clone() };
    assert_eq!(lines(&masked), ["a 1 1 1 1 1 1 0 0"]);
    let nothing = Ask { mask: &[1; 6], ..ask };
    assert!(lines(&nothing).is_empty());
}

#[test]
fn nothing_and_infinities_are_no_findings() {
    let key = texts(&[Some("x"), Some("x"), Some("y"), Some("z")]);
    let value = numbers(&[Some(f64::INFINITY), Some(f64::NEG_INFINITY), None, Some(f64::INFINITY)]);
    let (mean, median, most) = (What::Mean, What::Quantile(50), What::Most);
    let measures = vec![(&value, &mean), (&value, &median), (&value, &most)];
    let ask = Ask { keys: vec![(&key, None)], measures, mask: &[0; 4], pin: None, order: (0, true) };
    assert_eq!(lines(&ask), ["x 2 NaN NaN inf", "y 1 NaN NaN NaN", "z 1 inf inf inf"]);
}

#[test]
fn times_are_grouped_by_day_and_two_columns_by_pairs() {
    let day = 86_400_000;
    let rows = vec![day, day + 1, 3 * day, day - 1];
    let time = column(vec![true; 4], Values::Int(rows.clone()));
    let many = column(vec![true; 70_000], Values::Int((0..70_000).map(|row| row * 60_000).collect()));
    let kind = texts(&[Some("p"), Some("q"), Some("p"), Some("p")]);
    let keys = vec![(&time, Some(Span::Day)), (&kind, None)];
    let ask = Ask { keys, measures: Vec::new(), mask: &[0; 4], pin: None, order: (0, true) };
    assert_eq!(lines(&ask), ["0d p 1", "1d p 1", "1d q 1", "3d p 1"]);
    let ask = Ask {
        keys: vec![(&many, Some(Span::Day))],
        measures: Vec::new(),
        mask: &[0; 70_000],
        pin: None,
        order: (0, true),
    };
    assert_eq!(lines(&ask)[..2], ["0d 1440", "1d 1440"]);
    assert_eq!(lines(&ask).len(), 49);
}

proptest! {
    /// Groups are what going through the rows one by one gives.
    #[test]
    fn groups_agree_with_row_loops(
        rows in prop::collection::vec((
            prop::option::weighted(0.9, 0u8..5), 0i64..4, prop::option::weighted(0.8, -20i32..20), any::<bool>(), any::<bool>()), 1..200),
        hundredths in 1u8..100, wide: bool, has_pin: bool, behind in 0usize..2,
    ) {
        let user = texts(&rows.iter().map(|row| row.0.map(|user| ["a", "b", "c", "d", "e"][usize::from(user)])).collect::<Vec<_>>());
        // Numbers of their own each make the store a plain one.
        let far = if wide { 70_000 } else { 0 };
        let mut steps: Vec<i64> = rows.iter().map(|row| row.1).collect();
        steps.extend(10..10 + far);
        let step = column(vec![true; steps.len()], Values::Int(steps));
        let cfg = numbers(&rows.iter().map(|row| row.2.map(f64::from)).collect::<Vec<_>>());
        let mask: Vec<u16> = rows.iter().map(|row| u16::from(row.3)).collect();
        let pin: Vec<u16> = rows.iter().map(|row| u16::from(row.4)).collect();
        let (mean, quantile, distinct) = (What::Mean, What::Quantile(hundredths), What::Distinct);
        let share = What::Share(Some("3".to_owned()));
        let ask = Ask {
            keys: vec![(&user, None), (&step, None)],
            measures: vec![(&cfg, &mean), (&cfg, &quantile), (&cfg, &distinct), (&step, &share)],
            mask: &mask,
            pin: has_pin.then_some(&pin),
            order: (2, false),
        };
        let table = group_by(&ask).unwrap();
        let mut expected: BTreeMap<(String, String), Members> = BTreeMap::new();
        let mut pinned: BTreeMap<(String, String), u32> = BTreeMap::new();
        for (user, step, cfg, out, not_pinned) in &rows {
            let user = user.map_or("none", |user| ["a", "b", "c", "d", "e"][usize::from(user)]);
            let key = (user.to_owned(), step.to_string());
            if has_pin && !not_pinned {
                // Groups of pinned rows alone are made too.
                expected.entry(key.clone()).or_default();
                *pinned.entry(key.clone()).or_default() += 1;
            }
            if !out {
                expected.entry(key).or_default().push((*step, cfg.map(f64::from)));
            }
        }
        let all_pinned: u32 = pinned.values().sum();
        if has_pin && !expected.is_empty() {
            // Behind both keys, the count and what is computed: pinned rows, and the difference of the shares.
            let sorted = group_by(&Ask { order: (7 + behind, true), ..ask.clone() }).unwrap();
            let all = sorted.rows_in_all().max(1) as f64;
            let value = |group: &u32| {
                let own = sorted.pinned_of(*group).unwrap().0 as f64;
                if behind == 0 { own } else { f64::from(sorted.rows[*group as usize]) / all - own / f64::from(all_pinned.max(1)) }
            };
            prop_assert!(sorted.order.iter().map(value).collect::<Vec<_>>().is_sorted());
        }
        prop_assert_eq!(table.order.len(), expected.len());
        let counts: Vec<u32> = table.order.iter().map(|group| table.rows[*group as usize]).collect();
        prop_assert!(counts.is_sorted_by(|a, b| a >= b));
        for group in table.order.iter().copied() {
            let key = (name(table.key(0, group)), name(table.key(1, group)));
            let own = &expected[&key];
            let at = group as usize;
            prop_assert_eq!(table.rows[at] as usize, own.len());
            let in_a = pinned.get(&key).copied().unwrap_or(0);
            prop_assert_eq!(table.pinned_of(group), has_pin.then_some((in_a.into(), all_pinned.into())));
            let mut values: Vec<f64> = own.iter().filter_map(|(_, cfg)| *cfg).collect();
            values.sort_by(f64::total_cmp);
            let Cells::Numbers(means) = &table.cells[0] else { panic!() };
            let Cells::Numbers(quantiles) = &table.cells[1] else { panic!() };
            if values.is_empty() {
                prop_assert!(means[at].is_nan() && quantiles[at].is_nan());
            } else {
                prop_assert!((means[at] - values.iter().sum::<f64>() / values.len() as f64).abs() < 1e-9);
                let place = f64::from(hundredths) / 100.0 * (values.len() - 1) as f64;
                let (low, high) = (values[place.floor() as usize], values[place.ceil() as usize]);
                prop_assert!((quantiles[at] - (low + (high - low) * place.fract())).abs() < 1e-9);
            }
            let different: BTreeSet<u64> = values.iter().map(|value| value.to_bits()).collect();
            let Cells::Counts(counts) = &table.cells[2] else { panic!() };
            prop_assert_eq!(counts[at] as usize, different.len());
            let Cells::Parts(parts) = &table.cells[3] else { panic!() };
            prop_assert_eq!(parts[at] as usize, own.iter().filter(|(step, _)| *step == 3).count());
        }
    }
}
