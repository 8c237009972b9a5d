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

/// Where the requests of some bytes end, as the parser of hyper reads them; those it refuses end them too.
fn ends(data: &[u8]) -> Vec<usize> {
    let (mut ends, mut at) = (Vec::new(), 0);
    while let Some(end) = end_of_request(&data[at..]) {
        at += end;
        ends.push(at);
    }
    ends
}

fn end_of_request(data: &[u8]) -> Option<usize> {
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut fields);
    let Ok(httparse::Status::Complete(head)) = request.parse(data) else { return None };
    let values = |name: &str| {
        let fields = request.headers.iter().filter(|field| field.name.eq_ignore_ascii_case(name));
        fields.map(|field| String::from_utf8_lossy(field.value).to_ascii_lowercase()).collect::<Vec<_>>()
    };
    let (lengths, codings) = (values("content-length"), values("transfer-encoding"));
    match (&lengths[..], &codings[..]) {
        ([], []) => Some(head),
        ([length], []) => head.checked_add(length.trim().parse().ok()?).filter(|end| *end <= data.len()),
        ([], [coding]) if coding.trim() == "chunked" => {
            let mut at = head;
            loop {
                let Ok(httparse::Status::Complete((line, size))) = httparse::parse_chunk_size(&data[at..])
                else {
                    return None;
                };
                at += line;
                if size == 0 {
                    break;
                }
                at = at.checked_add(usize::try_from(size).ok()?)?;
                at = (data.get(at..at.checked_add(2)?)? == b"\r\n").then_some(at + 2)?;
            }
            let mut fields = [httparse::EMPTY_HEADER; 64];
            match httparse::parse_headers(&data[at..], &mut fields) {
                Ok(httparse::Status::Complete((trailers, _))) => Some(at + trailers),
                _ => None,
            }
        }
        _ => None,
    }
}

/// How the bytes are cut into pieces changes nothing, never more of them pass than there are, and a request ends where
/// hyper takes it to end.
pub fn framing(data: &[u8]) -> u64 {
    // Beyond, a line that is too long is seen early when it comes in pieces.
    let data = &data[..data.len().min(4096)];
    let whole = pass(data, data.len().max(1));
    for piece in [1, 2, 3, 7, 64] {
        assert_eq!(pass(data, piece), whole, "in pieces of {piece}");
    }
    let ends = ends(data);
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
