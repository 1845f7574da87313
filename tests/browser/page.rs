//! What a test asks of the page, and does to it.

use crate::driver::Engine;
use crate::stage::until;
use fantoccini::Client;
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::error::{CmdError, ErrorStatus};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use vitrine::view::spec::Spec;

/// Keys as WebDriver writes them.
pub mod key {
    pub const TAB: &str = "\u{E004}";
    pub const ENTER: &str = "\u{E007}";
    pub const ESCAPE: &str = "\u{E00C}";
    pub const END: &str = "\u{E010}";
    pub const HOME: &str = "\u{E011}";
    pub const LEFT: &str = "\u{E012}";
    pub const RIGHT: &str = "\u{E014}";
    pub const UP: &str = "\u{E013}";
    pub const DOWN: &str = "\u{E015}";
}

/// An end of a brushed range.
#[derive(Clone, Copy, Debug)]
pub enum End {
    Low = 0,
    High = 1,
}

/// A row of the table as it stands on the screen.
#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    /// Its place in the result, from 1.
    pub place: u64,
    /// Its cells by column; none where it is not read yet.
    pub cells: BTreeMap<String, Option<String>>,
}

/// An image in its place.
#[derive(Clone, Debug, Deserialize)]
pub struct Picture {
    /// `here`, `blurred`, `flagged`, `failed` or `pending`.
    pub state: String,
    /// Width of what is shown, in its own pixels.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// Words in its place.
    pub says: String,
}

/// The page in the browser.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    pub client: &'a Client,
}

/// Whether the page has painted a thing anew since it was found.
fn is_stale(error: &CmdError) -> bool {
    matches!(error, CmdError::Standard(error) if error.error == ErrorStatus::StaleElementReference)
}

/// Clicks a thing. WebKit's driver clicks a moment after it looked where the thing is, and does not look whether what
/// scrolls shows it: it has to be seen, and to stand still.
async fn click_on(element: Element) -> Result<(), CmdError> {
    const SHOW: &str = "arguments[0].scrollIntoView({ block: 'center' });";
    let is_webkit = Engine::chosen() == Engine::Webkit;
    if is_webkit {
        element.clone().client().execute(SHOW, vec![json!(element)]).await?;
    }
    let mut last = None;
    while is_webkit {
        let place = element.rectangle().await?;
        if last.replace(place) == Some(place) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(80)).await;
    }
    element.click().await
}

impl Page<'_> {
    async fn ask(&self, question: &str, rest: &[Value]) -> Value {
        let mut arguments = vec![json!(question)];
        arguments.extend_from_slice(rest);
        let answer = self.client.execute(include_str!("page.js"), arguments).await;
        answer.unwrap_or_else(|error| panic!("{question} {rest:?}: {error}"))
    }

    async fn element(&self, question: &str, rest: &[Value]) -> Element {
        until(&format!("{question} {rest:?}"), async || self.element_now(question, rest).await).await
    }

    async fn element_now(&self, question: &str, rest: &[Value]) -> Option<Element> {
        let answer = self.ask(question, rest).await;
        let id = answer.as_object()?.values().next()?.as_str()?.to_owned();
        Some(Element::from_element_id(self.client.clone(), ElementRef::from(id)))
    }

    /// The first thing with this role and name, once it is there.
    pub async fn find(&self, role: &str, name: &str) -> Element {
        self.element("find", &[json!(role), json!(name)]).await
    }

    /// Types into a field in place of what is in it. (Keys held down with others are not the same in all browsers.)
    pub async fn type_anew(&self, field: &Element, text: &str) {
        self.client.execute("arguments[0].select()", vec![json!(field)]).await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Clicks the thing with this role and name, once it is there. What is painted anew between
    /// looking and clicking is looked for again.
    pub async fn click(&self, role: &str, name: &str) {
        const TRIES: usize = 5;
        for left in (0..TRIES).rev() {
            match click_on(self.find(role, name).await).await {
                Ok(()) => return,
                Err(error) if left > 0 && is_stale(&error) => {}
                Err(error) => panic!("click on {role} {name}: {error:?}"),
            }
        }
    }

    /// The one place that takes a file.
    pub async fn file_input(&self) -> Element {
        // What stands before the page's code has one too, which goes when the page comes.
        const OWN: &str = "return document.getElementById('shell') === null;";
        until("the page's own code", async || {
            let own = self.client.execute(OWN, Vec::new()).await.unwrap();
            (own == json!(true)).then_some(())
        })
        .await;
        self.element("find", &[json!("file"), Value::Null]).await
    }

    /// What things of this role say.
    pub async fn texts(&self, role: &str) -> Vec<String> {
        serde_json::from_value(self.ask("texts", &[json!(role)]).await).unwrap()
    }

    /// Waits until a status holds these words.
    pub async fn says(&self, words: &str) {
        self.reads("status", words).await;
    }

    /// Waits until something of this role holds these words.
    pub async fn reads(&self, role: &str, words: &str) {
        until(&format!("that a {role} says {words:?}"), async || {
            self.texts(role).await.iter().any(|text| text.contains(words)).then_some(())
        })
        .await;
    }

    /// Clicks the first thing of this role whose name begins so. A name that changes between looking
    /// and clicking (a count does) is looked for again.
    pub async fn click_first(&self, role: &str, begins: &str) {
        until(&format!("a {role} that begins with {begins:?}"), async || {
            let names: Vec<String> = serde_json::from_value(self.ask("names", &[json!(role)]).await).unwrap();
            let name = names.into_iter().find(|name| name.starts_with(begins))?;
            match click_on(self.element_now("find", &[json!(role), json!(name)]).await?).await {
                Ok(()) => Some(()),
                Err(error) if is_stale(&error) => None,
                Err(error) => panic!("click on {role} {name}: {error:?}"),
            }
        })
        .await;
    }

    /// The first alert that says this, once there is one.
    pub async fn alert(&self, part: &str) -> String {
        until(&format!("an alert that says {part:?}"), async || {
            self.texts("alert").await.into_iter().find(|text| text.contains(part))
        })
        .await
    }

    /// How many rows match, once everything that counts is read and shown.
    pub async fn settled(&self) -> u64 {
        until("a settled count", async || self.ask("settled", &[]).await.as_u64()).await
    }

    /// Waits until so many rows match.
    pub async fn settles_at(&self, count: u64) {
        let mut last = None;
        let reached = tokio::time::timeout(Duration::from_secs(25), async {
            while last != Some(count) {
                last = self.ask("settled", &[]).await.as_u64();
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
        });
        assert!(reached.await.is_ok(), "{count} rows should match, the page says {last:?}");
    }

    /// The rows on the screen, once all of them are read.
    pub async fn rows(&self) -> Vec<Row> {
        until("rows", async || {
            let rows: Vec<Row> = serde_json::from_value(self.ask("rows", &[]).await).unwrap();
            let read = rows.iter().all(|row| row.cells.values().all(Option::is_some));
            (!rows.is_empty() && read).then_some(rows)
        })
        .await
    }

    /// The rows on the screen as they are now.
    pub async fn rows_so_far(&self) -> Vec<Row> {
        serde_json::from_value(self.ask("rows", &[]).await).unwrap()
    }

    /// How many rows match, if that is settled now.
    pub async fn settled_now(&self) -> Option<u64> {
        self.ask("settled", &[]).await.as_u64()
    }

    /// Whether a chart has its handles.
    pub async fn has_slider(&self, column: &str, end: End) -> bool {
        !self.ask("slider", &[json!(column), json!(end as u8)]).await.is_null()
    }

    async fn now(&self, role: &str, name: &str) -> Option<Element> {
        let answer = self.ask("find", &[json!(role), json!(name)]).await;
        let id = answer.as_object()?.values().next()?.as_str()?.to_owned();
        Some(Element::from_element_id(self.client.clone(), ElementRef::from(id)))
    }

    /// Clicks the thing with this role and name if it is there; whether it was.
    pub async fn press_if_there(&self, role: &str, name: &str) -> bool {
        match self.now(role, name).await {
            Some(element) => element.click().await.is_ok(),
            None => false,
        }
    }

    /// Asks again where the page offers it. Trouble that the page got over by itself between a look at
    /// its notice and this offers nothing any more, and that is as good.
    pub async fn retry_now(&self) {
        until("a notice that offers to ask again, or none", async || {
            let over = self.texts("alert").await.is_empty();
            (over || self.press_if_there("button", "Retry now").await).then_some(())
        })
        .await;
    }

    /// Types into the thing with this role and name if it is there; whether it was.
    pub async fn type_if_there(&self, role: &str, name: &str, keys: &str) -> bool {
        match self.now(role, name).await {
            Some(element) => element.send_keys(keys).await.is_ok(),
            None => false,
        }
    }

    /// Columns that have a chart on the screen, once this one has.
    pub async fn chart(&self, column: &str) -> Vec<String> {
        until(&format!("a chart of {column}"), async || {
            let charts: Vec<String> = serde_json::from_value(self.ask("charts", &[]).await).unwrap();
            charts.iter().any(|chart| chart == column).then_some(charts)
        })
        .await
    }

    /// A handle of a chart.
    pub async fn slider(&self, column: &str, end: End) -> Element {
        self.element("slider", &[json!(column), json!(end as u8)]).await
    }

    /// What a handle says of its place.
    pub async fn slider_text(&self, column: &str, end: End) -> String {
        let text = self.ask("slider_text", &[json!(column), json!(end as u8)]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// The plot of a chart.
    pub async fn plot(&self, column: &str) -> Element {
        self.element("plot", &[json!(column)]).await
    }

    /// Drags over a chart, from one share of its width to another.
    pub async fn drag(&self, column: &str, from: f64, to: f64) {
        const STEPS: u32 = 8;
        let (left, top, width, height) = until(&format!("a chart of {column} to drag over"), async || {
            serde_json::from_value::<Option<(f64, f64, f64, f64)>>(
                self.ask("plot_box", &[json!(column)]).await,
            )
            .unwrap()
        })
        .await;
        let at = |share: f64, duration: u64| PointerAction::MoveTo {
            duration: Some(Duration::from_millis(duration)),
            x: left + width * share,
            y: top + height / 2.0,
        };
        let mut mouse = MouseActions::new("mouse".to_owned())
            .then(at(from, 0))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT });
        for step in 1..=STEPS {
            mouse = mouse.then(at(from + (to - from) * f64::from(step) / f64::from(STEPS), 16));
        }
        let mouse = mouse.then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.client.perform_actions(mouse).await.unwrap();
    }

    /// A bar of a chart of categories.
    pub async fn bar(&self, column: &str, label: &str) -> Element {
        self.element("bar", &[json!(column), json!(label)]).await
    }

    /// Labels of a chart of categories, and how many of the rows here have each.
    pub async fn bars(&self, column: &str) -> BTreeMap<String, u64> {
        let bars: Vec<(String, Option<u64>)> =
            serde_json::from_value(self.ask("bars", &[json!(column)]).await).unwrap();
        bars.into_iter().map(|(label, count)| (label, count.unwrap_or(0))).collect()
    }

    /// Waits until a chart of categories shows exactly these counts for the labels it lists.
    pub async fn bars_show(&self, column: &str, expected: &BTreeMap<String, u64>) {
        let right = |shown: &BTreeMap<String, u64>| {
            !shown.is_empty()
                && shown.iter().all(|(label, count)| expected.get(label).copied().unwrap_or(0) == *count)
        };
        let mut shown = BTreeMap::new();
        let reached = tokio::time::timeout(Duration::from_secs(20), async {
            while !right(&shown) {
                shown = self.bars(column).await;
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
        });
        assert!(reached.await.is_ok(), "{column} should show {expected:?}, it shows {shown:?}");
    }

    /// The images on the screen within a part of the page, once none is on its way.
    pub async fn images(&self, role: &str, name: &str) -> Vec<Picture> {
        let mut last = Vec::new();
        let here = tokio::time::timeout(Duration::from_secs(25), async {
            loop {
                last = serde_json::from_value(self.ask("images", &[json!(role), json!(name)]).await).unwrap();
                let waits = |picture: &Picture| {
                    picture.state == "pending"
                        || matches!(&*picture.state, "here" | "blurred") && picture.width == 0
                };
                if !last.is_empty() && !last.iter().any(waits) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
        });
        assert!(here.await.is_ok(), "images of {name} are still on their way: {last:?}");
        last
    }

    /// Moments that the app marked, in milliseconds since the page began to load.
    pub async fn marks(&self) -> Vec<(String, f64)> {
        serde_json::from_value(self.ask("marks", &[]).await).unwrap()
    }

    /// When a moment was first marked.
    pub async fn mark(&self, name: &str) -> f64 {
        until(&format!("the mark {name}"), async || {
            self.marks().await.into_iter().find(|(marked, _)| marked == name).map(|(_, at)| at)
        })
        .await
    }

    /// The query string of the address.
    pub async fn query(&self) -> String {
        self.ask("query", &[]).await.as_str().unwrap_or_default().to_owned()
    }

    /// The view that the address stands for. It must be wholly understood.
    pub async fn spec(&self) -> Spec {
        let (spec, notices) = vitrine::view::url::parse(&self.query().await);
        assert_eq!(notices, []);
        spec
    }

    /// Widths in pixels of the whole page, and of the window.
    pub async fn widths(&self) -> (f64, f64) {
        serde_json::from_value(self.ask("width", &[]).await).unwrap()
    }

    /// All text of the page, for a failed test to show.
    pub async fn outline(&self) -> String {
        let answer = self.client.execute(include_str!("page.js"), vec![json!("outline")]).await;
        answer.ok().and_then(|text| Some(text.as_str()?.to_owned())).unwrap_or_default()
    }
}
