//! What must hold for the framing of requests whatever bytes come.

use super::framing::Framing;
use crate::fuzz::{about, kind};

/// What passes when the bytes come in pieces of this size, why no more does, and whether no request is unfinished.
fn pass(data: &[u8], piece: usize) -> (usize, String, bool) {
    let mut framing = Framing::default();
    let mut passed = 0;
    for piece in data.chunks(piece) {
        let (count, refusal) = framing.advance(piece);
        assert!(count <= piece.len(), "more passes than there is");
        assert!(count == piece.len() || refusal.is_some(), "less passes, and nothing says why");
        passed += count;
        if let Some(refusal) = refusal {
            return (passed, format!("{refusal:?}"), false);
        }
    }
    (passed, String::new(), framing.is_between_requests())
}

/// How a request ends for hyper.
enum End {
    At(usize),
    /// There is more to come, or the head is refused.
    Elsewhere,
    /// A chunk is malformed.
    Refused,
}

/// Where the requests of some bytes end, as the parser of hyper reads them, and how the rest does.
fn ends(data: &[u8]) -> (Vec<usize>, End) {
    let (mut ends, mut at) = (Vec::new(), 0);
    loop {
        match end_of_request(&data[at..]) {
            End::At(end) => at += end,
            other => return (ends, other),
        }
        ends.push(at);
    }
}

fn end_of_request(data: &[u8]) -> End {
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut fields);
    let Ok(httparse::Status::Complete(head)) = request.parse(data) else { return End::Elsewhere };
    let values = |name: &str| {
        let fields = request.headers.iter().filter(|field| field.name.eq_ignore_ascii_case(name));
        fields.map(|field| String::from_utf8_lossy(field.value).to_ascii_lowercase()).collect::<Vec<_>>()
    };
    match (&values("content-length")[..], &values("transfer-encoding")[..]) {
        ([], []) => End::At(head),
        ([length], []) => match length.trim().parse().ok().and_then(|length| head.checked_add(length)) {
            Some(end) if end <= data.len() => End::At(end),
            _ => End::Elsewhere,
        },
        ([], [coding]) if coding.trim() == "chunked" => end_of_chunks(data, head),
        _ => End::Elsewhere,
    }
}

fn end_of_chunks(data: &[u8], mut at: usize) -> End {
    loop {
        let size = match httparse::parse_chunk_size(&data[at..]) {
            Ok(httparse::Status::Complete((line, size))) => {
                at += line;
                size
            }
            Ok(httparse::Status::Partial) => return End::Elsewhere,
            Err(_) => return End::Refused,
        };
        if size == 0 {
            break;
        }
        let end = usize::try_from(size).ok().and_then(|size| at.checked_add(size));
        match end.and_then(|end| data.get(end..)) {
            Some([b'\r', b'\n', ..]) => at = data.len().min(at + size as usize + 2),
            Some([] | [b'\r']) | None => return End::Elsewhere,
            Some(_) => return End::Refused,
        }
    }
    let mut fields = [httparse::EMPTY_HEADER; 64];
    match httparse::parse_headers(&data[at..], &mut fields) {
        Ok(httparse::Status::Complete((trailers, _))) => End::At(at + trailers),
        _ => End::Elsewhere,
    }
}

/// How the bytes are cut into pieces changes nothing, never more of them pass than there are, a request ends where hyper
/// takes it to end, and chunks that hyper refuses are refused.
pub fn framing(data: &[u8]) -> u64 {
    // Beyond, a line that is too long is seen early when it comes in pieces.
    let data = &data[..data.len().min(4096)];
    let whole = pass(data, data.len().max(1));
    for piece in [1, 2, 3, 7, 64] {
        assert_eq!(pass(data, piece), whole, "in pieces of {piece}");
    }
    let (ends, then) = ends(data);
    if matches!(then, End::Refused) {
        // At the end of the line at the latest.
        let ended = [data, b"\r\n"].concat();
        assert!(!pass(&ended, ended.len()).1.is_empty(), "{}", data.escape_ascii());
    }
    for end in &ends {
        let (passed, refusal, is_between) = pass(&data[..*end], data.len());
        if !refusal.is_empty() {
            break;
        }
        assert!(passed == *end && is_between, "{}", data[..*end].escape_ascii());
        let (.., is_between) = pass(&data[..end - 1], data.len());
        assert!(!is_between || ends.contains(&(end - 1)), "{}", data[..*end].escape_ascii());
    }
    let refusal = whole.1.bytes().map(u64::from);
    kind(refusal.chain([
        u64::from(whole.2),
        about(ends.len()),
        about(data.windows(4).filter(|four| four == b"\r\n\r\n").count()),
    ]))
}
