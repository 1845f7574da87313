//! Takes out of what a browser fetches that only people read: comments, indentation, and the long names by which
//! a module asks its script for functions.

use std::collections::BTreeMap;

/// A script without comments that have lines to themselves, and without indentation.
pub(crate) fn script(text: &str) -> String {
    let text = without(text, "/**", "*/");
    let kept = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines(&kept.collect::<Vec<_>>().join("\n"))
}

/// A style sheet without comments and indentation.
pub(crate) fn style(text: &str) -> String {
    lines(&without(text, "/*", "*/"))
}

fn without(text: &str, open: &str, close: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        out.push_str(before);
        rest = after.split_once(close).map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

fn lines(text: &str) -> String {
    let kept = text.lines().map(str::trim).filter(|line| !line.is_empty());
    kept.fold(String::with_capacity(text.len()), |all, line| all + line + "\n")
}

/// A module whose imports from its own script have short names, and that script. Each name ends with sixteen
/// random digits, once in the module and once in the script, which nothing can pack.
///
/// # Errors
/// Where the module is not as the WebAssembly specification (2.0, section 5.5) has it.
pub(crate) fn imports(module: &[u8], script: &str) -> Result<(Vec<u8>, String), String> {
    const IMPORTS: u8 = 2;
    let mut out = module.get(..8).ok_or("a module without a head")?.to_vec();
    let mut names = BTreeMap::new();
    let mut reader = Reader { bytes: module, at: 8 };
    while reader.at < module.len() {
        let id = reader.byte()?;
        let len = reader.number()? as usize;
        let body = reader.take(len)?;
        let body = if id == IMPORTS { renamed(body, &mut names)? } else { body.to_vec() };
        out.push(id);
        push(&mut out, body.len() as u64);
        out.extend(body);
    }
    Ok((out, with_names(script, &names)))
}

/// What a crate exports to scripts that nothing here uses: readers and writers of streams, which come with what
/// Leptos asks servers with.
const UNUSED: &str = "IntoUnderlying";

/// A linked module that does not export what is unused, so that whatever only that needs goes as well.
///
/// What `wasm-bindgen` knows of exports is a section of pairs, each an own version and what one use of its macro says;
/// both begin with their length in four bytes.
///
/// # Errors
/// Where the module is not as that says.
pub(crate) fn without_unused(module: &[u8]) -> Result<Vec<u8>, String> {
    const CUSTOM: u8 = 0;
    const EXPORTS: u8 = 7;
    let mut out = module.get(..8).ok_or("a module without a head")?.to_vec();
    let mut reader = Reader { bytes: module, at: 8 };
    while reader.at < module.len() {
        let id = reader.byte()?;
        let len = reader.number()? as usize;
        let body = reader.take(len)?;
        let body = match id {
            EXPORTS => used_exports(body)?,
            CUSTOM => used_bindings(body)?,
            _ => body.to_vec(),
        };
        out.push(id);
        push(&mut out, body.len() as u64);
        out.extend(body);
    }
    Ok(out)
}

fn used_exports(section: &[u8]) -> Result<Vec<u8>, String> {
    let mut reader = Reader { bytes: section, at: 0 };
    let (mut kept, mut rest) = (0, Vec::<u8>::new());
    for _ in 0..reader.number()? {
        let start = reader.at;
        let name = String::from_utf8_lossy(reader.name()?).to_ascii_lowercase();
        reader.byte()?;
        reader.number()?;
        if !name.contains(&UNUSED.to_ascii_lowercase()) {
            kept += 1;
            rest.extend(section.get(start..reader.at).unwrap_or_default());
        }
    }
    let mut out = Vec::new();
    push(&mut out, kept);
    out.extend(rest);
    Ok(out)
}

fn used_bindings(section: &[u8]) -> Result<Vec<u8>, String> {
    let mut reader = Reader { bytes: section, at: 0 };
    if reader.name()? != b"__wasm_bindgen_unstable" {
        return Ok(section.to_vec());
    }
    let mut out = section.get(..reader.at).unwrap_or_default().to_vec();
    while reader.at < section.len() {
        let start = reader.at;
        let _version = reader.counted()?;
        let said = reader.counted()?;
        if !said.windows(UNUSED.len()).any(|part| part == UNUSED.as_bytes()) {
            out.extend(section.get(start..reader.at).unwrap_or_default());
        }
    }
    Ok(out)
}

/// The section of imports with short names for those of the module's own script.
fn renamed(section: &[u8], names: &mut BTreeMap<String, String>) -> Result<Vec<u8>, String> {
    let mut reader = Reader { bytes: section, at: 0 };
    let mut out = Vec::new();
    let count = reader.number()?;
    push(&mut out, count);
    for _ in 0..count {
        let from = reader.name()?;
        let name = reader.name()?;
        let start = reader.at;
        reader.import_type()?;
        let kind = section.get(start..reader.at).unwrap_or_default();
        let next = format!("${:x}", names.len());
        let short = if from.ends_with(b"_bg.js") {
            let name = String::from_utf8(name.to_vec()).map_err(|error| error.to_string())?;
            names.entry(name).or_insert(next).as_bytes()
        } else {
            name
        };
        for text in [from, short] {
            push(&mut out, text.len() as u64);
            out.extend(text);
        }
        out.extend(kind);
    }
    Ok(out)
}

/// The script with these names in place of the long ones.
fn with_names(script: &str, names: &BTreeMap<String, String>) -> String {
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '$';
    let mut out = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(start) = rest.find(is_part) {
        let (before, word) = rest.split_at(start);
        let (word, after) = word.split_at(word.find(|sign| !is_part(sign)).unwrap_or(word.len()));
        out.push_str(before);
        out.push_str(names.get(word).map_or(word, String::as_str));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A whole number in LEB128.
fn push(out: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8, String> {
        self.take(1).map(|bytes| bytes.first().copied().unwrap_or_default())
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], String> {
        let end = self.at.saturating_add(len);
        let bytes = self.bytes.get(self.at..end).ok_or("a module that ends early")?;
        self.at = end;
        Ok(bytes)
    }

    fn number(&mut self) -> Result<u64, String> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("a number that does not end".to_owned())
    }

    fn name(&mut self) -> Result<&'a [u8], String> {
        let len = self.number()? as usize;
        self.take(len)
    }

    /// Bytes whose number stands before them, in four bytes.
    fn counted(&mut self) -> Result<&'a [u8], String> {
        let len = self.take(4)?.try_into().map_err(|_| "a length that is cut off")?;
        self.take(u32::from_le_bytes(len) as usize)
    }

    /// Passes over what is imported.
    fn import_type(&mut self) -> Result<(), String> {
        match self.byte()? {
            // A function, by its type.
            0 => drop(self.number()?),
            // A table of references, within limits.
            1 => {
                self.byte()?;
                self.limits()?;
            }
            // A memory.
            2 => self.limits()?,
            // A global: its type, and whether it changes.
            3 => drop(self.take(2)?),
            // A tag: its attribute and type.
            4 => {
                self.byte()?;
                self.number()?;
            }
            other => return Err(format!("an import of kind {other}")),
        }
        Ok(())
    }

    fn limits(&mut self) -> Result<(), String> {
        let flags = self.byte()?;
        self.number()?;
        if flags & 1 == 1 {
            self.number()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{imports, script, style, without_unused};

    #[test]
    fn only_what_people_read_goes() {
        assert_eq!(
            script("/**\n * @returns {number}\n */\n  get a() {\n    // One.\n\n    return 1;\n  }\n"),
            "get a() {\nreturn 1;\n}\n"
        );
        assert_eq!(style("/* lines */\na {\n  b: c; /* d */\n}\n"), "a {\nb: c;\n}\n");
    }

    #[test]
    fn imports_have_short_names_on_both_sides() {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        let mut section = vec![2];
        for (from, name) in [("./a_bg.js", "__wbg_new_0123456789abcdef"), ("./b.js", "load")] {
            for text in [from, name] {
                section.push(text.len() as u8);
                section.extend(text.as_bytes());
            }
            section.extend([0, 5]);
        }
        module.extend([2, section.len() as u8]);
        module.extend(section);
        module.extend([10, 1, 0]);
        let glue = "return { __wbg_new_0123456789abcdef: function() { load(); } };";
        let (short, glue) = imports(&module, glue).unwrap();
        assert_eq!(glue, "return { $0: function() { load(); } };");
        let expected =
            b"\0asm\x01\0\0\0\x02\x1e\x02\x09./a_bg.js\x02$0\0\x05\x06./b.js\x04load\0\x05\x0a\x01\0";
        assert_eq!(short, expected);
        assert!(imports(&module[..20], "").is_err());
    }

    #[test]
    fn what_is_unused_is_not_exported() {
        let head = b"\0asm\x01\0\0\0";
        let exports = |names: &[&str]| {
            let mut section = vec![names.len() as u8];
            for name in names {
                section.push(name.len() as u8);
                section.extend(name.as_bytes());
                section.extend([0, 3]);
            }
            [&[7, section.len() as u8][..], &section].concat()
        };
        let bindings = |said: &[&str]| {
            let mut section = b"\x17__wasm_bindgen_unstable".to_vec();
            for said in said {
                for text in ["v", said] {
                    section.extend((text.len() as u32).to_le_bytes());
                    section.extend(text.as_bytes());
                }
            }
            [&[0, section.len() as u8][..], &section].concat()
        };
        let code = [10, 1, 0];
        let all = ["__wbg_intounderlyingsink_free_1", "main"];
        let module = [head, &exports(&all)[..], &code, &bindings(&["IntoUnderlyingSink", "Blob"])].concat();
        let expected = [head, &exports(&["main"])[..], &code, &bindings(&["Blob"])].concat();
        assert_eq!(without_unused(&module).unwrap(), expected);
        assert!(without_unused(&module[..module.len() - 1]).is_err());
    }
}
