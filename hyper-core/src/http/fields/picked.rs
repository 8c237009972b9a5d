//! Entries that were picked, each with what is left of its key.

/// An entry, and from where in its key on it is not yet used.
pub(super) type Pick = (usize, usize);

/// Some of the entries. Most fields are one.
pub(super) enum Picked {
    All,
    One(Pick),
    Many(Vec<Pick>),
}

impl Picked {
    /// With one more.
    pub(super) fn and(self, pick: Pick) -> Self {
        match self {
            Self::Many(mut picks) => {
                picks.push(pick);
                Self::Many(picks)
            }
            Self::One(first) => Self::Many(vec![first, pick]),
            Self::All => Self::All,
        }
    }
}
