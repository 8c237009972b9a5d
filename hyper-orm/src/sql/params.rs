//! A statement's parameters on their way to a connection.

use hyper_core::db::Param;
use smallvec::SmallVec;

/// How many fit without an allocation.
const INLINE: usize = 16;

/// References to the values of a statement, in the order of its `$1`, `$2`, ...
pub struct Params<'a>(SmallVec<[Param<'a>; INLINE]>);

impl<'a> Params<'a> {
    /// No parameters yet.
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self(SmallVec::new())
    }

    /// Adds the next one.
    #[inline]
    pub fn push(&mut self, value: Param<'a>) {
        self.0.push(value);
    }

    /// All of them.
    #[inline]
    #[must_use]
    pub fn as_slice(&self) -> &[Param<'a>] {
        &self.0
    }
}

impl Default for Params<'_> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_holds_beyond_the_inline_room() {
        let values: Vec<i64> = (0..40).collect();
        for n in [0, 1, 16, 17, 40] {
            let mut params = Params::new();
            for value in &values[..n] {
                params.push(value);
            }
            assert_eq!(format!("{:?}", params.as_slice()), format!("{:?}", &values[..n]));
        }
    }
}
