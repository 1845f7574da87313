//! Choosing bins by pointer and by key.

use crate::protocol::texts::charts as texts;
use crate::ui::charts::histogram::model::Model;
use crate::ui::charts::histogram::percent;
use crate::ui::charts::plot::clause_of_bins;
use crate::ui::widgets::keys::key_action;
use crate::view::brush::{Brush, Chosen, Drag, Step, stepped};
use crate::view::chart::WIDTH;
use crate::view::keys::{HANDLE, HandleKey};
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The plot of a histogram under the pointer. Copies are the same.
#[derive(Clone, Copy)]
pub struct Brushing {
    pub model: Model,
    pub plot: NodeRef<html::Div>,
    /// The bin under the pointer.
    pub hovered: RwSignal<Option<usize>>,
    brush: StoredValue<Option<Brush>>,
}

impl Brushing {
    pub fn new(model: Model) -> Self {
        Self { model, plot: NodeRef::new(), hovered: RwSignal::new(None), brush: StoredValue::new(None) }
    }

    fn slots(self) -> usize {
        self.model.layout.get_untracked().slots()
    }

    fn slot_at(self, event: &PointerEvent) -> usize {
        let x = self.plot.get_untracked().map_or(0.0, |plot| {
            let rect = plot.get_bounding_client_rect();
            (f64::from(event.client_x()) - rect.left()) / rect.width().max(1.0) * WIDTH
        });
        self.model.layout.get_untracked().slot_at(x)
    }

    fn grab(self, event: &PointerEvent, drag: Drag) {
        if event.button() != 0 {
            return;
        }
        let brush = Brush::new(drag, self.slot_at(event), f64::from(event.client_x()));
        self.brush.set_value(Some(brush));
        if let Some(plot) = self.plot.get_untracked() {
            let _ = plot.set_pointer_capture(event.pointer_id());
        }
        let Model { store, column, .. } = self.model;
        column.with_value(|column| store.begin_drag(column));
    }

    fn choose(self, next: Chosen) {
        let Model { store, column, bins, .. } = self.model;
        let clause = bins.with_untracked(|bins| clause_of_bins(next, bins));
        column.with_value(|column| store.drag(column, clause, Some(next)));
    }

    /// The pointer goes down on the plot.
    pub fn pressed(self, event: &PointerEvent) {
        self.grab(event, Drag::at(self.model.chosen.get_untracked(), self.slot_at(event)));
    }

    /// The pointer moves over the plot, or anywhere while it is held down.
    pub fn moved(self, event: &PointerEvent) {
        let slot = self.slot_at(event);
        if self.hovered.get_untracked() != Some(slot) {
            self.hovered.set(Some(slot));
        }
        let Some(brush) = self.brush.get_value() else { return };
        let (brush, chosen) = brush.moved(f64::from(event.client_x()), slot, self.slots());
        self.brush.set_value(Some(brush));
        if let Some(chosen) = chosen {
            self.choose(chosen);
        }
    }

    /// The pointer is let go.
    pub fn released(self) {
        if let Some(brush) = self.brush.try_update_value(Option::take).flatten() {
            if let Some(chosen) = brush.released(self.slots()) {
                self.choose(chosen);
            }
            self.model.store.end_drag(false);
        }
    }

    /// A drag is given up. Whether there was one.
    pub fn cancelled(self) -> bool {
        let was = self.brush.try_update_value(Option::take).flatten().is_some();
        if was {
            self.model.store.end_drag(true);
        }
        was
    }

    /// Nothing is chosen any more.
    pub fn clear(self) {
        let Model { store, column, .. } = self.model;
        column.with_value(|column| store.clear_clause(column));
    }

    /// A key on one of the handles.
    fn key(self, event: &KeyboardEvent, low: bool) {
        let Model { store, column, bins, clause, chosen, .. } = self.model;
        let slots = self.slots();
        let Some(action) = key_action(HANDLE, event) else { return };
        match action {
            HandleKey::Clear => {
                event.stop_propagation();
                if !self.cancelled() && clause.get_untracked().is_some() {
                    self.clear();
                }
            }
            HandleKey::Type => focus_field(self.plot, low),
            HandleKey::By(_) | HandleKey::Quarters(_) | HandleKey::First | HandleKey::Last => {
                let Some(step) = Step::of(action, slots) else { return };
                let was = chosen.get_untracked().unwrap_or_else(|| Chosen::whole(slots));
                let next = stepped(was, low, step, slots);
                if next != was {
                    let clause = bins.with_untracked(|bins| clause_of_bins(next, bins));
                    column.with_value(|column| store.choose(column, clause, Some(next)));
                }
            }
        }
        event.prevent_default();
    }
}

/// The handle at one end of the range.
#[component]
pub fn Handle(brushing: Brushing, low: bool) -> impl IntoView {
    let model = brushing.model;
    let Model { store, column, layout, .. } = model;
    let pressed = move |event: PointerEvent| {
        event.stop_propagation();
        let chosen = untrack(move || model.range());
        brushing.grab(&event, Drag::Resize(chosen.end(!low)));
    };
    view! {
        <span
            class="handle"
            data-end=if low { "low" } else { "high" }
            role="slider"
            tabindex="0"
            aria-label=texts::range_end(&model.title.get_value(), low)
            aria-valuemin="0"
            aria-valuemax=move || layout.get().slots().saturating_sub(1).to_string()
            aria-valuenow=move || model.range().end(low).to_string()
            aria-valuetext=move || model.end_name(low)
            style=("--p", move || edge(model, low))
            on:pointerdown=pressed
            on:keydown=move |event| brushing.key(&event, low)
            on:focus=move |_| column.with_value(|column| store.touch(column))
        ></span>
    }
}

/// Where the range begins or ends.
pub fn edge(model: Model, low: bool) -> String {
    let slot = model.range().end(low);
    let (left, right) = model.layout.get().slot(slot);
    percent(if low { left } else { right })
}

/// Puts the focus on the number that a handle stands for.
fn focus_field(plot: NodeRef<html::Div>, low: bool) {
    let section = plot.get_untracked().and_then(|plot| plot.parent_element());
    let selector = if low { "input[data-end=low]" } else { "input[data-end=high]" };
    let field = section.and_then(|section| section.query_selector(selector).ok().flatten());
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        let _ = field.focus();
        field.select();
    }
}
