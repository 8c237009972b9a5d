//! Where each request ends, found out before hyper sees its bytes.
//!
//! hyper's parser takes heads that a proxy in front may read differently: lines that end in a bare
//! LF, `Content-Length` beside `Transfer-Encoding`, codings it does not undo, no `Host` or two. Two
//! readings of one byte sequence are how requests are smuggled, so there is one here, the strict one:
//! what passes has the same end for everybody. It costs a look at each line, and a body nothing.

use super::connection::MAX_HEADER_SIZE;
use super::head::{Body, Head, trim};
use super::refusal::Refusal;

/// Follows the bytes of a connection from request to request.
#[derive(Debug, Default)]
pub(super) struct Framing {
    at: At,
    head: Head,
    /// The beginning of a line whose end has not come yet.
    partial: Vec<u8>,
}

/// What the next byte belongs to.
#[derive(Debug, Clone, Copy, Default)]
enum At {
    #[default]
    Head,
    /// A body of which this much is missing.
    Body(u64),
    ChunkSize,
    Chunk(u64),
    /// The line break behind a chunk.
    ChunkEnd,
    Trailers,
    Refused,
}

impl Framing {
    /// Goes on by `bytes`. Returns how many of them may pass; fewer than all means that the
    /// connection is over, and why.
    #[inline]
    pub(super) fn advance(&mut self, bytes: &[u8]) -> (usize, Option<Refusal>) {
        let mut passed = 0;
        while let Some(rest @ [_, ..]) = bytes.get(passed..) {
            match self.at {
                At::Body(left) | At::Chunk(left) => passed += self.pass_data(left, rest.len()),
                At::Refused => break,
                At::Head if self.partial.is_empty() => {
                    let (lines, body) = self.head.lines(rest);
                    passed += lines;
                    match body {
                        Ok(Some(body)) => self.begin_body(body),
                        Ok(None) if passed == bytes.len() => {}
                        Ok(None) => {
                            let why = self.keep(&bytes[passed..]);
                            return why.map_or((bytes.len(), None), |why| (passed, Some(why)));
                        }
                        Err(refusal) => {
                            self.at = At::Refused;
                            return (passed, Some(refusal));
                        }
                    }
                }
                At::Head | At::ChunkSize | At::ChunkEnd | At::Trailers => {
                    let Some(end) = memchr::memchr(b'\n', rest) else {
                        return self.keep(rest).map_or((bytes.len(), None), |why| (passed, Some(why)));
                    };
                    let line = &rest[..end];
                    let result =
                        if self.partial.is_empty() { self.line(line) } else { self.rest_of_line(line) };
                    if let Err(refusal) = result {
                        self.at = At::Refused;
                        return (passed + end, Some(refusal));
                    }
                    passed += end + 1;
                }
            }
        }
        (passed, None)
    }

    /// Whether every byte so far belongs to a request that is complete.
    #[inline]
    pub(super) fn is_between_requests(&self) -> bool {
        matches!(self.at, At::Head) && !self.head.has_started() && self.partial.is_empty()
    }

    /// The head is complete.
    #[inline]
    fn begin_body(&mut self, body: Body) {
        self.head = Head::default();
        self.at = match body {
            Body::Bytes(0) => At::Head,
            Body::Bytes(length) => At::Body(length),
            Body::Chunks => At::ChunkSize,
        };
    }

    fn pass_data(&mut self, left: u64, available: usize) -> usize {
        let passed = usize::try_from(left).map_or(available, |left| left.min(available));
        let left = left - passed as u64;
        self.at = match self.at {
            At::Chunk(_) if left == 0 => At::ChunkEnd,
            At::Chunk(_) => At::Chunk(left),
            _ if left == 0 => At::Head,
            _ => At::Body(left),
        };
        passed
    }

    /// Keeps a line whose end has not come; no line is longer than a head.
    #[cold]
    fn keep(&mut self, beginning: &[u8]) -> Option<Refusal> {
        if self.partial.len() + beginning.len() > MAX_HEADER_SIZE {
            let in_head = matches!(self.at, At::Head);
            self.at = At::Refused;
            return Some(if in_head { Refusal::HeadTooLarge } else { Refusal::Chunks });
        }
        self.partial.extend_from_slice(beginning);
        None
    }

    #[cold]
    fn rest_of_line(&mut self, rest: &[u8]) -> Result<(), Refusal> {
        let mut line = std::mem::take(&mut self.partial);
        line.extend_from_slice(rest);
        self.line(&line)
    }

    /// A line without its LF.
    #[inline]
    fn line(&mut self, line: &[u8]) -> Result<(), Refusal> {
        let Some(line) = line.strip_suffix(b"\r") else {
            return Err(if matches!(self.at, At::Head) { Refusal::BareLineFeed } else { Refusal::Chunks });
        };
        if matches!(self.at, At::Head) {
            if let Some(body) = self.head.line(line)? {
                self.begin_body(body);
            }
            return Ok(());
        }
        self.at = match self.at {
            At::ChunkSize if line.len() > MAX_HEADER_SIZE => return Err(Refusal::Chunks),
            // In an extension or a trailer, some readers take it for the end of the line.
            At::ChunkSize | At::Trailers if line.contains(&b'\r') => return Err(Refusal::Chunks),
            At::ChunkSize => match chunk_size(line).ok_or(Refusal::Chunks)? {
                0 => At::Trailers,
                size => At::Chunk(size),
            },
            At::ChunkEnd if line.is_empty() => At::ChunkSize,
            At::ChunkEnd => return Err(Refusal::Chunks),
            At::Trailers if line.is_empty() => At::Head,
            at => at,
        };
        Ok(())
    }
}

/// The size at the beginning of a line, behind which an extension may stand.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (size, rest) = line.split_at(digits);
    // With zeros before it a number may have more, and readers that count in 64 bits may lose some of them.
    if digits > 16 {
        return None;
    }
    if !trim(rest).is_empty() && !trim(rest).starts_with(b";") {
        return None;
    }
    u64::from_str_radix(str::from_utf8(size).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What passes when the bytes come in these pieces, and whether a request is unfinished.
    fn pass(bytes: &[u8], piece: usize) -> (usize, Option<Refusal>, bool) {
        let mut framing = Framing::default();
        let mut passed = 0;
        for piece in bytes.chunks(piece.max(1)) {
            let (count, refusal) = framing.advance(piece);
            passed += count;
            if refusal.is_some() {
                return (passed, refusal, false);
            }
        }
        (passed, None, framing.is_between_requests())
    }

    #[test]
    fn requests_end_where_they_say() {
        for request in [
            "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
            "\r\n\r\nGET / HTTP/1.1\r\nHOST:a\r\n\r\n",
            "GET / HTTP/1.0\r\n\r\n",
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\n\n\n\n",
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3;a=b\r\n\n\n\n\r\n0\r\nx: y\r\n\r\n",
        ] {
            let twice = request.repeat(2);
            for piece in [1, 2, 3, 7, twice.len()] {
                assert_eq!(pass(twice.as_bytes(), piece), (twice.len(), None, true), "{request:?}");
            }
            let cut = &twice.as_bytes()[..twice.len() - 1];
            assert_eq!(pass(cut, cut.len()), (cut.len(), None, false), "{request:?}");
        }
    }

    #[test]
    fn a_head_is_stopped_before_its_end() {
        let refusal = |head: &str| pass(head.as_bytes(), head.len()).1.unwrap();
        assert_eq!(refusal("GET / HTTP/1.1\n"), Refusal::BareLineFeed);
        assert_eq!(refusal("GET / HTTP/1.1\r\nhost: a\r\n\n"), Refusal::BareLineFeed);
        assert_eq!(refusal("GET / HTTP/1.1\r\n\r\n"), Refusal::NoHost);
        assert_eq!(refusal("GET / HTTP/1.1\r\nhost: a\r\nhost: a\r\n"), Refusal::TwoHosts);
        assert_eq!(refusal("GET / HTTP/1.1\r\nhost: a/b\r\n"), Refusal::Host);
        let with = |fields: &str| refusal(&format!("GET / HTTP/1.1\r\nhost: a\r\n{fields}\r\n\r\n"));
        for length in ["+1", "-1", "1 1", "0x1", "", "1,1", "9223372036854775808", "\u{b}1", "1.0"] {
            assert_eq!(with(&format!("content-length: {length}")), Refusal::Length, "{length:?}");
        }
        assert_eq!(with("content-length: 1\r\nContent-Length: 1"), Refusal::TwoLengths);
        assert_eq!(with("content-length: 1\r\ntransfer-encoding: chunked"), Refusal::LengthAndCoding);
        for codings in ["", "identity", "chunked, gzip", "chunked, chunked", "\u{b}chunkedx", "chunked,"] {
            assert_eq!(
                with(&format!("transfer-encoding: {codings}")),
                Refusal::NotChunkedAtLast,
                "{codings:?}"
            );
        }
        assert_eq!(with("transfer-encoding: gzip, chunked"), Refusal::Coding);
        assert_eq!(
            with("transfer-encoding: chunked\r\ntransfer-encoding: chunked"),
            Refusal::NotChunkedAtLast
        );
        assert_eq!(refusal("GET / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n"), Refusal::CodingIn10);
        assert_eq!(refusal(&"x".repeat(MAX_HEADER_SIZE + 1)), Refusal::HeadTooLarge);
    }

    #[test]
    fn lines_of_a_chunked_body_end_in_one_way() {
        let head = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";
        for (rest, expected) in [
            ("1;a=b\r\nx\r\n0\r\na: b\r\n\r\n", None),
            ("1;a\rb\r\nx\r\n0\r\n\r\n", Some(Refusal::Chunks)),
            ("1\r\r\nx\r\n0\r\n\r\n", Some(Refusal::Chunks)),
            ("1;a\nx\r\n0\r\n\r\n", Some(Refusal::Chunks)),
            ("0\r\na: b\rc: d\r\n\r\n", Some(Refusal::Chunks)),
            ("0\r\na: b\n\r\n", Some(Refusal::Chunks)),
        ] {
            let bytes = format!("{head}{rest}");
            for piece in [1, 3, bytes.len()] {
                assert_eq!(pass(bytes.as_bytes(), piece).1, expected, "{rest:?}");
            }
        }
    }

    #[test]
    fn sizes_of_chunks_are_hexadecimal_and_nothing_else() {
        for (line, size) in [("0", 0), ("a", 10), ("0A", 10), ("1;x=y", 1), ("1 ; x", 1), ("1 ", 1)] {
            assert_eq!(chunk_size(line.as_bytes()), Some(size), "{line}");
        }
        for line in [
            "",
            " 1",
            "+1",
            "-1",
            "0x1",
            "g",
            ";x",
            "1 1",
            "10000000000000000",
            "00000000000000001",
            "1\r",
            "1,",
        ] {
            assert_eq!(chunk_size(line.as_bytes()), None, "{line}");
        }
    }

    proptest! {
        /// How the bytes are cut into pieces changes nothing, except that a line too long is seen early.
        #[test]
        fn pieces_do_not_matter(
            tokens in prop::collection::vec(prop::sample::select(vec![
                "GET / HTTP/1.1\r\n", "GET / HTTP/1.0\r\n", "host: a\r\n", "content-length: 2\r\n", "\r\n", "\n", "ab",
                "transfer-encoding: chunked\r\n", "1\r\n", "x\r\n", "0\r\n\r\n", "Host: b\r\n\r\n", "\r", ":", "\0",
            ]), 0..20),
            piece in 1..9_usize,
        ) {
            let bytes = tokens.concat();
            prop_assert_eq!(pass(bytes.as_bytes(), piece), pass(bytes.as_bytes(), bytes.len()));
        }
    }
}
