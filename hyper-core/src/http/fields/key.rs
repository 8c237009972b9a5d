//! The parts of a key: `posts[0].title`, `posts[0][title]` and Django's `posts-0-title` are the same.

/// What comes next in a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'k> {
    /// Between brackets, and what follows them.
    Exact(&'k str, &'k str),
    /// From here to the end, the length of the part being up to who reads it.
    Open(&'k str),
}

/// Whether `rest` ends a part: nothing, or the beginning of the next one.
fn ends_part(rest: &str) -> bool {
    match rest.as_bytes().first() {
        None | Some(b'.' | b'-') => true,
        Some(b'[') => rest.contains(']'),
        Some(_) => false,
    }
}

impl<'k> Part<'k> {
    /// The next part of what is left of a key after another part. `None` at its end, and where no part begins.
    pub(super) fn next(rest: &'k str) -> Option<Self> {
        if let Some(inner) = rest.strip_prefix('[') {
            let (name, after) = inner.split_once(']')?;
            return Some(Self::Exact(name, after));
        }
        rest.strip_prefix(['.', '-']).map(Self::Open)
    }

    /// What follows, when this part is `name`.
    #[inline]
    pub(super) fn after(self, name: &str) -> Option<&'k str> {
        match self {
            Self::Exact(part, after) => {
                (part == name && (after.is_empty() || ends_part(after))).then_some(after)
            }
            Self::Open(text) => text.strip_prefix(name).filter(|after| ends_part(after)),
        }
    }

    /// The name of this part, where no names are known, and what follows.
    pub(super) fn name(self) -> (&'k str, &'k str) {
        match self {
            Self::Exact(name, after) => (name, after),
            Self::Open(text) => text.split_at(text.find(['.', '[']).unwrap_or(text.len())),
        }
    }

    /// The number of this part and what follows; `None` as the number of `[]`.
    pub(super) fn index(self) -> Option<(Option<u32>, &'k str)> {
        match self {
            Self::Exact("", after) => Some((None, after)),
            Self::Exact(name, after) => Some((Some(number(name)?), after)),
            Self::Open(text) => {
                let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
                let (digits, after) = text.split_at(digits);
                ends_part(after).then_some(())?;
                Some((Some(number(digits)?), after))
            }
        }
    }
}

fn number(digits: &str) -> Option<u32> {
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_to_write_a_key_lead_to_the_same() {
        for key in ["posts[0].title", "posts[0][title]", "posts-0-title", "posts.0.title", "posts[0]-title"] {
            let rest = Part::Open(key).after("posts").unwrap();
            let (index, rest) = Part::next(rest).unwrap().index().unwrap();
            assert_eq!(index, Some(0), "{key}");
            assert_eq!(Part::next(rest).unwrap().after("title"), Some(""), "{key}");
        }
    }

    #[test]
    fn what_only_looks_alike_is_not_taken() {
        assert_eq!(Part::Open("title2").after("title"), None);
        assert_eq!(Part::Open("title[").after("title"), None);
        assert_eq!(
            Part::Open("posts-TOTAL_FORMS").after("posts").and_then(Part::next).unwrap().index(),
            None
        );
        assert_eq!(Part::next("[4294967296]").unwrap().index(), None);
        assert_eq!(Part::next("[]").unwrap().index(), Some((None, "")));
        assert_eq!(Part::next("[+1]").unwrap().index(), None);
        assert_eq!(Part::next("x"), None);
    }
}
