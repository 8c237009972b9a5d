//! The format of `multipart/form-data` (RFC 7578, RFC 2046): bytes in, parts out, nothing held but the piece at hand.

use bytes::{Buf, Bytes, BytesMut};
use memchr::memmem::Finder;

use super::head::Head;
use crate::{Error, Result};

/// How long the head of a part may be, in bytes.
const LONGEST_HEAD: usize = 8 * 1024;

/// How many blanks may be behind a boundary.
const LONGEST_BLANK: usize = 1024;

/// What comes next in a body.
#[derive(Debug)]
pub(crate) enum Event {
    /// A part begins.
    Part(Head),
    /// Some bytes of the part.
    Data(Bytes),
    /// The last boundary: all that follows is no part.
    End,
    /// More bytes are needed.
    Starving,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first boundary.
    Preamble,
    /// After the text of a boundary, before the end of its line.
    Boundary,
    Head,
    /// After the head, before the first byte or the boundary.
    Begin,
    Data,
    End,
}

/// Reads a body piece by piece.
#[derive(Debug)]
pub(crate) struct Parser {
    /// The end of a line, two dashes and the boundary.
    delimiter: Finder<'static>,
    buffer: BytesMut,
    state: State,
}

impl Parser {
    /// For the boundary that the content type names.
    ///
    /// # Errors
    /// 400 for what is no boundary.
    pub(crate) fn new(boundary: &str) -> Result<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte);
        if boundary.is_empty()
            || boundary.len() > 70
            || !boundary.bytes().all(allowed)
            || boundary.ends_with(' ')
        {
            return Err(Error::bad_request(
                "The boundary of the multipart body should be 1 to 70 letters, digits and `'()+_,-./:=?`.",
            ));
        }
        let delimiter = format!("\r\n--{boundary}");
        // The first boundary may have no line before it.
        let buffer = BytesMut::from(&b"\r\n"[..]);
        Ok(Self { delimiter: Finder::new(delimiter.as_bytes()).into_owned(), buffer, state: State::Preamble })
    }

    /// Takes the next piece of the body.
    pub(crate) fn feed(&mut self, piece: &[u8]) {
        if self.state != State::End {
            self.buffer.extend_from_slice(piece);
        }
    }

    /// Says what comes next.
    ///
    /// # Errors
    /// 400 for what is malformed.
    pub(crate) fn next(&mut self) -> Result<Event> {
        loop {
            match self.state {
                State::Preamble => {
                    if !self.data().1 {
                        return Ok(Event::Starving);
                    }
                }
                State::Boundary => {
                    let blank = self.buffer.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                    match self.buffer.get(blank..blank + 2) {
                        Some(b"--") if blank == 0 => {
                            self.buffer.clear();
                            self.state = State::End;
                        }
                        // The end of this line is also that before an empty head.
                        Some(b"\r\n") if blank < LONGEST_BLANK => {
                            self.buffer.advance(blank);
                            self.state = State::Head;
                        }
                        None if blank < LONGEST_BLANK => return Ok(Event::Starving),
                        _ => return Err(no_boundary()),
                    }
                }
                State::Head => {
                    let Some(end) = memchr::memmem::find(&self.buffer, b"\r\n\r\n") else {
                        if self.buffer.len() > LONGEST_HEAD {
                            return Err(bad("has a part with a head of more than 8 KiB"));
                        }
                        return Ok(Event::Starving);
                    };
                    if end > LONGEST_HEAD {
                        return Err(bad("has a part with a head of more than 8 KiB"));
                    }
                    // The line before the content stays: where there is none, it begins the boundary.
                    let head = self.buffer.split_to(end + 2);
                    if self.delimiter.find(&head).is_some() {
                        return Err(no_boundary());
                    }
                    self.state = State::Begin;
                    return Ok(Event::Part(Head::parse(&head[2..])?));
                }
                State::Begin => {
                    let delimiter = self.delimiter.needle();
                    let known = self.buffer.len().min(delimiter.len());
                    if self.buffer[..known] != delimiter[..known] {
                        self.buffer.advance(2);
                    } else if known < delimiter.len() {
                        return Ok(Event::Starving);
                    }
                    self.state = State::Data;
                }
                State::Data => {
                    let (data, _) = self.data();
                    if !data.is_empty() {
                        return Ok(Event::Data(data));
                    }
                    if self.state == State::Data {
                        return Ok(Event::Starving);
                    }
                }
                State::End => return Ok(Event::End),
            }
        }
    }

    /// Bytes up to the next boundary, and whether that was reached.
    fn data(&mut self) -> (Bytes, bool) {
        let needle = self.delimiter.needle().len();
        match self.delimiter.find(&self.buffer) {
            Some(at) => {
                let data = self.buffer.split_to(at).freeze();
                self.buffer.advance(needle);
                self.state = State::Boundary;
                (data, true)
            }
            None => {
                let sure = self.buffer.len().saturating_sub(needle - 1);
                (self.buffer.split_to(sure).freeze(), false)
            }
        }
    }
}

fn no_boundary() -> Error {
    bad("has a line that begins with its boundary and is none")
}

fn bad(problem: &str) -> Error {
    Error::bad_request(format!("The multipart body {problem}."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a body in pieces of this size: names with contents.
    fn read(body: &[u8], size: usize) -> Result<Vec<(String, Vec<u8>)>> {
        let mut parser = Parser::new("b")?;
        let mut pieces = body.chunks(size);
        let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
        loop {
            match parser.next()? {
                Event::Part(head) => parts.push((head.name, Vec::new())),
                Event::Data(data) => parts.last_mut().unwrap().1.extend_from_slice(&data),
                Event::End => return Ok(parts),
                Event::Starving => match pieces.next() {
                    Some(piece) => parser.feed(piece),
                    None => return Err(Error::bad_request("cut")),
                },
            }
        }
    }

    const HEAD: &str = "Content-Disposition: form-data; name=\"a\"";

    #[test]
    fn parts_are_read() {
        for body in [
            format!("--b\r\n{HEAD}\r\n\r\none\r\n--b\r\n{HEAD}\r\n\r\n\r\n--b--"),
            format!(
                "preamble --b\r\n--b  \r\n{HEAD}\r\n\r\none\r\n--b\r\n{HEAD}\r\n\r\n--b--\r\nepilogue --b"
            ),
        ] {
            for size in 1..body.len() + 1 {
                let expected = vec![("a".to_owned(), b"one".to_vec()), ("a".to_owned(), Vec::new())];
                assert_eq!(read(body.as_bytes(), size).unwrap(), expected, "{size}");
            }
        }
        assert_eq!(read(b"--b--", 1).unwrap(), []);
    }

    #[test]
    fn what_is_malformed_is_refused() {
        for (body, expected) in [
            (String::new(), "cut"),
            ("--b".to_owned(), "cut"),
            (
                "--bc\r\n".to_owned(),
                "The multipart body has a line that begins with its boundary and is none.",
            ),
            (
                format!("--b\r\n--b: x\r\n{HEAD}\r\n\r\n\r\n--b--"),
                "The multipart body has a line that begins with its boundary and is none.",
            ),
            (
                format!("--b{}\r\n{HEAD}\r\n\r\n\r\n--b--", " ".repeat(1024)),
                "The multipart body has a line that begins with its boundary and is none.",
            ),
            (format!("--b\r\n{HEAD}\r\n\r\none\r\n--b"), "cut"),
            ("--b\r\n\r\none".to_owned(), "The multipart body has a part without a `Content-Disposition`."),
            (
                format!("--b\r\nx: {}", "y".repeat(9000)),
                "The multipart body has a part with a head of more than 8 KiB.",
            ),
        ] {
            for size in [1, 7, 100_000] {
                assert_eq!(read(body.as_bytes(), size).unwrap_err().detail(), expected);
            }
        }
        for boundary in ["", "a ", "a\"", "ü", &"a".repeat(71)] {
            assert_eq!(Parser::new(boundary).unwrap_err().status(), 400);
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_in_any_pieces(
            parts in proptest::collection::vec(proptest::collection::vec(
                prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'-'), Just(b'a')], 0..20), 0..5),
            size in 1usize..40,
        ) {
            let mut body = Vec::new();
            for part in &parts {
                body.extend_from_slice(format!("--b\r\n{HEAD}\r\n\r\n").as_bytes());
                body.extend_from_slice(part);
                body.extend_from_slice(b"\r\n");
            }
            body.extend_from_slice(b"--b--\r\n");
            let read: Vec<_> = read(&body, size).unwrap().into_iter().map(|(_, data)| data).collect();
            prop_assert_eq!(read, parts);
        }

        #[test]
        fn the_size_of_pieces_changes_nothing(body in "(--b|\r\n|[a: \"-]|Content-Disposition: form-data; name=\"x\"){0,20}", size in 1usize..9) {
            let (whole, pieces) = (read(body.as_bytes(), 10_000), read(body.as_bytes(), size));
            prop_assert_eq!(whole.map_err(|e| e.to_string()), pieces.map_err(|e| e.to_string()));
        }
    }
}
