//! Bodies of `multipart/form-data`.

use memchr::memmem::{find, find_iter};

use super::answered;
use crate::fuzz::{about, kind};
use crate::http::multipart::{Event, Head, Parser};
use crate::http::upload::cleaned;
use crate::{Error, Result};

type Parts = Vec<(Head, Vec<u8>)>;

/// What is read when the body comes in pieces of this size.
fn in_pieces(body: &[u8], size: usize) -> Result<Parts> {
    let mut parser = Parser::new("b")?;
    let mut pieces = body.chunks(size.max(1));
    let mut parts = Parts::new();
    loop {
        match parser.next()? {
            Event::Part(head) => parts.push((head, Vec::new())),
            Event::Data(data) => {
                let Some((_, content)) = parts.last_mut() else { panic!("data before a part") };
                assert!(!data.is_empty(), "data without bytes");
                content.extend_from_slice(&data);
            }
            Event::End => return Ok(parts),
            Event::Starving => match pieces.next() {
                Some(piece) => parser.feed(piece),
                None => return Err(Error::bad_request("cut off")),
            },
        }
    }
}

/// All at once: cut at the boundaries, each piece then at its first empty line.
fn naive(body: &[u8]) -> Option<Parts> {
    let body = [b"\r\n", body].concat();
    let starts: Vec<usize> = find_iter(&body, b"\r\n--b").collect();
    let mut parts = Parts::new();
    for (i, start) in starts.iter().enumerate() {
        let rest = &body[start + 5..];
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        // Without a boundary behind it the body is cut off.
        let end = *starts.get(i + 1)?;
        let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let part = &body[start + 5 + blank..end];
        // The line before the boundary may be the empty one.
        let lines = &body[start + 5 + blank..end + 2];
        let head_end = find(lines, b"\r\n\r\n")?;
        if blank >= 1024 || !lines.starts_with(b"\r\n") {
            return None;
        }
        let head = Head::parse(&lines[2..(head_end + 2).max(2)]).ok()?;
        parts.push((head, part.get(head_end + 4..).unwrap_or_default().to_vec()));
    }
    None
}

/// A body with the boundary `b`. The first byte says how large the pieces are that it comes in: they change nothing.
pub fn multipart(data: &[u8]) -> u64 {
    let Some((size, body)) = data.split_first() else { return 0 };
    let whole = in_pieces(body, usize::MAX);
    assert_eq!(whole.as_ref().ok(), naive(body).as_ref(), "{}", body.escape_ascii());
    let outcome = answered(&whole);
    let parts = whole.as_ref().map_or(0, Vec::len);
    let full = whole.as_ref().map_or(0, |parts| parts.iter().filter(|(_, data)| !data.is_empty()).count());
    let pieces = in_pieces(body, usize::from(*size));
    assert_eq!(whole.map_err(|error| error.to_string()), pieces.map_err(|error| error.to_string()));
    kind([outcome, about(parts), about(full)])
}

/// The head of a part; what is read can be written so that the same is read.
pub fn part_head(data: &[u8]) -> u64 {
    let read = Head::parse(data);
    let outcome = answered(&read);
    let Ok(head) = read else { return outcome };
    // Lines end in one way only, and none of them is empty.
    let lines = data.strip_suffix(b"\r\n").unwrap_or(data);
    assert_eq!(find_iter(lines, b"\n").count(), find_iter(lines, b"\r\n").count(), "{}", data.escape_ascii());
    assert!(find(data, b"\r\n\r\n").is_none(), "{}", data.escape_ascii());
    let quoted = |text: &str| text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    let file =
        head.file_name.as_deref().map_or(String::new(), |name| format!("; filename=\"{}\"", quoted(name)));
    let kind_of =
        head.content_type.as_deref().map_or(String::new(), |kind| format!("Content-Type: {kind}\r\n"));
    let written =
        format!("{kind_of}Content-Disposition: form-data; name=\"{}\"{file}\r\n", quoted(&head.name));
    // A backslash before the closing quote would make it one of the name.
    let names = [Some(&head.name), head.file_name.as_ref()];
    if names.into_iter().flatten().all(|name| !name.contains('\\')) {
        assert_eq!(Head::parse(written.as_bytes()).ok().as_ref(), Some(&head), "{written:?}");
    }
    kind([2, head.file_name.is_some().into(), head.content_type.is_some().into(), about(head.name.len())])
}

/// The name of a file: what is left of it is one name in a folder, and stays as it is.
pub fn file_name(data: &[u8]) -> u64 {
    let raw = String::from_utf8_lossy(data);
    let name = cleaned(&raw);
    assert!(
        !name.is_empty() && name.chars().count() <= 100 && !name.starts_with(['.', '-', ' ']),
        "{name:?}"
    );
    assert!(!name.ends_with(['.', ' ']) && !name.chars().any(char::is_control), "{name:?}");
    assert!(!name.contains(['/', '\\', ':', '"', '<', '>', '|', '?', '*', '`', '$', '\'']), "{name:?}");
    assert_eq!(cleaned(&name), name);
    let kept = raw.chars().filter(|c| name.contains(*c)).count();
    kind([u64::from(name == raw), u64::from(name == "upload"), about(name.chars().count()), about(kept)])
}
