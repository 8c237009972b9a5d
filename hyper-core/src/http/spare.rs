//! The header map of an answer, used again.
//!
//! hyper keeps the map of an answer for the next request. Here the map of a request is kept for the next answer of the
//! thread, so that neither is allocated anew.

use std::cell::Cell;

use http::HeaderMap;

/// One that has grown larger is given back: it would be cleared at this size from then on.
const MAX_FIELDS: usize = 64;

thread_local! {
    static SPARE: Cell<Option<HeaderMap>> = const { Cell::new(None) };
}

/// An empty map.
#[inline]
pub(super) fn take() -> HeaderMap {
    SPARE.try_with(Cell::take).ok().flatten().unwrap_or_default()
}

/// Keeps what is not needed any more.
#[inline]
pub(crate) fn keep(mut headers: HeaderMap) {
    if headers.capacity() <= MAX_FIELDS {
        headers.clear();
        let _ = SPARE.try_with(|spare| spare.set(Some(headers)));
    }
}

#[cfg(test)]
mod tests {
    use http::header::{COOKIE, HeaderValue};

    use super::*;

    #[test]
    fn nothing_of_a_request_is_left() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static("session=1"));
        headers.append(COOKIE, HeaderValue::from_static("session=2"));
        let capacity = headers.capacity();
        keep(headers);
        let spare = take();
        assert_eq!((spare.len(), spare.capacity()), (0, capacity));
        assert_eq!(take().capacity(), 0);
        keep(HeaderMap::with_capacity(MAX_FIELDS + 1));
        assert_eq!(take().capacity(), 0);
    }
}
