//! Which encodings a client accepts (RFC 9110, 12.5.3).

use http::HeaderMap;
use http::header::{ACCEPT_ENCODING, HeaderValue};

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `gzip`; feature `gzip`.
    Gzip,
    /// `br`; feature `brotli`.
    Brotli,
    /// `zstd`; feature `zstd`.
    Zstd,
}

impl Encoding {
    /// Those that are compiled in, the best first: zstd, which is both small and fast, brotli, gzip.
    pub const AVAILABLE: &'static [Self] = &[
        #[cfg(feature = "zstd")]
        Self::Zstd,
        #[cfg(feature = "brotli")]
        Self::Brotli,
        #[cfg(feature = "gzip")]
        Self::Gzip,
    ];

    /// As it is named in header fields.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    pub(super) const fn header(self) -> HeaderValue {
        HeaderValue::from_static(self.name())
    }
}

/// What `Accept-Encoding` says of each encoding, in thousandths; 0 is not accepted.
///
/// ```
/// use hyper_core::middleware::{AcceptedEncodings, Encoding};
///
/// let accepted = AcceptedEncodings::parse("br;q=0.5, gzip, *;q=0");
/// assert_eq!(accepted.best(&[Encoding::Zstd, Encoding::Brotli, Encoding::Gzip]), Some(Encoding::Gzip));
/// assert_eq!(AcceptedEncodings::parse("identity, gzip;q=0.5").best(&[Encoding::Gzip]), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AcceptedEncodings {
    gzip: Option<u16>,
    brotli: Option<u16>,
    zstd: Option<u16>,
    identity: Option<u16>,
    others: Option<u16>,
}

impl AcceptedEncodings {
    /// Reads the fields of a request.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let mut accepted = Self::default();
        for value in headers.get_all(ACCEPT_ENCODING) {
            accepted.add(value.as_bytes());
        }
        accepted
    }

    /// Reads the value of a field. An encoding whose weight is no weight counts as not accepted.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut accepted = Self::default();
        accepted.add(text.as_bytes());
        accepted
    }

    fn add(&mut self, text: &[u8]) {
        for part in text.split(|byte| *byte == b',') {
            let (name, weight) = match part.iter().position(|byte| *byte == b';') {
                Some(end) => (&part[..end], weight(&part[end + 1..])),
                None => (part, 1000),
            };
            let name = name.trim_ascii();
            let is = |one: &str| name.eq_ignore_ascii_case(one.as_bytes());
            let place = match name.len() {
                1 if is("*") => &mut self.others,
                2 if is("br") => &mut self.brotli,
                4 if is("gzip") => &mut self.gzip,
                4 if is("zstd") => &mut self.zstd,
                6 if is("x-gzip") => &mut self.gzip,
                8 if is("identity") => &mut self.identity,
                _ => continue,
            };
            *place = Some(weight);
        }
    }

    /// What the client gives for an encoding.
    #[must_use]
    pub fn weight(&self, encoding: Encoding) -> u16 {
        let named = match encoding {
            Encoding::Gzip => self.gzip,
            Encoding::Brotli => self.brotli,
            Encoding::Zstd => self.zstd,
        };
        named.or(self.others).unwrap_or(0)
    }

    /// The one of these that the client prefers, of equals the first; `None` is the body as it is.
    #[must_use]
    pub fn best(&self, available: &[Encoding]) -> Option<Encoding> {
        // A body as it is, unless named, is what is sent when nothing else is accepted.
        let mut most = self.identity.unwrap_or(0);
        let mut best = None;
        for encoding in available {
            let weight = self.weight(*encoding);
            if weight > 0 && (weight > most || (best.is_none() && weight == most)) {
                (most, best) = (weight, Some(*encoding));
            }
        }
        best
    }
}

/// `q=0.75` as 750.
fn weight(parameter: &[u8]) -> u16 {
    let [b'q' | b'Q', b'=', whole @ (b'0' | b'1'), fraction @ ..] = parameter.trim_ascii() else { return 0 };
    let digits = match fraction {
        [] => fraction,
        [b'.', digits @ ..] if digits.len() <= 3 && digits.iter().all(u8::is_ascii_digit) => digits,
        _ => return 0,
    };
    let digits = digits.iter().copied().chain([b'0'; 3]).take(3);
    let thousandths = digits.fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    match whole {
        b'0' => thousandths,
        _ if thousandths == 0 => 1000,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: &[Encoding] = &[Encoding::Zstd, Encoding::Brotli, Encoding::Gzip];

    #[test]
    fn weights_decide_and_then_our_order() {
        for (text, expected) in [
            ("", None),
            ("gzip, deflate, br, zstd", Some(Encoding::Zstd)),
            ("gzip, deflate, br", Some(Encoding::Brotli)),
            ("gzip;q=1.0, br;q=0.9, zstd;q=0.1", Some(Encoding::Gzip)),
            ("*", Some(Encoding::Zstd)),
            ("*, zstd;q=0", Some(Encoding::Brotli)),
            ("gzip;q=0", None),
            ("identity", None),
            ("identity;q=0.5, gzip;q=0.5", Some(Encoding::Gzip)),
            ("identity;q=0.6, gzip;q=0.5", None),
            ("identity;q=0, *;q=0", None),
            ("GZIP ; Q=0.3", Some(Encoding::Gzip)),
            ("x-gzip", Some(Encoding::Gzip)),
            ("gzip;q=2", None),
            ("gzip;q=0.0001", None),
            ("gzip;q=, br;level=3", None),
            (",,;,gzip", Some(Encoding::Gzip)),
        ] {
            assert_eq!(AcceptedEncodings::parse(text).best(ALL), expected, "{text}");
        }
    }

    #[test]
    fn several_fields_are_one() {
        let mut headers = HeaderMap::new();
        headers.append(ACCEPT_ENCODING, "br;q=0.2".parse().unwrap());
        headers.append(ACCEPT_ENCODING, "gzip;q=0.3".parse().unwrap());
        assert_eq!(AcceptedEncodings::of(&headers).best(ALL), Some(Encoding::Gzip));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(weights in proptest::collection::vec(0u16..=1000, 3), gap in " {0,2}") {
            let written: Vec<String> = ALL
                .iter()
                .zip(&weights)
                .map(|(encoding, weight)| {
                    let name = encoding.name();
                    format!("{gap}{name}{gap};{gap}q={}.{:03}{gap}", weight / 1000, weight % 1000)
                })
                .collect();
            let accepted = AcceptedEncodings::parse(&written.join(","));
            for (encoding, weight) in ALL.iter().zip(&weights) {
                prop_assert_eq!(accepted.weight(*encoding), *weight);
            }
            let most = *weights.iter().max().unwrap();
            prop_assert_eq!(accepted.best(ALL).map_or(0, |best| accepted.weight(best)), most);
        }

        #[test]
        fn nothing_panics(text in any::<String>()) {
            let _ = AcceptedEncodings::parse(&text).best(ALL);
        }
    }
}
