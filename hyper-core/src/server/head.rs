//! The head of a request, as far as it says where the request ends and whom it is for.

use http::header::{HOST, HeaderValue};
use hyper::body::Incoming;

use super::connection::MAX_HEADER_SIZE;
use super::refusal::Refusal;

/// What follows a head.
#[derive(Debug, Clone, Copy)]
pub(super) enum Body {
    Bytes(u64),
    Chunks,
}

/// What a head has said so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Head {
    /// How many bytes it has.
    size: usize,
    started: bool,
    is_1_1: bool,
    has_host: bool,
    chunked: bool,
    length: Option<u64>,
}

impl Head {
    #[inline]
    pub(super) fn has_started(&self) -> bool {
        self.started
    }

    /// Goes through whole lines: how many bytes they have, and what follows the head, if they end it.
    #[inline]
    pub(super) fn lines(&mut self, bytes: &[u8]) -> (usize, Result<Option<Body>, Refusal>) {
        let mut end = 0;
        loop {
            let rest = &bytes[end..];
            // The end, found without looking for it.
            if self.started && rest.starts_with(b"\r\n") {
                let body = self.end();
                // hyper does not get to see the end of a head that is refused.
                return (end + if body.is_ok() { 2 } else { 1 }, body.map(Some));
            }
            let Some(length) = memchr::memchr(b'\n', rest) else { return (end, Ok(None)) };
            let done = match rest[..length].strip_suffix(b"\r") {
                Some(line) => self.line(line),
                None => Err(Refusal::BareLineFeed),
            };
            if done.is_err() {
                return (end + length, done);
            }
            end += length + 1;
        }
    }

    /// A line of the head, without its end; the body that follows, if this was the last.
    #[inline]
    pub(super) fn line(&mut self, line: &[u8]) -> Result<Option<Body>, Refusal> {
        self.size += line.len() + 2;
        if self.size > MAX_HEADER_SIZE {
            return Err(Refusal::HeadTooLarge);
        }
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

    #[inline]
    fn host(&mut self, host: &[u8]) -> Result<(), Refusal> {
        if self.has_host {
            return Err(Refusal::TwoHosts);
        }
        self.has_host = true;
        if host.iter().fold(true, |valid, byte| valid & IN_HOST[usize::from(*byte)]) {
            Ok(())
        } else {
            Err(Refusal::Host)
        }
    }

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

    #[inline]
    fn end(&self) -> Result<Body, Refusal> {
        if self.is_1_1 && !self.has_host {
            return Err(Refusal::NoHost);
        }
        match (self.chunked, self.length) {
            (true, Some(_)) => Err(Refusal::LengthAndCoding),
            (true, None) if !self.is_1_1 => Err(Refusal::CodingIn10),
            (true, None) => Ok(Body::Chunks),
            (false, length) => Ok(Body::Bytes(length.unwrap_or(0))),
        }
    }
}

/// Whether the target of a request line is neither a path nor something that has its place (RFC 9112, 3.2).
#[inline]
fn has_odd_target(line: &[u8]) -> bool {
    let target = line.iter().position(|byte| *byte == b' ').map_or(&[][..], |space| &line[space + 1..]);
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
pub(super) fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
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

/// A target that names a host is right about it, whatever the `Host` field says (RFC 9112, 3.2.2).
#[cold]
pub(super) fn take_host_from_target(request: &mut http::Request<Incoming>) {
    let authority = request.uri().authority().map_or("", |authority| authority.as_str());
    let host = authority.rsplit('@').next().unwrap_or_default();
    if let Ok(host) = HeaderValue::from_str(host) {
        request.headers_mut().insert(HOST, host);
    }
}
