//! A statement: its text was written by the compiler, or rendered at run time.

use std::borrow::Cow;
use std::fmt;

use tokio_postgres::Column;
use tokio_postgres::types::ToSql;

/// A value on its way into a statement: a reference, so that binding allocates nothing.
pub type Param<'a> = &'a (dyn ToSql + Sync);

/// A statement: its text, the key under which connections keep its prepared form, and a check of
/// the columns PostgreSQL says it returns.
///
/// A connection keeps the prepared forms of the `STATEMENT_CACHE_SIZE` statements it ran last. Of a constant's text it keeps the address,
/// of one rendered at run time a copy.
#[derive(Clone, Copy)]
pub struct Sql<'q> {
    /// The text, with `$1`, `$2`, ... for the parameters.
    pub text: &'q str,
    /// FNV-1a of the text, 64 bits: the same wherever the same text was compiled or rendered.
    pub key: u64,
    /// Called once for each connection that prepares it; says in a sentence what does not fit.
    pub check: fn(&[Column]) -> Result<(), String>,
    /// The text once more, where it outlives every connection.
    constant: Option<&'static str>,
    /// Whether a read of it is not for replicas.
    pub(super) of_primary: bool,
    /// Whether it is about a table of which there is nothing on replicas and in kept results.
    pub(super) apart: bool,
    /// For how many seconds its result may be kept; 0 is not at all.
    pub(crate) cached: u32,
}

impl Sql<'static> {
    /// A statement the compiler wrote, whose result needs no check.
    ///
    /// ```
    /// use hyper_core::db::Sql;
    ///
    /// const NOW: Sql<'static> = Sql::new("SELECT now()");
    /// assert_eq!(NOW.text, "SELECT now()");
    /// ```
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self {
            text,
            key: fnv1a(text.as_bytes()),
            check: |_| Ok(()),
            constant: Some(text),
            of_primary: false,
            apart: false,
            cached: 0,
        }
    }
}

impl<'q> Sql<'q> {
    /// A statement whose text is known when the program runs. The text is hashed each time: about a nanosecond a byte.
    ///
    /// ```
    /// use hyper_core::db::Sql;
    ///
    /// let text = format!("SELECT {}", ["1"; 3].join(", "));
    /// assert_eq!(Sql::rendered(&text).key, Sql::new("SELECT 1, 1, 1").key);
    /// ```
    #[must_use]
    pub const fn rendered(text: &'q str) -> Self {
        Self {
            text,
            key: fnv1a(text.as_bytes()),
            check: |_| Ok(()),
            constant: None,
            of_primary: false,
            apart: false,
            cached: 0,
        }
    }

    /// The same with a check of what it returns.
    #[must_use]
    pub const fn checked(self, check: fn(&[Column]) -> Result<(), String>) -> Self {
        Self { check, ..self }
    }

    /// The same, never read from a replica if this is true.
    #[must_use]
    pub const fn of_primary(self, of_primary: bool) -> Self {
        Self { of_primary, ..self }
    }

    /// The same, about a table that is on no replica, and that no kept result is read from: whom it writes for, knows.
    pub(crate) const fn apart(self) -> Self {
        Self { of_primary: true, apart: true, ..self }
    }

    /// The same, whose result may be kept for so many seconds where there is a [`QueryCache`](crate::cache::QueryCache); 0
    /// is not at all.
    #[must_use]
    pub const fn cached(self, seconds: u32) -> Self {
        Self { cached: seconds, ..self }
    }

    /// For how many seconds its result may be kept; 0 is not at all.
    #[must_use]
    pub const fn ttl(&self) -> u32 {
        self.cached
    }

    /// The text as a connection keeps it.
    pub(super) fn kept(self) -> Cow<'static, str> {
        self.constant.map_or_else(|| Cow::Owned(self.text.to_owned()), Cow::Borrowed)
    }
}

impl fmt::Debug for Sql<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sql").field(&self.text).finish()
    }
}

/// FNV-1a, 64 bits (draft-eastlake-fnv-17, section 2).
#[must_use]
pub const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_fnv1a() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
