//! Conversations as people read them: who says what, a line each.

use serde_json::{Map, Value};

/// What writers call who speaks, and what is said.
const WHO: [&str; 3] = ["role", "from", "speaker"];
const WHAT: [&str; 3] = ["content", "value", "text"];

/// The messages of a list of messages, written as JSON, a line each; none where it is something else, and, where
/// `whole`, where a message holds more than that.
pub fn told(json: &str, whole: bool) -> Option<String> {
    // Most lists are something else, which their first letters tell.
    let inner = json.strip_prefix("[{\"")?;
    let key = inner.split('"').next().unwrap_or_default();
    if !WHO.contains(&key) && !WHAT.contains(&key) {
        return None;
    }
    let messages: Vec<Map<String, Value>> = serde_json::from_str(json).ok()?;
    let lines: Option<Vec<String>> = messages.iter().map(|message| line(message, whole)).collect();
    lines.map(|lines| lines.join("\n"))
}

fn line(message: &Map<String, Value>, whole: bool) -> Option<String> {
    let first = |names: &[&str]| names.iter().find_map(|name| message.get_key_value(*name));
    let ((who_key, who), (what_key, what)) = (first(&WHO)?, first(&WHAT)?);
    let is_more = |(key, value): (&String, &Value)| !value.is_null() && ![who_key, what_key].contains(&key);
    if whole && message.iter().any(is_more) {
        return None;
    }
    let who = who.as_str()?;
    match what {
        Value::String(what) => Some(format!("{who}: {what}")),
        // Whoever calls a tool may say nothing.
        Value::Null => Some(format!("{who}:")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn messages_are_lines() {
        for (json, expected) in [
            (
                r#"[{"role": "user", "content": "a \"red\" castle"}, {"role": "assistant", "content": null}]"#,
                Some("user: a \"red\" castle\nassistant:"),
            ),
            (r#"[{"value": "hi", "from": "human", "weight": 1}]"#, Some("human: hi")),
            (r#"[{"content": [{"type": "image"}], "role": "user"}]"#, None),
            (r#"[{"role": "user"}]"#, None),
            (r#"[{"bbox": [1, 2]}]"#, None),
            (r#"[{"role": "user", "content": "cut"#, None),
            ("[]", None),
        ] {
            assert_eq!(told(json, false).as_deref(), expected, "{json}");
        }
        let more = r#"[{"value": "hi", "from": "human", "weight": 1}]"#;
        let twice = r#"[{"role": "user", "from": "a phone", "content": "hi"}]"#;
        for more in [more, twice] {
            assert_eq!(told(more, true), None, "what is shown whole loses nothing: {more}");
        }
        assert_eq!(told(&more.replace('1', "null"), true).as_deref(), Some("human: hi"));
    }
}
