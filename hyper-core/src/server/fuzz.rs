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

/// How the bytes are cut into pieces changes nothing, and never more of them pass than there are.
pub fn framing(data: &[u8]) -> u64 {
    // Beyond, a line that is too long is seen early when it comes in pieces.
    let data = &data[..data.len().min(4096)];
    let whole = pass(data, data.len().max(1));
    for piece in [1, 2, 3, 7, 64] {
        assert_eq!(pass(data, piece), whole, "in pieces of {piece}");
    }
    let refusal = whole.1.bytes().map(u64::from);
    kind(
        refusal
            .chain([u64::from(whole.2), about(data.windows(4).filter(|four| four == b"\r\n\r\n").count())]),
    )
}
