//! Where each request ends, found out before hyper sees its bytes.
//!
//! hyper's parser takes heads that a proxy in front may read differently: lines that end in a bare
//! LF, `Content-Length` beside `Transfer-Encoding`, codings it does not undo, no `Host` or two. Two
//! readings of one byte sequence are how requests are smuggled, so there is one here, the strict one:
//! what passes has the same end for everybody. It costs a look at each line, and a body nothing.

use super::connection::MAX_HEADER_SIZE;
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

/// What a head has said so far.
#[derive(Debug, Clone, Copy, Default)]
struct Head {
    started: bool,
    is_1_1: bool,
    has_host: bool,
    chunked: bool,
    length: Option<u64>,
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
        matches!(self.at, At::Head) && !self.head.started && self.partial.is_empty()
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
            return self.head.line(line).map(|end| {
                if let Some(at) = end {
                    self.at = at;
                    self.head = Head::default();
                }
            });
        }
        self.at = match self.at {
            At::ChunkSize if line.len() > MAX_HEADER_SIZE => return Err(Refusal::Chunks),
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

impl Head {
    /// A line of the head; what follows the head, if this was its end.
    #[inline]
    fn line(&mut self, line: &[u8]) -> Result<Option<At>, Refusal> {
        if !self.started {
            // An empty line before a request is a client's slip, and allowed.
            self.started = !line.is_empty();
            self.is_1_1 = line.ends_with(b" HTTP/1.1");
            return if has_odd_target(line) { Err(Refusal::Target) } else { Ok(None) };
        }
        match line {
            [] => return self.end().map(Some),
            [b'h' | b'H', b'o' | b'O', b's' | b'S', b't' | b'T', b':', host @ ..] => self.host(trim(host))?,
            // The place of the colon tells nearly all other fields apart.
            [b'c' | b'C', ..] if line.get(14) == Some(&b':') => self.length(line)?,
            [b't' | b'T', ..] if line.get(17) == Some(&b':') => self.codings(line)?,
            _ => {}
        }
        Ok(None)
    }

    fn host(&mut self, host: &[u8]) -> Result<(), Refusal> {
        if self.has_host {
            return Err(Refusal::TwoHosts);
        }
        self.has_host = true;
        if host.iter().all(|byte| IN_HOST[usize::from(*byte)]) { Ok(()) } else { Err(Refusal::Host) }
    }

    #[cold]
    fn length(&mut self, line: &[u8]) -> Result<(), Refusal> {
        let Some(length) = value(line, b"content-length") else { return Ok(()) };
        // The same length twice is a client in doubt; the sender may not do it, so nobody has to guess.
        let digits =
            str::from_utf8(length).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        // Others count in 63 bits.
        let length: i64 = digits.and_then(|digits| digits.parse().ok()).ok_or(Refusal::Length)?;
        if self.length.replace(length.unsigned_abs()).is_some() { Err(Refusal::TwoLengths) } else { Ok(()) }
    }

    #[cold]
    fn codings(&mut self, line: &[u8]) -> Result<(), Refusal> {
        let Some(codings) = value(line, b"transfer-encoding") else { return Ok(()) };
        let mut names = codings.split(|byte| *byte == b',').map(trim);
        let is_chunked = |name: &[u8]| name.eq_ignore_ascii_case(b"chunked");
        if self.chunked || !names.next_back().is_some_and(is_chunked) || names.clone().any(is_chunked) {
            return Err(Refusal::NotChunkedAtLast);
        }
        if names.next().is_some() {
            return Err(Refusal::Coding);
        }
        self.chunked = true;
        Ok(())
    }

    fn end(&self) -> Result<At, Refusal> {
        if self.is_1_1 && !self.has_host {
            return Err(Refusal::NoHost);
        }
        match (self.chunked, self.length) {
            (true, Some(_)) => Err(Refusal::LengthAndCoding),
            (true, None) if !self.is_1_1 => Err(Refusal::CodingIn10),
            (true, None) => Ok(At::ChunkSize),
            (false, None | Some(0)) => Ok(At::Head),
            (false, Some(length)) => Ok(At::Body(length)),
        }
    }
}

/// Whether the target of a request line is neither a path nor something that has its place (RFC 9112, 3.2).
#[inline]
fn has_odd_target(line: &[u8]) -> bool {
    let target = memchr::memchr(b' ', line).map_or(&[][..], |space| &line[space + 1..]);
    target.first() != Some(&b'/') && !line.is_empty() && is_odd_target(line, target)
}

#[cold]
fn is_odd_target(line: &[u8], target: &[u8]) -> bool {
    // Where hyper's own answer is the better one, it shall give it.
    let is_known = target.starts_with(b"* ") || target.windows(3).any(|part| part == b"://");
    !is_known
        && !line.starts_with(b"CONNECT ")
        && (target.ends_with(b" HTTP/1.1") || target.ends_with(b" HTTP/1.0"))
}

/// The value of a line, if the field has this name.
fn value<'l>(line: &'l [u8], name: &[u8]) -> Option<&'l [u8]> {
    let (field, rest) = line.split_at_checked(name.len())?;
    let value = rest.strip_prefix(b":")?;
    field.eq_ignore_ascii_case(name).then(|| trim(value))
}

/// Without the blanks around it. Others than space and tab are no blanks, as `str::trim` has it.
fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// The size at the beginning of a line, behind which an extension may stand.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (size, rest) = line.split_at(digits);
    if !trim(rest).is_empty() && !trim(rest).starts_with(b";") {
        return None;
    }
    u64::from_str_radix(str::from_utf8(size).ok()?, 16).ok()
}

/// What a host and its port are made of (RFC 3986, 3.2.2).
static IN_HOST: [bool; 256] = {
    let mut table = [false; 256];
    let allowed = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=%:[]";
    let mut i = 0;
    while i < allowed.len() {
        table[allowed[i] as usize] = true;
        i += 1;
    }
    table
};

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
    fn sizes_of_chunks_are_hexadecimal_and_nothing_else() {
        for (line, size) in [("0", 0), ("a", 10), ("0A", 10), ("1;x=y", 1), ("1 ; x", 1), ("1 ", 1)] {
            assert_eq!(chunk_size(line.as_bytes()), Some(size), "{line}");
        }
        for line in ["", " 1", "+1", "-1", "0x1", "g", ";x", "1 1", "10000000000000000", "1\r", "1,"] {
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
