//! Entity tags, and lists of them (RFC 9110, 8.8.3 and 13.1).

/// An entity tag: `"v1"`, or the weak `W/"v1"`.
///
/// ```
/// use hyper_core::http::EntityTag;
///
/// let tags: Vec<EntityTag> = EntityTag::list(b"W/\"a\", \"b,c\"").collect();
/// assert_eq!((tags[0].is_weak(), tags[1].opaque()), (true, &b"b,c"[..]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntityTag<'a> {
    weak: bool,
    opaque: &'a [u8],
}

impl<'a> EntityTag<'a> {
    /// Reads one tag, and nothing else.
    #[must_use]
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        match Self::first(text) {
            Some((tag, [])) => Some(tag),
            _ => None,
        }
    }

    /// The tags of a list; what is none between two commas is passed over.
    pub fn list(text: &'a [u8]) -> impl Iterator<Item = Self> {
        let mut rest = text;
        std::iter::from_fn(move || {
            while !rest.is_empty() {
                let start = rest.trim_ascii_start();
                let tag = Self::first(start);
                let after = tag.map_or(start, |(_, after)| after);
                let comma = after.iter().position(|byte| *byte == b',');
                let (between, others) = after.split_at(comma.unwrap_or(after.len()));
                rest = others.get(1..).unwrap_or_default();
                if let Some((tag, _)) = tag.filter(|_| between.trim_ascii().is_empty()) {
                    return Some(tag);
                }
            }
            None
        })
    }

    /// Whether it stands for what means the same, rather than for the same bytes.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.weak
    }

    /// What is between the quotes.
    #[must_use]
    pub fn opaque(&self) -> &'a [u8] {
        self.opaque
    }

    /// Whether both stand for the same bytes.
    #[must_use]
    pub fn is_strongly(&self, other: &EntityTag<'_>) -> bool {
        !self.weak && !other.weak && self.opaque == other.opaque
    }

    /// Whether both stand for what means the same.
    #[must_use]
    pub fn is_weakly(&self, other: &EntityTag<'_>) -> bool {
        self.opaque == other.opaque
    }

    /// A tag at the start, and what follows.
    fn first(text: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (weak, quoted) = match text.strip_prefix(b"W/") {
            Some(quoted) => (true, quoted),
            None => (false, text),
        };
        let inside = quoted.strip_prefix(b"\"")?;
        let end = inside.iter().position(|byte| *byte == b'"')?;
        let (opaque, after) = inside.split_at(end);
        let is_fit = |byte: &u8| !matches!(byte, 0..=0x20 | 0x7f);
        opaque.iter().all(is_fit).then(|| (Self { weak, opaque }, &after[1..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(text: &str) -> Vec<(bool, &str)> {
        EntityTag::list(text.as_bytes()).map(|tag| (tag.weak, str::from_utf8(tag.opaque).unwrap())).collect()
    }

    #[test]
    fn lists_are_read_whatever_stands_between() {
        assert_eq!(list(r#""a", W/"b" ,,"c""#), [(false, "a"), (true, "b"), (false, "c")]);
        assert_eq!(list(r#""a,b" , "" "#), [(false, "a,b"), (false, "")]);
        assert_eq!(list(r#"unquoted, "a", w/"b", "c"d, "e"#), [(false, "a")]);
        assert_eq!(list(""), []);
        assert_eq!(list("\"a b\", \"c\""), [(false, "c")]);
    }

    #[test]
    fn comparisons_are_those_of_the_rfc() {
        let tag = |text: &'static str| EntityTag::parse(text.as_bytes()).unwrap();
        for (a, b, strong, weak) in [
            ("W/\"1\"", "W/\"1\"", false, true),
            ("W/\"1\"", "W/\"2\"", false, false),
            ("W/\"1\"", "\"1\"", false, true),
            ("\"1\"", "\"1\"", true, true),
        ] {
            assert_eq!((tag(a).is_strongly(&tag(b)), tag(a).is_weakly(&tag(b))), (strong, weak), "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(tags in proptest::collection::vec(("[!#-~]{0,6}", any::<bool>()), 0..5), gap in "[ \t]{0,2}") {
            let text = |(tag, weak): &(String, bool)| format!("{}\"{tag}\"", if *weak { "W/" } else { "" });
            let written: Vec<String> = tags.iter().map(text).collect();
            let written = written.join(&format!("{gap},{gap}"));
            let read: Vec<(String, bool)> =
                list(&written).into_iter().map(|(weak, tag)| (tag.to_owned(), weak)).collect();
            prop_assert_eq!(read, tags);
        }

        #[test]
        fn nothing_panics_or_hangs(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(EntityTag::list(&bytes).count() <= bytes.len());
        }
    }
}
