//! The two numbers of a range, which can be typed. What is half typed stays here.

use crate::base::calendar::date_time;
use crate::base::moment::Quantity;
use crate::protocol::Bins;
use crate::protocol::display;
use crate::protocol::display::scale::typed_bound;
use crate::protocol::texts::charts as texts;
use crate::ui::charts::plot::range_of;
use crate::view::spec::{Bound, Clause, Range, TimeBound};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// The fields `from` and `to`.
#[component]
pub fn RangeFields(
    /// The column's title.
    title: String,
    /// The chart's bins.
    bins: Memo<Bins>,
    /// The column's clause.
    clause: Memo<Option<Clause>>,
    /// Called with a new clause.
    set: Callback<Option<Clause>>,
) -> impl IntoView {
    // Where all of a scale is in one year, the year is left out, and may be left out when typing.
    let year = Memo::new(move |_| {
        bins.with(|bins| {
            let (Bound::Time(first), Bound::Time(last)) = display::scale::extent(bins)? else { return None };
            let year = |end: TimeBound| date_time(end.start_millis).year;
            (year(first) == year(last)).then(|| format!("{:04}-", year(first)))
        })
    });
    let wrong = RwSignal::new(None::<(bool, &'static str)>);
    let fields = Fields { bins, clause, year, wrong, set };
    view! {
        <span class="range">
            {field(fields, &title, true)}
            <span aria-hidden="true">"–"</span>
            {field(fields, &title, false)}
            {move || wrong.get().map(|(_, message)| view! { <span class="range-wrong" role="alert">{message}</span> })}
        </span>
    }
}

/// What both fields know.
#[derive(Clone, Copy)]
struct Fields {
    bins: Memo<Bins>,
    clause: Memo<Option<Clause>>,
    /// The year with its dash, where it is left out.
    year: Memo<Option<String>>,
    /// What is wrong with what was typed last, and in which field.
    wrong: RwSignal<Option<(bool, &'static str)>>,
    set: Callback<Option<Clause>>,
}

impl Fields {
    fn present(self) -> Range {
        range_of(self.clause.get().as_ref()).unwrap_or_default()
    }

    /// The end of the range, or of the scale where the range has none.
    fn shown(self, low: bool) -> String {
        let range = self.present();
        let quantity = self.bins.with(|bins| bins.quantity);
        let chosen = if low { range.low } else { range.high };
        let text = match (chosen, self.extent(low)) {
            (Some(end), _) => Some(display::scale::ended(quantity, &end)),
            // Nobody chose the ends of the scale: large ones are written short.
            (None, Some(Bound::Number(end))) if end.abs() >= 1e6 && quantity == Quantity::Number => {
                Some(display::tick(end))
            }
            (None, end) => end.map(|end| display::scale::ended(quantity, &end)),
        };
        text.map(|text| self.shorten(text)).unwrap_or_default()
    }

    fn shorten(self, text: String) -> String {
        self.year
            .with(|year| year.as_ref().and_then(|year| text.strip_prefix(year.as_str()).map(str::to_owned)))
            .unwrap_or(text)
    }

    fn lengthen(self, text: &str) -> String {
        match self.year.get_untracked() {
            Some(year) if text.trim().find('-') == Some(2) => format!("{year}{}", text.trim()),
            _ => text.to_owned(),
        }
    }

    fn extent(self, low: bool) -> Option<Bound> {
        let ends = self.bins.with(display::scale::extent);
        ends.map(|(least, most)| if low { least } else { most })
    }

    /// Takes what was typed, unless it is what was shown.
    fn take(self, low: bool, text: &str, shown: &str) {
        let Self { bins, wrong, set, .. } = self;
        if text == shown {
            wrong.set(None);
            return;
        }
        match typed_bound(&self.lengthen(text), bins.with_untracked(|bins| bins.quantity)) {
            Ok(end) => {
                let mut next = untrack(|| self.present());
                let place = if low { &mut next.low } else { &mut next.high };
                *place = end;
                if next.is_crossed() {
                    wrong.set(Some((low, texts::CROSSED)));
                    return;
                }
                wrong.set(None);
                let open = next.low.is_none() && next.high.is_none();
                set.run((!open).then_some(Clause::Range(next)));
            }
            Err(message) => wrong.set(Some((low, message))),
        }
    }
}

/// The field of one end.
fn field(fields: Fields, title: &str, low: bool) -> AnyView {
    let wrong = fields.wrong;
    let shown = Memo::new(move |_| fields.shown(low));
    let take = move |text: String| fields.take(low, &text, &shown.get_untracked());
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => take(event_target_value(&event)),
        "Escape" => {
            event.prevent_default();
            event.stop_propagation();
            wrong.set(None);
            let input: web_sys::HtmlInputElement = event_target(&event);
            input.set_value(&shown.get_untracked());
            input.select();
        }
        _ => {}
    };
    view! {
        <input
            type="text"
            inputmode="decimal"
            autocomplete="off"
            spellcheck="false"
            data-end=if low { "low" } else { "high" }
            aria-label=texts::range_end(title, low)
            aria-invalid=move || wrong.get().is_some_and(|(end, _)| end == low).then_some("true")
            size=move || shown.get().chars().count().clamp(2, 16).to_string()
            prop:value=move || shown.get()
            on:change=move |event| take(event_target_value(&event))
            on:keydown=key
        />
    }
    .into_any()
}
