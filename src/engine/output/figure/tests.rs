use super::{Counted, MARGIN, draw};
use crate::protocol::Counts;
use crate::protocol::figure::{Bar, Bars, Colours, Drawn, Histogram, Lines, Scale, Want};
use crate::view::chart::{Growth, Layout};
use crate::view::scene::{Anchor, Area, Ink, Scene};
use proptest::prelude::*;

fn colours() -> Colours {
    let colour = |text: &str| text.to_owned();
    Colours {
        ground: colour("#ffffff"),
        ink: colour("#111111"),
        faint: colour("#222222"),
        line: colour("#333333"),
        accent: colour("#444444"),
        all: colour("#555555"),
        all_edge: colour("#666666"),
        ramp: (1..=7).map(|step| format!("#00000{step}")).collect(),
    }
}

fn want(title: &str, chart: Drawn) -> Want {
    Want { id: 7, title: title.to_owned(), lines: vec![title.to_owned()], colours: colours(), chart }
}

fn bins(names: &[&str], all: &[u32], here: &[u32], scale: Scale) -> Drawn {
    Drawn::Histogram(Histogram {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        all: Counts(all.to_vec()),
        here: Counts(here.to_vec()),
        layout: Layout { bins: names.len(), ..Layout::default() },
        labels: vec![(0.0, "low".to_owned()), (1.0, "high".to_owned())],
        chosen: None,
        others: vec![Bar { name: "none".to_owned(), all: 3, here: 1 }],
        scale,
    })
}

/// Heights of the marks of a layer, with what they say.
fn marks(svg: &str, layer: &str, side: &str) -> Vec<(f64, String)> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let groups = document.descendants().filter(|node| node.attribute("data-layer") == Some(layer));
    let marks = groups.flat_map(|group| group.children().filter(|node| node.has_tag_name("rect")));
    marks
        .map(|mark| {
            let title = mark.children().find(|node| node.has_tag_name("title")).and_then(|node| node.text());
            (mark.attribute(side).unwrap().parse().unwrap(), title.unwrap_or_default().to_owned())
        })
        .collect()
}

#[test]
fn bars_are_as_high_as_their_counts() {
    let count = Scale::default();
    let figure = draw(want("cfg", bins(&["1", "2", "3"], &[100, 400, 0], &[100, 0, 0], count)));
    assert_eq!(figure.id, 7);
    let all = marks(&figure.svg, "all", "height");
    assert_eq!(all.iter().map(|mark| mark.0).collect::<Vec<_>>(), [60.0, 240.0, 0.0]);
    assert_eq!(all.get(1).unwrap().1, "2: 0 here, 400 in all");
    let here = marks(&figure.svg, "filtered", "height");
    assert_eq!(here.iter().map(|mark| mark.0).collect::<Vec<_>>(), [60.0, 0.0, 0.0]);
    // As shares of their own rows, the one bin of the filtered rows is the highest of all.
    let share = Scale { share: true, ..Scale::default() };
    let figure = draw(want("cfg", bins(&["1", "2", "3"], &[100, 400, 0], &[100, 0, 0], share)));
    assert_eq!(marks(&figure.svg, "filtered", "height").first().unwrap().0, 240.0);
    assert_eq!(marks(&figure.svg, "all", "height").get(1).unwrap().0, 192.0);
    let bars = ["a", "b"].into_iter().zip([(1_000, 10), (500, 500)]);
    let bars = bars.map(|(name, (all, here))| Bar { name: name.to_owned(), all, here }).collect();
    let figure = draw(want("sampler", Drawn::Bars(Bars { bars, more: 3, scale: count })));
    let all = marks(&figure.svg, "all", "width");
    assert_eq!(all.first().unwrap().0, 2.0 * all.get(1).unwrap().0);
    assert_eq!(marks(&figure.svg, "filtered", "width").get(1).unwrap().0, all.get(1).unwrap().0);
    assert!(figure.svg.contains("3 more values"));
}

#[test]
fn scales_have_round_amounts() {
    let ticks = |all: &[u32], share, growth| {
        let ticks = Counted::new(all, &[], Scale { share, growth, pinned: false }).ticks();
        ticks.into_iter().map(|(height, name)| format!("{name} at {height:.2}")).collect::<Vec<_>>()
    };
    assert_eq!(ticks(&[400, 100], false, Growth::Linear), ["0 at 0.00", "200 at 0.50", "400 at 1.00"]);
    assert_eq!(
        ticks(&[400, 100], true, Growth::Linear),
        ["0 % at 0.00", "25 % at 0.31", "50 % at 0.62", "75 % at 0.94"]
    );
    assert_eq!(ticks(&[999, 1], false, Growth::Log), ["1 at 0.10", "10 at 0.35", "100 at 0.67"]);
    assert_eq!(
        ticks(&[400, 1], false, Growth::Root),
        ["0 at 0.00", "20 at 0.22", "200 at 0.71", "400 at 1.00"]
    );
    assert!(ticks(&[], false, Growth::Log).is_empty());
}

#[test]
fn cells_and_lines_say_what_they_stand_for() {
    let mut scene = Scene { width: 672.0, height: 100.0, marks: Vec::new() };
    scene.mark(Area::new(0.0, 0.0, 10.0, 10.0), Ink::Ramp(7), true, "cfg 7, steps <50>: 12,000");
    scene.words((5.0, 20.0), "<b>", Ink::Ink, Anchor::Middle);
    let figure = draw(want("cfg × steps", Drawn::Scene(scene)));
    let document = roxmltree::Document::parse(&figure.svg).unwrap();
    let titles = document.descendants().filter(|node| node.has_tag_name("title"));
    let titles: Vec<&str> = titles.filter_map(|node| node.text()).collect();
    assert_eq!(titles, ["cfg × steps", "cfg 7, steps <50>: 12,000"]);
    assert!(document.descendants().any(|node| node.has_tag_name("text") && node.text() == Some("<b>")));
    let lines = Lines {
        across: "rank".to_owned(),
        places: vec!["1".to_owned(), "2".to_owned(), "3".to_owned()],
        lines: vec![("overall".to_owned(), vec![Some(7.0), None, Some(1.0)])],
        scale: (1.0, 7.0),
    };
    let figure = draw(want("Ratings", Drawn::Lines(lines)));
    let document = roxmltree::Document::parse(&figure.svg).unwrap();
    let line = document.descendants().find(|node| node.attribute("data-layer") == Some("line")).unwrap();
    let d = line.attribute("d").unwrap();
    // What is not there is a gap and not a line across it.
    assert_eq!(d.matches('M').count(), 2, "{d}");
    assert!(d.starts_with(&format!("M{} ", MARGIN + 32.0)), "{d}");
}

proptest! {
    #[test]
    fn whatever_a_file_calls_things_is_text(
        title in "\\PC{0,40}|.{0,40}|<script>alert\\(1\\)</script>|\\]\\]>&#0;\"'>",
        name in ".{0,200}", counts in proptest::collection::vec(0u32.., 0..30), share: bool,
        growth in proptest::sample::select(vec![Growth::Linear, Growth::Root, Growth::Log]), below: bool, above: bool,
        detached: bool, chosen in proptest::option::of((0u32..40, 0u32..40)),
    ) {
        let names = vec![name.clone(); counts.len()];
        let alone = [below, above, detached].into_iter().filter(|alone| *alone).count();
        let layout = Layout { bins: counts.len().saturating_sub(alone), below, above, detached };
        let chart = Histogram {
            names, all: Counts(counts.clone()), here: Counts(counts.iter().map(|count| count / 3).collect()),
            layout, labels: vec![(0.5, name.clone())], chosen,
            others: vec![Bar { name: name.clone(), all: 1, here: 0 }], scale: Scale { share, growth, pinned: false },
        };
        let bars = counts.iter().map(|count| Bar { name: name.clone(), all: *count, here: 0 }).collect();
        let bars = Bars { bars, more: 0, scale: Scale { share, growth, pinned: false } };
        for chart in [Drawn::Histogram(chart), Drawn::Bars(bars)] {
            let mut want = want(&title, chart);
            want.colours.accent = name.clone();
            let figure = draw(want);
            let document = roxmltree::Document::parse(&figure.svg);
            prop_assert!(document.is_ok(), "{:?} {}", document.err(), figure.svg);
            let document = document.unwrap();
            let known = ["svg", "title", "rect", "path", "text", "g"];
            for node in document.descendants().filter(|node| node.is_element()) {
                prop_assert!(known.contains(&node.tag_name().name()), "{}", node.tag_name().name());
                prop_assert!(node.attributes().all(|own| !own.name().starts_with("on")));
            }
            prop_assert!(!figure.svg.contains("NaN") && !figure.svg.contains("inf"));
        }
    }
}
