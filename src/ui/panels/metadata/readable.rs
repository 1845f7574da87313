//! Texts of the file, so that people can read them.

/// A text as it is, or with the line breaks that JSON of one line lacks.
pub fn readable(text: &str) -> String {
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
