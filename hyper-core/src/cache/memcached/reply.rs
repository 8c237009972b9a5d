//! What memcached answers, in its meta protocol.

use bytes::{Buf, Bytes, BytesMut};

/// The longest first line of an answer: its words are few and short, and messages are cut.
const LONGEST_LINE: usize = 2048;

/// The largest value that memcached can be told to keep, with `-I 1g`.
const LARGEST: usize = 1 << 30;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// `VA`: a value.
    Value(Bytes),
    /// The same with for how many seconds it will be there, where that was asked for; none is for ever.
    Lasting(Bytes, Option<u64>),
    /// `HD`, `OK`, `MN`: it is done.
    Done,
    /// `NS`, `EX`: not stored, as something is there or is not.
    NotStored,
    /// `EN`, `NF`: nothing is there.
    Nothing,
    /// `ERROR`, `CLIENT_ERROR`, `SERVER_ERROR`, with what it says.
    Error(String),
}

/// This is not memcached, or it answers something else than it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("it does not answer as memcached 1.6 does")
    }
}

impl std::error::Error for Malformed {}

/// Takes one answer from the front; none as long as it is not whole, and then nothing is taken.
pub(super) fn take(buffer: &mut BytesMut) -> Result<Option<Reply>, Malformed> {
    let searched = &buffer[..buffer.len().min(LONGEST_LINE)];
    let Some(end) = memchr::memchr(b'\n', searched) else {
        return if searched.len() == LONGEST_LINE { Err(Malformed) } else { Ok(None) };
    };
    let line = buffer[..end].strip_suffix(b"\r").ok_or(Malformed)?;
    let (word, rest) = match memchr::memchr(b' ', line) {
        Some(space) => (&line[..space], &line[space + 1..]),
        None => (line, &b""[..]),
    };
    let reply = match word {
        b"VA" => {
            let (length, left) = (length(rest)?, left(rest)?);
            return value(buffer, end + 1, length, left);
        }
        b"HD" | b"OK" | b"MN" => Reply::Done,
        b"NS" | b"EX" => Reply::NotStored,
        b"EN" | b"NF" => Reply::Nothing,
        b"ERROR" | b"CLIENT_ERROR" | b"SERVER_ERROR" => {
            Reply::Error(String::from_utf8_lossy(line).into_owned())
        }
        _ => return Err(Malformed),
    };
    buffer.advance(end + 1);
    Ok(Some(reply))
}

/// The length of a value: the first word after `VA`. Flags follow it.
fn length(rest: &[u8]) -> Result<usize, Malformed> {
    let digits = rest.split(|byte| *byte == b' ').next().unwrap_or(rest);
    if digits.is_empty() || digits.len() > 10 || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Malformed);
    }
    let length = digits.iter().fold(0, |sum: usize, digit| sum * 10 + usize::from(digit - b'0'));
    if length <= LARGEST { Ok(length) } else { Err(Malformed) }
}

/// The flag `t` of a value: seconds, or -1 for ever.
fn left(rest: &[u8]) -> Result<Option<Option<u64>>, Malformed> {
    let flag = rest.split(|byte| *byte == b' ').skip(1).find_map(|flag| flag.strip_prefix(b"t"));
    let Some(seconds) = flag else { return Ok(None) };
    match std::str::from_utf8(seconds).ok().and_then(|seconds| seconds.parse::<i64>().ok()) {
        Some(-1) => Ok(Some(None)),
        Some(seconds) => u64::try_from(seconds).map(|seconds| Some(Some(seconds))).map_err(|_| Malformed),
        None => Err(Malformed),
    }
}

fn value(
    buffer: &mut BytesMut,
    begin: usize,
    length: usize,
    left: Option<Option<u64>>,
) -> Result<Option<Reply>, Malformed> {
    let end = begin + length;
    if buffer.len() < end + 2 {
        // So that it is not moved again and again as it grows, and no more than comes.
        buffer.reserve((end + 2 - buffer.len()).min(1 << 20));
        return Ok(None);
    }
    if buffer[end..end + 2] != *b"\r\n" {
        return Err(Malformed);
    }
    // A copy: what is kept should not keep the whole buffer.
    let value = Bytes::copy_from_slice(&buffer[begin..end]);
    buffer.advance(end + 2);
    Ok(Some(match left {
        None => Reply::Value(value),
        Some(left) => Reply::Lasting(value, left),
    }))
}

/// For fuzzing: the answers are the same however they arrive, none comes of less than itself, and no more is taken than was there.
pub fn fuzz(data: &[u8]) -> u64 {
    let mut whole = BytesMut::from(data);
    let mut at_once = Vec::new();
    let end = loop {
        let before = whole.len();
        match take(&mut whole) {
            Ok(Some(reply)) => {
                assert!(whole.len() < before, "an answer of nothing");
                at_once.push(reply);
            }
            other => {
                assert_eq!(whole.len(), before, "nothing was answered and something taken");
                break other.is_err();
            }
        }
    };
    let (mut part, mut in_parts, mut failed) = (BytesMut::new(), Vec::new(), false);
    for byte in data {
        part.extend_from_slice(&[*byte]);
        match take(&mut part) {
            Ok(Some(reply)) => in_parts.push(reply),
            Ok(None) => {}
            Err(Malformed) => {
                failed = true;
                break;
            }
        }
    }
    assert_eq!((&at_once, end), (&in_parts, failed));
    let sorts = at_once.iter().fold(0, |sorts, reply| {
        sorts
            | match reply {
                Reply::Value(value) if value.is_empty() => 1,
                Reply::Value(_) => 2,
                Reply::Done => 4,
                Reply::NotStored => 8,
                Reply::Nothing => 16,
                Reply::Error(_) => 32,
                Reply::Lasting(..) => 64,
            }
    });
    crate::fuzz::kind([sorts, u64::from(end), crate::fuzz::about(at_once.len())])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &[u8]) -> (Vec<Reply>, usize, bool) {
        let mut buffer = BytesMut::from(text);
        let mut replies = Vec::new();
        loop {
            match take(&mut buffer) {
                Ok(Some(reply)) => replies.push(reply),
                Ok(None) => return (replies, buffer.len(), false),
                Err(Malformed) => return (replies, buffer.len(), true),
            }
        }
    }

    #[test]
    fn what_memcached_says_is_understood() {
        let text = b"HD\r\nVA 2 t-1 c7\r\nab\r\nVA 0\r\n\r\nVA 1 t60\r\nc\r\nNS\r\nEX\r\nEN\r\nNF\r\nMN\r\nOK\r\nERROR\r\n\
                     SERVER_ERROR object too large for cache\r\nVA 3\r\n\r\n1\r";
        let error = |text: &str| Reply::Error(text.to_owned());
        let expected = [
            Reply::Done,
            Reply::Lasting("ab".into(), None),
            Reply::Value("".into()),
            Reply::Lasting("c".into(), Some(60)),
            Reply::NotStored,
            Reply::NotStored,
            Reply::Nothing,
            Reply::Nothing,
            Reply::Done,
            Reply::Done,
            error("ERROR"),
            error("SERVER_ERROR object too large for cache"),
        ];
        assert_eq!(all(text), (expected.to_vec(), 10, false));
    }

    #[test]
    fn what_is_not_memcached_is_told() {
        for text in [
            "HTTP/1.1 400 Bad Request\r\n",
            "+PONG\r\n",
            "HD\n",
            "VA\r\n",
            "VA -1\r\n",
            "VA 1\r\nabc",
            "VA 99999999999\r\n",
            "VA 1 t-2\r\na\r\n",
            "VA 1 t\r\na\r\n",
        ] {
            assert!(all(text.as_bytes()).2, "{text:?}");
        }
        assert!(all(&[b'x'; 3000]).2);
    }

    proptest! {
        #[test]
        fn answers_are_the_same_however_they_arrive(bytes in "(HD|EN|VA [0-9]{1,2}( t-?[0-9])?|MN|x|\r\n|a|ERROR e| ){0,20}") {
            fuzz(bytes.as_bytes());
        }

        #[test]
        fn values_are_whole(value in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut text = format!("VA {}\r\n", value.len()).into_bytes();
            text.extend_from_slice(&value);
            text.extend_from_slice(b"\r\nHD\r\n");
            prop_assert_eq!(all(&text), (vec![Reply::Value(value.into()), Reply::Done], 0, false));
        }
    }
}
