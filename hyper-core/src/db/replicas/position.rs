//! A place in what PostgreSQL has written: what a replica must have got to.

use std::fmt;
use std::str::FromStr;

use tokio_postgres::Row;
use tokio_postgres::types::PgLsn;

use super::super::error::DatabaseError;
use super::super::sql::Sql;

/// Where the primary is: behind all that has been committed.
///
/// What is inserted and not written counts, as with `synchronous_commit = off` a commit may be just that.
pub(super) const OF_PRIMARY: Sql<'static> = Sql::new(
    "SELECT pg_current_wal_insert_lsn(), \
     ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int",
);

/// Where a replica is; nulls from a server that is none. Of two timelines the newer: the control file has the one as of
/// the last restart point, the other as of what was last written to disk.
pub(super) const OF_REPLICA: Sql<'static> = Sql::new(
    "SELECT pg_last_wal_replay_lsn(), CASE WHEN pg_is_in_recovery() THEN \
     greatest((pg_control_checkpoint()).timeline_id, (pg_control_recovery()).min_recovery_end_timeline) END",
);

/// A place in the log of PostgreSQL's changes (LSN), and the timeline it is on, which counts promotions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// The timeline; 1 before the first promotion.
    pub timeline: u32,
    /// The number of bytes before it.
    pub lsn: u64,
}

impl Position {
    /// Whether who has replayed up to here has all that was written before `other`.
    ///
    /// A replica that is behind in promotions has not, however far it got: it may have what the rest has never seen.
    pub(super) fn has(self, other: Self) -> bool {
        self.timeline >= other.timeline && self.lsn >= other.lsn
    }

    /// Both, whichever is further.
    pub(super) fn join(self, other: Self) -> Self {
        Self { timeline: self.timeline.max(other.timeline), lsn: self.lsn.max(other.lsn) }
    }

    pub(super) fn read(row: &Row) -> Result<Option<Self>, DatabaseError> {
        let lsn: Option<PgLsn> = row.try_get(0)?;
        let timeline: Option<i32> = row.try_get(1)?;
        Ok(lsn
            .zip(timeline)
            .map(|(lsn, timeline)| Self { timeline: timeline.cast_unsigned(), lsn: lsn.into() }))
    }
}

/// As `1:16B374D848`: the timeline, and the LSN in hexadecimal digits.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{:X}", self.timeline, self.lsn)
    }
}

/// What is read is no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPosition;

impl fmt::Display for NoPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a timeline and an LSN, such as `1:16B374D848`")
    }
}

impl std::error::Error for NoPosition {}

impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let (timeline, lsn) = text.split_once(':').ok_or(NoPosition)?;
        let position = Self {
            timeline: timeline.parse().map_err(|_| NoPosition)?,
            lsn: u64::from_str_radix(lsn, 16).map_err(|_| NoPosition)?,
        };
        // One text for each: no signs, no zeros in front.
        if position.to_string() == text { Ok(position) } else { Err(NoPosition) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn positions_come_back(timeline: u32, lsn: u64) {
            let position = Position { timeline, lsn };
            prop_assert_eq!(position.to_string().parse(), Ok(position));
        }

        #[test]
        fn anything_else_is_refused_or_the_same(text in ".{0,30}|[0-9]{0,3}:[+0-9A-Fa-f]{0,20}") {
            if let Ok(position) = text.parse::<Position>() {
                prop_assert_eq!(position.to_string(), text);
            }
        }
    }

    #[test]
    fn another_timeline_is_not_further() {
        let at = |timeline, lsn| Position { timeline, lsn };
        assert!(at(1, 8).has(at(1, 8)) && at(1, 9).has(at(1, 8)) && !at(1, 7).has(at(1, 8)));
        assert!(!at(1, 99).has(at(2, 8)), "it went on without the promotion");
        assert!(at(2, 8).has(at(1, 8)) && !at(2, 7).has(at(1, 8)));
        assert_eq!(at(1, 9).join(at(2, 8)), at(2, 9));
    }
}
