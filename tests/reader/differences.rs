//! How far the matching rows are from the others in each column, held against SciPy on counts made row by row.
#![allow(clippy::print_stdout, reason = "what is left out is told")]

use crate::scripts::{Chance, DIFFUSIONDB, ODD, has, odd_table, python, the_table, view};
use crate::server::Session;
use serde_json::json;
use std::process::{Command, Stdio};
use std::sync::Arc;
use vitrine::protocol::differences::difference_of;
use vitrine::protocol::{Chart, Count, Show};
use vitrine::view::spec::Spec;

const VIEWS: usize = 50;

const DRIVER: &str = "
import json, sys
from scipy.spatial.distance import jensenshannon
json.dump([float(jensenshannon(here, there, base=2)) for here, there in json.load(sys.stdin)], sys.stdout)
";

/// What SciPy is given: counts by bin, then rows without a value, then all that are left.
fn counts(chart: &Chart, count: &Count) -> [Vec<u64>; 2] {
    let wide = |counts: &[u32], none: u32, rows: u64| {
        let mut all: Vec<u64> = counts.iter().map(|count| u64::from(*count)).chain([none.into()]).collect();
        let rest = rows.checked_sub(all.iter().sum()).unwrap();
        all.push(rest);
        all
    };
    let here = wide(&chart.here.0, chart.null_here, count.matching);
    let all = wide(&chart.all.0, chart.null_all, count.rows);
    let there = all.iter().zip(&here).map(|(all, here)| all.checked_sub(*here).unwrap()).collect();
    [here, there]
}

#[test]
fn distances_are_those_of_scipy() {
    if !has("scipy") {
        println!("left out: {} has no scipy", python());
        return;
    }
    let (mut given, mut found) = (Vec::new(), Vec::new());
    for (file, columns) in [(the_table(20_000), DIFFUSIONDB), (odd_table(4_000), ODD)] {
        let mut session = Session::open(&Arc::new(file));
        let mut chance = Chance(31);
        for number in 0..VIEWS {
            let spec = Spec { sort: Vec::new(), ..view(&mut chance, columns, number) };
            session.show(|show| {
                let generation = show.generation.next();
                let charts = columns.iter().map(|(name, ..)| (*name).to_owned()).collect();
                *show = Show { generation, rows: spec.rows(), charts, ..Show::default() };
            });
            let count = session.count.clone().unwrap();
            assert_eq!(count.rows_read, count.rows, "{spec:?}");
            for (name, chart) in &session.charts {
                if spec.filters.get(name).is_some() || !chart.complete {
                    continue;
                }
                let difference = difference_of(chart, &count);
                let is_some = 0 < count.matching && count.matching < count.rows;
                assert_eq!(difference.is_some(), is_some, "{name} in {spec:?}");
                if let Some(difference) = difference {
                    given.push(counts(chart, &count));
                    found.push((difference, format!("{name} in {spec:?}")));
                }
            }
        }
    }
    assert!(found.len() > 300, "{}", found.len());
    let mut child = Command::new(python())
        .args(["-c", DRIVER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    serde_json::to_writer(child.stdin.take().unwrap(), &json!(given)).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let expected: Vec<f64> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(expected.len(), found.len());
    for ((difference, told), expected) in found.iter().zip(expected) {
        assert!((difference.distance - expected).abs() < 1e-6, "{difference:?}, not {expected}: {told}");
    }
}
