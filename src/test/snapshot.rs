//! Answers as files that people have read.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Answer;

/// What is different each time, or follows from the body.
const LEFT_OUT: [&str; 11] = [
    "age",
    "content-length",
    "date",
    "etag",
    "expires",
    "last-modified",
    "server-timing",
    "traceparent",
    "x-request-id",
    "x-response-time",
    "x-runtime",
];

/// How many lines are shown around those that differ.
const AROUND: usize = 3;

/// An answer as its file has it.
pub(super) fn text(answer: &Answer, members: &[&str]) -> String {
    let mut text = format!("{}\n", answer.status());
    let mut fields: Vec<(String, String)> = Vec::new();
    for (name, value) in answer.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        match name.as_str() {
            name if LEFT_OUT.contains(&name) => {}
            "set-cookie" => fields.push((name.to_string(), without_cookie_value(&value))),
            _ => fields.push((name.to_string(), without_nonces(&value, "'nonce-", '\''))),
        }
    }
    fields.sort();
    for (name, value) in fields {
        let _ = writeln!(text, "{name}: {value}");
    }
    text.push('\n');
    match serde_json::from_slice::<Value>(answer.bytes()) {
        Ok(mut json) if answer.is_json() => {
            redact(&mut json, members);
            let _ = write!(text, "{json:#}");
        }
        _ => match str::from_utf8(answer.bytes()) {
            Ok(body) => text.push_str(&without_nonces(&body.replace("\r\n", "\n"), "nonce=\"", '"')),
            Err(_) => {
                let _ = write!(text, "[{} bytes that are no text]", answer.bytes().len());
            }
        },
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn redact(json: &mut Value, members: &[&str]) {
    match json {
        Value::Object(object) => {
            for (name, value) in object {
                if members.contains(&name.as_str()) {
                    *value = Value::String(format!("[{name}]"));
                } else {
                    redact(value, members);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| redact(value, members)),
        _ => {}
    }
}

/// The name and the attributes, of which a date is one that differs.
fn without_cookie_value(cookie: &str) -> String {
    let mut parts = cookie.split(';').map(str::trim);
    let name = parts.next().and_then(|pair| pair.split('=').next()).unwrap_or_default();
    let mut text = format!("{name}=[..]");
    for part in parts.filter(|part| !part.to_ascii_lowercase().starts_with("expires=")) {
        let _ = write!(text, "; {part}");
    }
    text
}

/// With `[..]` in place of what stands between `before` and `after`.
fn without_nonces(text: &str, before: &str, after: char) -> String {
    let mut rest = text;
    let mut clean = String::with_capacity(text.len());
    while let Some(at) = rest.find(before) {
        let (head, tail) = rest.split_at(at + before.len());
        clean.push_str(head);
        clean.push_str("[..]");
        rest = &tail[tail.find(after).unwrap_or(tail.len())..];
    }
    clean + rest
}

fn path(name: &str) -> Result<PathBuf, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(fits) {
        return Err(format!("`{name}` cannot name a snapshot: use letters, digits, `_`, `-` and `.`"));
    }
    // What cargo sets for tests.
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| ".".into());
    Ok(Path::new(&package).join("tests/snapshots").join(format!("{name}.snap")))
}

/// Compares with the file, or writes it with `UPDATE=1`.
pub(super) fn compare(name: &str, found: &str) -> Result<(), String> {
    let path = path(name)?;
    let update = std::env::var_os("UPDATE").is_some_and(|update| update != "0");
    compare_with(&path, found, update)
}

fn compare_with(path: &Path, found: &str, update: bool) -> Result<(), String> {
    let shown = path.display();
    let known = match std::fs::read_to_string(path) {
        Ok(known) => Some(known.replace("\r\n", "\n")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(format!("the snapshot {shown} cannot be read: {error}")),
    };
    if known.as_deref() == Some(found) {
        return Ok(());
    }
    if update {
        let folder = path.parent().unwrap_or(path);
        let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, found));
        return written.map_err(|error| format!("the snapshot {shown} cannot be written: {error}"));
    }
    Err(match known {
        None => format!("there is no snapshot {shown}; UPDATE=1 writes it, with this in it:\n{found}"),
        Some(known) => format!(
            "the answer is not as {shown} has it (-), but so (+); if that is right, UPDATE=1 writes it anew:\n{}",
            difference(&known, found)
        ),
    })
}

/// The lines from the first to the last that differ, with some around them.
fn difference(known: &str, found: &str) -> String {
    let (known, found): (Vec<&str>, Vec<&str>) = (known.lines().collect(), found.lines().collect());
    let same = known.iter().zip(&found).take_while(|(a, b)| a == b).count();
    let most = known.len().min(found.len()) - same;
    let same_after = known.iter().rev().zip(found.iter().rev()).take_while(|(a, b)| a == b).count().min(most);
    let mut text = String::new();
    let mut lines = |mark: char, lines: &[&str]| {
        for line in lines {
            let _ = writeln!(text, "{mark} {line}");
        }
    };
    lines(' ', &known[same.saturating_sub(AROUND)..same]);
    lines('-', &known[same..known.len() - same_after]);
    lines('+', &found[same..found.len() - same_after]);
    let after = known.len() - same_after;
    lines(' ', &known[after..known.len().min(after + AROUND)]);
    text
}

#[cfg(test)]
mod tests {
    use hyper_core::http::{HeaderMap, Method, StatusCode};

    use super::*;

    fn answer(kind: &str, body: &str) -> Answer {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-b", "2"),
            ("content-type", kind),
            ("date", "now"),
            ("set-cookie", "a=secret; Path=/; Expires=Wed, 21 Oct 2015 07:28:00 GMT; Secure"),
            ("content-security-policy", "script-src 'nonce-abc' 'self'"),
        ] {
            headers.append(name, value.parse().unwrap());
        }
        Answer {
            method: Method::GET,
            url: "/".to_owned(),
            status: StatusCode::OK,
            headers,
            body: body.to_owned().into(),
            redirects: Vec::new(),
        }
    }

    #[test]
    fn what_is_different_each_time_is_not_in_it() {
        let json = answer("application/json", r#"[{"id": 7, "post": {"id": 8, "title": "é"}}]"#);
        let expected = "200 OK\n\
                        content-security-policy: script-src 'nonce-[..]' 'self'\n\
                        content-type: application/json\n\
                        set-cookie: a=[..]; Path=/; Secure\n\
                        x-b: 2\n\
                        \n\
                        [\n  {\n    \"id\": \"[id]\",\n    \"post\": {\n      \"id\": \"[id]\",\n      \"title\": \"é\"\n    }\n  }\n]\n";
        assert_eq!(text(&json, &["id"]), expected);
        let page = answer("text/html", "<script nonce=\"x1\">\r\n</script><script nonce=\"x2\">");
        let page = text(&page, &[]);
        assert!(page.ends_with("\n\n<script nonce=\"[..]\">\n</script><script nonce=\"[..]\">\n"), "{page}");
    }

    #[test]
    fn a_file_is_written_when_asked_and_compared_else() {
        let folder = std::env::temp_dir().join(format!("hyper-snapshot-{}", std::process::id()));
        let path = folder.join("a/b.snap");
        let missing = compare_with(&path, "1\n", false).unwrap_err();
        assert!(missing.contains("UPDATE=1 writes it") && missing.ends_with("1\n"), "{missing}");
        compare_with(&path, "1\n2\n3\n4\n5\n6\n", true).unwrap();
        compare_with(&path, "1\n2\n3\n4\n5\n6\n", false).unwrap();
        let differs = compare_with(&path, "1\n2\n3\n4\n5b\n5c\n6\n", false).unwrap_err();
        assert!(differs.ends_with(":\n  2\n  3\n  4\n- 5\n+ 5b\n+ 5c\n  6\n"), "{differs}");
        std::fs::remove_dir_all(folder).unwrap();
        assert!(compare("../x", "").unwrap_err().contains("cannot name a snapshot"));
    }

    #[test]
    fn differences_at_the_ends_are_shown() {
        assert_eq!(difference("a\na\n", "a\n"), "  a\n- a\n");
        assert_eq!(difference("", "a\n"), "+ a\n");
        assert_eq!(difference("a\nb\n", "c\nb\n"), "- a\n+ c\n  b\n");
    }
}
