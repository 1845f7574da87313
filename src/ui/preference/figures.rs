//! Counts of pairs as charts.

use super::Answer;
use super::bars::bars;
use crate::protocol::display::number;
use crate::protocol::pairs::Kind;
use crate::protocol::texts::pairs as texts;
use leptos::prelude::*;

/// Pairs by difference, and of several images a prompt those by number and the prompts with a tie.
#[component]
pub fn Figures(answer: Answer) -> impl IntoView {
    let charts = move || {
        let pairs = answer.get()?;
        let count = &pairs.count;
        let title = match pairs.kind {
            Kind::Ranked => texts::BY_DIFFERENCE,
            Kind::Rated => texts::BY_RATING,
            Kind::Two => texts::BY_LABEL,
        };
        let ties = std::iter::once((texts::TIED.to_owned(), count.tied));
        let by = count.by_difference.iter().map(|(difference, pairs)| (number(*difference), *pairs));
        let mut charts = vec![bars(title, ties.chain(by).collect())];
        if pairs.kind != Kind::Two {
            let images = count.by_images.iter().map(|(images, prompts)| (texts::images(*images), *prompts));
            charts.push(bars(texts::BY_IMAGES, images.collect()));
            let without = count.groups - count.groups_tied;
            let ties = vec![
                (texts::WITH_TIE.to_owned(), count.groups_tied),
                (texts::WITHOUT_TIE.to_owned(), without),
            ];
            charts.push(bars(texts::BY_TIES, ties));
        }
        Some(charts.collect_view())
    };
    view! { <div class="pref-charts">{charts}</div> }
}
