//! The guide within the app, rendered when the app is built: the page makes elements of a tree of nodes
//! and knows nothing of Markdown.
//!
//! A node is a text, or an element as an array: its tag, the address that it leads to or an empty text, and
//! its children.

use crate::Result;
use crate::run::root;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TextMergeStream};
use serde_json::Value;
use std::fs;

/// The file that the page names, before its content gives it a name of its own.
pub(crate) const FILE: &str = "guide.json";

/// What the guide is made of, in this order.
const DOCUMENTS: &[&str] = &["docs/guide.md", "docs/links.md"];

/// The guide as the page reads it: its nodes as JSON.
pub(crate) fn json() -> Result<String> {
    let mut nodes = Vec::new();
    for name in DOCUMENTS {
        let text = fs::read_to_string(root().join(name)).map_err(|error| format!("{name}: {error}"))?;
        nodes.extend(render(&text).map_err(|error| format!("{name}: {error}"))?);
    }
    Ok(Value::from(nodes).to_string())
}

/// An element that is not closed yet.
struct Open {
    becomes: Becomes,
    children: Vec<Value>,
}

/// What an element becomes once it is closed.
enum Becomes {
    Element(&'static str, String),
    /// Its children take its place.
    Children,
    Nothing,
}

/// The nodes of a document. Pictures are left out, links within the repository are plain words.
fn render(markdown: &str) -> Result<Vec<Value>> {
    let mut open = vec![Open { becomes: Becomes::Children, children: Vec::new() }];
    let mut head = false;
    for event in TextMergeStream::new(Parser::new_ext(markdown, Options::ENABLE_TABLES)) {
        let node = match event {
            Event::Start(tag) => {
                head |= matches!(tag, Tag::TableHead);
                let elements = elements(&tag, head)?;
                open.extend(elements.into_iter().map(|becomes| Open { becomes, children: Vec::new() }));
                continue;
            }
            Event::End(tag) => {
                close(&mut open);
                if let pulldown_cmark::TagEnd::TableHead = tag {
                    head = false;
                    close(&mut open);
                    let becomes = Becomes::Element("tbody", String::new());
                    open.push(Open { becomes, children: Vec::new() });
                } else if let pulldown_cmark::TagEnd::Table = tag {
                    close(&mut open);
                }
                continue;
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => Value::from(text.as_ref()),
            Event::Code(text) => element("code", "", vec![Value::from(text.as_ref())]),
            Event::SoftBreak | Event::HardBreak => Value::from(" "),
            other => return Err(format!("{other:?} is not known here")),
        };
        append(&mut open, node);
    }
    Ok(open.pop().map(|document| document.children).unwrap_or_default())
}

/// The elements that begin with a tag, the outermost first.
fn elements(tag: &Tag<'_>, head: bool) -> Result<Vec<Becomes>> {
    let plain =
        |names: &[&'static str]| Ok(names.iter().map(|name| Becomes::Element(name, String::new())).collect());
    match tag {
        Tag::Paragraph => plain(&["p"]),
        // The page and the sheet have the two levels above.
        Tag::Heading { level: HeadingLevel::H1, .. } => plain(&["h3"]),
        Tag::Heading { .. } => plain(&["h4"]),
        Tag::CodeBlock(_) => plain(&["pre"]),
        Tag::List(None) => plain(&["ul"]),
        Tag::List(Some(_)) => plain(&["ol"]),
        Tag::Item => plain(&["li"]),
        Tag::Table(_) => plain(&["table"]),
        Tag::TableHead => plain(&["thead", "tr"]),
        Tag::TableRow => plain(&["tr"]),
        Tag::TableCell => plain(&[if head { "th" } else { "td" }]),
        Tag::Strong => plain(&["strong"]),
        Tag::Emphasis => plain(&["em"]),
        Tag::Link { dest_url, .. } if dest_url.starts_with("https://") => {
            Ok(vec![Becomes::Element("a", dest_url.to_string())])
        }
        Tag::Link { .. } => Ok(vec![Becomes::Children]),
        Tag::Image { .. } => Ok(vec![Becomes::Nothing]),
        other => Err(format!("{other:?} is not known here")),
    }
}

fn close(open: &mut Vec<Open>) {
    let Some(Open { becomes, children }) = open.pop() else { return };
    match becomes {
        // A paragraph of nothing but a picture.
        Becomes::Element("p", _) if children.is_empty() => {}
        Becomes::Element(tag, href) => append(open, element(tag, &href, children)),
        Becomes::Children => children.into_iter().for_each(|child| append(open, child)),
        Becomes::Nothing => {}
    }
}

fn element(tag: &str, href: &str, children: Vec<Value>) -> Value {
    [vec![Value::from(tag), Value::from(href)], children].concat().into()
}

fn append(open: &mut [Open], node: Value) {
    let Some(parent) = open.last_mut() else { return };
    match (parent.children.last_mut(), node) {
        (Some(Value::String(before)), Value::String(text)) => before.push_str(&text),
        (_, node) => parent.children.push(node),
    }
}

#[cfg(test)]
mod tests {
    use super::{DOCUMENTS, render};
    use crate::run::root;
    use serde_json::{Value, json};

    fn text(node: &Value) -> String {
        match node {
            Value::String(text) => text.clone(),
            Value::Array(parts) => parts.iter().skip(2).map(text).collect(),
            other => panic!("{other} is no node"),
        }
    }

    fn has_markdown(node: &Value) -> bool {
        match node {
            Value::Array(parts) if parts[0] == "code" || parts[0] == "pre" => false,
            Value::Array(parts) => parts.iter().skip(2).any(has_markdown),
            Value::String(text) => text.contains("](") || text.contains('`') || text.contains("**"),
            other => panic!("{other} is no node"),
        }
    }

    #[test]
    fn the_documents_are_rendered_whole() {
        for name in DOCUMENTS {
            let document = std::fs::read_to_string(root().join(name)).unwrap();
            let nodes = render(&document).unwrap();
            let headings: Vec<String> =
                nodes.iter().filter(|node| node[0] == "h3" || node[0] == "h4").map(text).collect();
            let mut code = false;
            let expected = document.lines().filter(|line| {
                code ^= line.starts_with("```");
                !code && line.starts_with('#')
            });
            let expected: Vec<&str> = expected.map(|line| line.trim_start_matches('#').trim()).collect();
            assert_eq!(headings, expected);
            for node in &nodes {
                assert!(!has_markdown(node), "{node}");
            }
        }
    }

    #[test]
    fn markdown_becomes_nodes() {
        let nodes = render(
            "# T\n\na `b` **c** *d* [e](f.md)\n[g](https://example.org) 2 * 3\n\n![p](p.png)\n\n\
             | `x \\| y` | h |\n|---|---|\n| 1 | 2 |\n\n- one\n  more\n- two\n\n```\ncode\n```\n",
        );
        let expected = json!([
            ["h3", "", "T"],
            [
                "p",
                "",
                "a ",
                ["code", "", "b"],
                " ",
                ["strong", "", "c"],
                " ",
                ["em", "", "d"],
                " e ",
                ["a", "https://example.org", "g"],
                " 2 * 3"
            ],
            [
                "table",
                "",
                ["thead", "", ["tr", "", ["th", "", ["code", "", "x | y"]], ["th", "", "h"]]],
                ["tbody", "", ["tr", "", ["td", "", "1"], ["td", "", "2"]]]
            ],
            ["ul", "", ["li", "", "one more"], ["li", "", "two"]],
            ["pre", "", "code\n"],
        ]);
        assert_eq!(nodes.map(Value::from), Ok(expected));
    }

    #[test]
    fn what_is_not_known_fails_the_build() {
        assert!(render("> quoted").is_err());
    }
}
