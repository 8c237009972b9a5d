//! Converters: what the text of a parameter must look like for its route to be tried at all.

/// What stands behind the colon of `{id:int}`; without one it is `Str`.
///
/// Where several could take a segment, the first in this order does: a number before a slug, a slug before any text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Converter {
    /// `int`: digits, one at least.
    Int = 0,
    /// `uuid`: 36 characters in lower case, with hyphens.
    Uuid = 1,
    /// `slug`: ASCII letters, digits, `-` and `_`, one at least.
    Slug = 2,
    /// `str`: any text without a slash, one byte at least.
    Str = 3,
}

impl Converter {
    /// How many there are.
    pub const COUNT: usize = 4;
    /// All of them, in the order in which they are tried.
    pub const ALL: [Self; Self::COUNT] = [Self::Int, Self::Uuid, Self::Slug, Self::Str];

    /// As it is written in a path.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Uuid => "uuid",
            Self::Slug => "slug",
            Self::Str => "str",
        }
    }

    /// Whether a segment of a normalised path is one. Normal form leaves no encoding in what any but `str` takes.
    ///
    /// ```
    /// use hyper_core::routing::Converter;
    ///
    /// assert!(Converter::Int.matches(b"007") && !Converter::Int.matches(b"-7"));
    /// assert!(Converter::Slug.matches(b"a-7_b") && !Converter::Slug.matches("é".as_bytes()));
    /// ```
    #[must_use]
    pub fn matches(self, segment: &[u8]) -> bool {
        let all = |allowed: fn(u8) -> bool| !segment.is_empty() && segment.iter().all(|byte| allowed(*byte));
        match self {
            Self::Int => all(|byte| byte.is_ascii_digit()),
            Self::Uuid => is_uuid(segment),
            Self::Slug => all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'),
            Self::Str => !segment.is_empty(),
        }
    }
}

fn is_uuid(segment: &[u8]) -> bool {
    segment.len() == 36
        && segment.iter().enumerate().all(|(i, byte)| match i {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

/// Which types go with which converter. Those of the framework do where it makes sense; a type of one's own says so itself:
///
/// ```
/// use hyper_core::http::PathParam;
/// use hyper_core::routing::converters;
///
/// struct PostId(i64);
///
/// impl PathParam for PostId {
///     fn parse(text: &str) -> Option<Self> {
///         text.parse().ok().map(Self)
///     }
///     fn text(&self) -> String {
///         self.0.to_string()
///     }
/// }
///
/// impl converters::AsInt for PostId {}
/// ```
pub mod converters {
    use crate::http::PathParam;

    /// May stand for `{id:int}`.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not go with `int` in the path",
        label = "the path says `int`: digits only",
        note = "take an integer or a `String`, or leave `:int` out: then the type decides what fits",
        note = "a type of your own: `impl hyperdjango::routing::converters::AsInt for PostId {{}}`"
    )]
    pub trait AsInt: PathParam {}

    /// May stand for `{slug:slug}`.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not go with `slug` in the path",
        label = "the path says `slug`: letters, digits, `-` and `_`",
        note = "take a `Slug` or a `String`, or leave `:slug` out: then the type decides what fits",
        note = "a type of your own: `impl hyperdjango::routing::converters::AsSlug for PostId {{}}`"
    )]
    pub trait AsSlug: PathParam {}

    /// May stand for `{key:uuid}`.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not go with `uuid` in the path",
        label = "the path says `uuid`",
        note = "take a `Uuid` or a `String`, or leave `:uuid` out: then the type decides what fits",
        note = "a type of your own: `impl hyperdjango::routing::converters::AsUuid for PostId {{}}`"
    )]
    pub trait AsUuid: PathParam {}

    macro_rules! go_with {
        ($($converter:ident: $($type:ty)*;)*) => { $($(
            #[diagnostic::do_not_recommend]
            impl $converter for $type {}
        )*)* };
    }
    go_with! {
        AsInt: i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize String;
        AsSlug: String;
        AsUuid: uuid::Uuid String;
    }
}

#[cfg(test)]
mod tests {
    use super::Converter;

    #[test]
    fn what_each_takes() {
        let key = "1b4e28ba-2fa1-11d2-883f-b9a761bde3fb";
        for (converter, right, wrong) in [
            (
                Converter::Int,
                &["0", "007", "99999999999999999999"][..],
                &["", "-7", "+7", "1.5", "a", "٣"][..],
            ),
            (Converter::Slug, &["a", "-", "A_b-9", key], &["", "a.b", "a%20b", "é", "a~"]),
            (
                Converter::Uuid,
                &[key],
                &["", "1B4E28BA-2FA1-11D2-883F-B9A761BDE3FB", "1b4e28ba2fa111d2883fb9a761bde3fb"],
            ),
            (Converter::Str, &["a", "é", " "], &[""]),
        ] {
            for text in right {
                assert!(converter.matches(text.as_bytes()), "{converter:?} {text}");
            }
            for text in wrong {
                assert!(!converter.matches(text.as_bytes()), "{converter:?} {text}");
            }
        }
    }
}
