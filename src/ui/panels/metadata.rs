//! What the file says of itself: schema, row groups, column chunks, pages, key-value metadata.

use crate::ui::store::facts;
use crate::base::bytes::human_bytes;
use crate::protocol::Kind;
use crate::protocol::describe::{Chunk, Describe, Described, MAX_GROUPS, Page};
use crate::protocol::display::{percent, thousands};
use crate::protocol::texts::{common, metadata as texts};
use crate::ui::store::{Pictures, use_store};
use crate::view::roles::{Holds, Role};
use leptos::prelude::*;
use std::sync::Arc;

/// The view.
#[component]
pub fn Metadata() -> impl IntoView {
    let store = use_store();
    let group = RwSignal::new(0_u32);
    let column = RwSignal::new(None::<String>);
    // What is known grows with the files that are open, and with what is read.
    let open = Memo::new(move |_| store.opened.with(|opened| opened.as_ref().map(|opened| opened.rows)));
    Effect::new(move |_| {
        open.track();
        store.describe(Describe { group: group.get(), column: column.get() });
    });
    let known = move || store.described.get();
    view! {
        <div class="metadata" tabindex="0" role="region" aria-label=texts::METADATA>
            {move || match known() {
                None => view! { <p class="metadata-note" role="status">{texts::READING_FOOTER}</p> }.into_any(),
                Some(known) => parts(&known, group, column).into_any(),
            }}
        </div>
    }
}

fn parts(
    known: &Arc<Described>,
    group: RwSignal<u32>,
    column: RwSignal<Option<String>>,
) -> impl IntoView + use<> {
    let facts = known.facts.iter().cloned().map(|(name, value)| {
        view! { <div><dt>{name}</dt><dd>{value}</dd></div> }
    });
    let file = known.file.clone().map(|file| view! { <p class="metadata-note">{file}</p> });
    let pairs = known.pairs.iter().cloned().map(|(key, value)| {
        view! { <div><dt>{key}</dt><dd><pre tabindex="0">{readable(&value)}</pre></dd></div> }
    });
    let schema = known.schema.iter().cloned().map(|field| {
        let depth = field.depth.to_string();
        view! {
            <tr>
                <th scope="row" style=("--depth", depth)>{field.name}</th>
                <td>{field.kind}</td>
                <td>{field.repetition}</td>
            </tr>
        }
    });
    view! {
        <section aria-label=texts::FILE>
            <h2>{texts::FILE}</h2>
            {file}
            <dl class="metadata-facts">{facts.collect_view()}</dl>
        </section>
        <Roles/>
        <section aria-label=texts::SCHEMA>
            <h2>{texts::SCHEMA}</h2>
            {grid(&[(texts::SCHEMA_FIELD, false), (texts::SCHEMA_TYPE, false), (texts::SCHEMA_OFTEN, false)], schema.collect_view().into_any())}
        </section>
        {groups(known, group)}
        {chunks(known, column)}
        {pages(known, column)}
        <section aria-label=texts::PAIRS>
            <h2>{texts::PAIRS}</h2>
            {known.pairs.is_empty().then(|| view! { <p class="metadata-note">{texts::NO_PAIRS}</p> })}
            <dl class="metadata-pairs">{pairs.collect_view()}</dl>
        </section>
    }
}

/// Which column plays which part, to be looked at and corrected.
#[component]
fn Roles() -> impl IntoView {
    let store = use_store();
    let row = move |(role, _, title): (Role, &'static str, &'static str)| {
        let roles = store.roles();
        let chosen = store.spec.with(|spec| spec.roles.get(&role).cloned());
        let now = roles.column(role).map(str::to_owned);
        let columns = store.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            let suited = columns
                .iter()
                .filter(|column| column.derived_from.is_empty() && role.suits(holds(column.kind)));
            suited.map(|column| column.name.clone()).collect::<Vec<_>>()
        });
        let options = columns.into_iter().map(|name| {
            let selected = now.as_ref() == Some(&name);
            view! { <option value=format!("={name}") selected=selected>{name.clone()}</option> }
        });
        let change = move |event: leptos::ev::Event| {
            let value = event_target_value(&event);
            let column = match value.strip_prefix('=') {
                Some(name) => Some(Some(name.to_owned())),
                None if value == "none" => Some(None),
                None => None,
            };
            store.set_role(role, column);
        };
        let how = match (&chosen, &now) {
            (Some(_), _) => texts::CHOSEN,
            (None, Some(_)) => texts::GUESSED,
            (None, None) => "",
        };
        view! {
            <div>
                <span id=format!("role-{}", role.name())>{title}</span>
                <select class="field" aria-labelledby=format!("role-{}", role.name()) on:change=change>
                    <option value="none" selected=now.is_none()>{common::NONE}</option>
                    {options.collect_view()}
                </select>
                <small>{how}</small>
                {chosen
                    .is_some()
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button"
                                data-size="small"
                                aria-label=texts::guess_again(title)
                                on:click=move |_| store.set_role(role, None)
                            >
                                {texts::GUESS_AGAIN}
                            </button>
                        }
                    })}
            </div>
        }
    };
    // The others matter to few tables; what a link corrects of them is shown.
    let offered = move || {
        let corrected = store.spec.with(|spec| spec.roles.clone());
        let all = Role::ALL.iter().copied();
        all.filter(move |(role, ..)| role.is_usual() || corrected.contains_key(role))
    };
    let images = move || match store.pictures() {
        Some(Pictures::Known(_)) => texts::IMAGES_KNOWN,
        Some(Pictures::Embedded) => texts::IMAGES_EMBEDDED,
        Some(Pictures::Addresses(_)) => texts::IMAGES_ELSEWHERE,
        None => texts::NO_IMAGES,
    };
    view! {
        <section aria-label=texts::ROLES>
            <h2>{texts::ROLES}</h2>
            <p class="metadata-note">{texts::ABOUT_ROLES}</p>
            <div class="metadata-roles">{move || offered().map(row).collect_view()}</div>
            <p class="metadata-note">{images}</p>
        </section>
    }
}

fn holds(kind: Kind) -> Holds {
    match kind {
        Kind::Text => Holds::Text,
        Kind::Integer | Kind::Float => Holds::Number,
        Kind::Binary => Holds::Bytes,
        Kind::Nested => Holds::Nested,
        Kind::Time => Holds::Time,
        Kind::Bool => Holds::Other,
    }
}

/// A table of rows under these heads; `true` is over numbers.
fn grid(heads: &[(&'static str, bool)], rows: AnyView) -> impl IntoView + use<> {
    let head = |(name, number): &(&'static str, bool)| {
        view! { <th scope="col" data-number=number.then_some("")>{*name}</th> }
    };
    view! {
        <div class="metadata-wide" tabindex="0">
            <table>
                <thead><tr>{heads.iter().map(head).collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The head of a row, which chooses it.
fn row_head(name: String, chosen: bool, choose: impl Fn() + 'static) -> impl IntoView {
    view! {
        <th scope="row">
            <button
                type="button"
                class="button"
                data-size="small"
                aria-pressed=if chosen { "true" } else { "false" }
                on:click=move |_| choose()
            >
                {name}
            </button>
        </th>
    }
}

fn groups(known: &Described, group: RwSignal<u32>) -> impl IntoView + use<> {
    let Described { groups, first_group, groups_in_all, asked, .. } = known;
    let (first, all, chosen) = (*first_group, *groups_in_all, asked.group);
    let rows = (first..).zip(groups.iter()).map(|(number, row)| {
        let chosen = number == chosen;
        view! {
            <tr data-chosen=chosen.then_some("")>
                {row_head(texts::group(number), chosen, move || group.set(number))}
                <td data-number="">{thousands(row.first_row)}</td>
                <td data-number="">{thousands(row.rows)}</td>
                <td data-number="">{human_bytes(row.bytes)}</td>
                <td data-number="">{human_bytes(row.raw_bytes)}</td>
            </tr>
        }
    });
    let step = MAX_GROUPS as u32;
    let turn = move |to: u32, words: &'static str, can: bool| {
        can.then(|| {
            view! { <button type="button" class="button" data-size="small" data-kind="line" on:click=move |_| group.set(to)>{words}</button> }
        })
    };
    let said = texts::groups(all);
    view! {
        <section aria-label=texts::GROUPS>
            <h2>{texts::GROUPS}</h2>
            <p class="metadata-note">
                {said} {turn(first.saturating_sub(step), texts::EARLIER, first > 0)}
                {turn(first + step, texts::LATER, first + step < all)}
            </p>
            {grid(
                &[
                    (texts::GROUP_HEAD, false),
                    (texts::FIRST_ROW, true),
                    (texts::ROWS, true),
                    (texts::BYTES, true),
                    (texts::RAW_BYTES, true),
                ],
                rows.collect_view().into_any(),
            )}
        </section>
    }
}

fn chunks(known: &Described, column: RwSignal<Option<String>>) -> impl IntoView + use<> {
    let chosen = known.asked.column.clone();
    let rows_of_group = known
        .asked
        .group
        .checked_sub(known.first_group)
        .and_then(|place| known.groups.get(place as usize))
        .map_or(0, |group| group.rows);
    let all: u64 = known.chunks.iter().map(|chunk| chunk.bytes).sum();
    let rows = known.chunks.iter().cloned().map(|chunk| {
        let Chunk {
            column: name,
            codec,
            encodings,
            start,
            bytes,
            raw_bytes,
            values,
            nulls,
            distinct,
            range,
            has,
            mapped_rows,
        } = chunk;
        let chosen = chosen.as_ref() == Some(&name);
        let shown = |cell: &crate::protocol::Cell| facts::cell_full(&name, cell).unwrap_or_default();
        let (low, high) = range.map_or_else(Default::default, |(low, high)| (shown(&low), shown(&high)));
        let mapped = if rows_of_group > 0 { percent(mapped_rows, rows_of_group) } else { String::new() };
        let share = percent(bytes, all.max(1));
        let ratio = if bytes > 0 { texts::ratio(raw_bytes, bytes) } else { String::new() };
        let number = |value: Option<u64>| value.map(thousands).unwrap_or_default();
        let choose = {
            let name = name.clone();
            move || column.set(Some(name.clone()))
        };
        view! {
            <tr data-column=name.clone() data-chosen=chosen.then_some("")>
                {row_head(name.clone(), chosen, choose)}
                <td data-number="">{human_bytes(bytes)}</td>
                <td data-number="">{share}</td>
                <td data-number="">{ratio}</td>
                <td>{codec}</td>
                <td>{encodings}</td>
                <td data-number="">{thousands(values)}</td>
                <td data-number="">{number(nulls)}</td>
                <td data-number="">{number(distinct)}</td>
                <td class="metadata-value">{low}</td>
                <td class="metadata-value">{high}</td>
                <td data-number="">{thousands(start)}</td>
                <td>{has}</td>
                <td data-number="">{mapped}</td>
            </tr>
        }
    });
    let heads = [
        (texts::COLUMN, false),
        (texts::BYTES, true),
        (texts::SHARE, true),
        (texts::PACKED, true),
        (texts::CODEC, false),
        (texts::ENCODINGS, false),
        (texts::VALUES, true),
        (texts::NULLS, true),
        (texts::DISTINCT, true),
        (texts::SMALLEST, false),
        (texts::LARGEST, false),
        (texts::AT_BYTE, true),
        (texts::HAS, false),
        (texts::PAGES_KNOWN, true),
    ];
    view! {
        <section aria-label=texts::CHUNKS>
            <h2>{texts::chunks_of(known.asked.group)}</h2>
            {grid(&heads, rows.collect_view().into_any())}
        </section>
    }
}

fn pages(known: &Described, column: RwSignal<Option<String>>) -> impl IntoView + use<> {
    let Some(name) = known.asked.column.clone() else {
        return view! { <p class="metadata-note">{texts::CHOOSE_CHUNK}</p> }.into_any();
    };
    let (told, all) = (known.pages.len() as u64, u64::from(known.pages_known));
    let said = match (told, all) {
        (_, 0) => texts::NO_PAGES.to_owned(),
        (told, all) if told < all => texts::pages_listed(told, all),
        (_, all) => texts::pages_known(all),
    };
    let column_name = name.clone();
    let shown = |cell: &crate::protocol::Cell| facts::cell_full(&column_name, cell).unwrap_or_default();
    let rows = known.pages.iter().enumerate().map(|(number, page)| {
        let Page { start, bytes, first_row, rows, dictionary, nulls, range } = page.clone();
        let (low, high) = range.map_or_else(Default::default, |(low, high)| (shown(&low), shown(&high)));
        let values = match dictionary {
            Some(true) => texts::DICTIONARY,
            Some(false) => texts::PLAIN,
            None => "",
        };
        view! {
            <tr>
                <th scope="row" data-number="">{thousands(number as u64)}</th>
                <td data-number="">{thousands(first_row)}</td>
                <td data-number="">{thousands(rows)}</td>
                <td data-number="">{human_bytes(bytes)}</td>
                <td data-number="">{thousands(start)}</td>
                <td>{values}</td>
                <td data-number="">{nulls.map(|nulls| thousands(nulls.into()))}</td>
                <td>{low}</td>
                <td>{high}</td>
            </tr>
        }
    });
    let heads = [
        (texts::PAGE, true),
        (texts::FIRST_ROW, true),
        (texts::ROWS, true),
        (texts::BYTES, true),
        (texts::AT_BYTE, true),
        (texts::VALUES, false),
        (texts::NULLS, true),
        (texts::SMALLEST, false),
        (texts::LARGEST, false),
    ];
    view! {
        <section aria-label=texts::PAGES>
            <h2>{texts::pages_of(&name)}</h2>
            <p class="metadata-note">
                {said}
                <button type="button" class="button" data-size="small" on:click=move |_| column.set(None)>{common::CLOSE}</button>
            </p>
            {grid(&heads, rows.collect_view().into_any())}
        </section>
    }
    .into_any()
}

/// A text as it is, or with the line breaks that JSON of one line lacks.
fn readable(text: &str) -> String {
    const BREAK_AT: usize = 80;
    if !text.starts_with(['{', '[']) || text.len() < BREAK_AT || text.contains('\n') {
        return text.to_owned();
    }
    let (mut out, mut depth, mut quoted, mut escaped) =
        (String::with_capacity(text.len() * 2), 0_usize, false, false);
    for c in text.chars() {
        if quoted {
            out.push(c);
            quoted = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        match c {
            '"' => {
                quoted = true;
                out.push(c);
            }
            '{' | '[' => {
                depth += 1;
                out.push(c);
                line(&mut out, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ' ' => {}
            ':' => out.push_str(": "),
            c => out.push(c),
        }
    }
    out
}

fn line(out: &mut String, depth: usize) {
    const DEEPEST: usize = 20;
    out.push('\n');
    out.push_str(&"  ".repeat(depth.min(DEEPEST)));
}
