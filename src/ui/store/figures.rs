//! Charts as files: the data thread draws them, the browser makes pixels of them.

use super::Store;
use super::export::download;
use super::state::Local;
use crate::base::sorted::Map;
use crate::protocol::LazyRequest;
use crate::protocol::display::thousands;
use crate::protocol::figure::{Drawn, Figure, Want};
use crate::protocol::texts::{charts as texts, common};
use crate::ui::charts::colours::colours;
use crate::ui::runtime::names;
use crate::ui::store::facts;
use js_sys::{Array, Promise};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, BlobPropertyBag, HtmlImageElement, ImageEncodeOptions, OffscreenCanvas,
    OffscreenCanvasRenderingContext2d, Url,
};

/// Pixels of a picture for each of the drawing's.
const SCALE: u32 = 2;

/// As what a chart is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picturing {
    /// As pixels.
    Png,
    /// As a drawing.
    Svg,
}

/// Charts that are being drawn, with the names of their files.
#[derive(Clone, Copy, Default)]
pub struct FigureStore {
    wanted: Local<Map<u32, (String, Picturing)>>,
    number: Local<u32>,
}

impl Store {
    /// Saves a chart as it is.
    pub fn take_figure(self, title: String, name: &str, chart: Drawn, picturing: Picturing) {
        let id = self.figures.number.get_value() + 1;
        self.figures.number.set_value(id);
        let ending = match picturing {
            Picturing::Png => "png",
            Picturing::Svg => "svg",
        };
        let plain = |letter: char| if letter.is_alphanumeric() || letter == '_' { letter } else { '-' };
        let name: String = name.chars().map(plain).take(80).collect();
        let name = format!("{}-{name}.{ending}", self.file_stem());
        self.figures.wanted.update_value(|wanted| {
            wanted.insert(id, (name, picturing));
        });
        let want = Want { id, title, lines: self.figure_lines(), colours: colours(), chart };
        self.send_lazy(&LazyRequest::Figure(Box::new(want)));
    }

    /// What a chart rests on, for those who see it without the page.
    fn figure_lines(self) -> Vec<String> {
        self.spec.with_untracked(|spec| {
            let (name, part) = spec.table.as_ref().map(names::table_name).unwrap_or_default();
            let noun = names::row_noun(spec.table.as_ref());
            let count = self.count.with_untracked(|count| {
                count.as_ref().map(|count| {
                    texts::figure_rows(count.matching, count.rows, noun, count.rows_read >= count.rows)
                })
            });
            let rows = self.opened.with_untracked(|opened| {
                opened.as_ref().map(|opened| format!("{} {noun}", thousands(opened.rows)))
            });
            let mut asked = Vec::new();
            asked.extend(spec.query.as_ref().map(|query| texts::figure_search(query)));
            asked.extend(spec.subset.as_ref().map(|subset| texts::figure_subset(&facts::subset(subset))));
            asked.extend(spec.filters.iter().map(|(column, clause)| {
                let not = matches!(clause, crate::view::spec::Clause::List(list) if list.negated);
                texts::figure_filter(facts::title(column), not, &facts::clause(column, clause))
            }));
            let of = [Some(format!("{name} {part}").trim_end().to_owned()), count.or(rows)];
            let mut lines = vec![of.into_iter().flatten().collect::<Vec<_>>().join(common::SEPARATOR)];
            if !asked.is_empty() {
                lines.push(texts::figure_filtered(&asked.join(common::SEPARATOR)));
            }
            lines
        })
    }

    pub(super) fn save_figure(self, figure: Figure) {
        let Figure { id, svg, width_px, height_px } = figure;
        let wanted = self.figures.wanted.try_update_value(|wanted| wanted.remove(&id)).flatten();
        let Some((name, picturing)) = wanted else { return };
        let kind = BlobPropertyBag::new();
        kind.set_type("image/svg+xml");
        let Ok(drawing) = Blob::new_with_str_sequence_and_options(&Array::of1(&svg.into()), &kind) else {
            return;
        };
        match picturing {
            Picturing::Svg => download(&name, &drawing),
            Picturing::Png => spawn_local(async move {
                match pixels(&drawing, width_px * SCALE, height_px * SCALE).await {
                    Ok(picture) => download(&name, &picture),
                    Err(_) => self.tell(texts::NO_PNG),
                }
            }),
        }
    }
}

/// A drawing as a PNG.
async fn pixels(drawing: &Blob, width_px: u32, height_px: u32) -> Result<Blob, JsValue> {
    let address = Url::create_object_url_with_blob(drawing)?;
    let image = HtmlImageElement::new()?;
    image.set_src(&address);
    let read = JsFuture::from(image.decode()).await;
    Url::revoke_object_url(&address)?;
    read?;
    let canvas = OffscreenCanvas::new(width_px, height_px)?;
    let context = canvas.get_context("2d")?.ok_or("no canvas")?;
    let context: OffscreenCanvasRenderingContext2d = context.dyn_into()?;
    let (width, height) = (f64::from(width_px), f64::from(height_px));
    context.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width, height)?;
    let kind = ImageEncodeOptions::new();
    kind.set_type("image/png");
    let made: Promise = canvas.convert_to_blob_with_options(&kind)?;
    JsFuture::from(made).await?.dyn_into()
}
