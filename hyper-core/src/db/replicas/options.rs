//! Which replicas a database has, and how they are used.

use std::sync::Arc;
use std::time::Duration;

use super::super::pool::Db;
use super::node::Node;
use super::route::Replicas;
use super::session::Written;

/// The replicas of a database, and how they are used; with [`Db::with_replicas`].
///
/// ```no_run
/// use std::time::Duration;
/// use hyper_core::db::{Db, PrimaryReplica};
///
/// # fn f(primary: Db, east: Db, west: Db) -> Db {
/// primary.with_replicas(
///     PrimaryReplica::new().replica("east", east, 3).replica("west", west, 1).wait(Duration::from_millis(20)),
/// )
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a database has them by `with_replicas`"]
pub struct PrimaryReplica {
    pub(super) name: String,
    pub(super) nodes: Vec<Node>,
    pub(super) wait: Duration,
    pub(super) max_lag: Duration,
    pub(super) probe: Duration,
}

impl Default for PrimaryReplica {
    fn default() -> Self {
        Self::new()
    }
}

impl PrimaryReplica {
    /// No replicas yet: all reads go to the primary.
    pub fn new() -> Self {
        Self {
            name: "default".to_owned(),
            nodes: Vec::new(),
            wait: Duration::from_millis(50),
            max_lag: Duration::from_secs(10),
            probe: Duration::from_secs(2),
        }
    }

    /// Sets the name of the database, under which [`Session`](super::Session)s of this and other processes keep what was
    /// written to it. Default: `default`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Adds a replica: its name in logs and statistics, its connections, and its share of the reads beside those of the
    /// others. One of weight 0 is never asked.
    pub fn replica(mut self, name: impl Into<String>, db: Db, weight: u32) -> Self {
        self.nodes.push(Node::new(name.into(), db, weight));
        self
    }

    /// Sets how long a read waits at most for a replica to have what its [`Session`](super::Session) wrote, before it goes
    /// to the primary. Default: 50 ms. Zero is not at all.
    pub fn wait(mut self, limit: Duration) -> Self {
        self.wait = limit;
        self
    }

    /// Sets how far a replica may be behind before it is taken out, as far as that can be told from one look at it to the
    /// next. Default: 10 s.
    pub fn max_lag(mut self, limit: Duration) -> Self {
        self.max_lag = limit;
        self
    }

    /// Sets the time between two looks at a replica that is asked. Default: 2 s. One that is out is looked at after a
    /// quarter of a second, and then after twice as long each time, up to 30 s.
    pub fn probe(mut self, interval: Duration) -> Self {
        self.probe = interval;
        self
    }
}

impl Db {
    /// The same database with replicas to read from.
    ///
    /// # Panics
    /// It has replicas already.
    #[must_use]
    pub fn with_replicas(self, replicas: PrimaryReplica) -> Self {
        let set = self.0.replicas.set(Arc::new(Replicas::new(replicas)));
        assert!(set.is_ok(), "a database gets its replicas once");
        self
    }

    /// A write that begins now, where somebody may have to read it elsewhere.
    pub(in super::super) fn written(&self) -> Option<Written> {
        self.0.replicas.get().map(|replicas| replicas.write(self))
    }

    /// Its name: that of the setting it came from, in small letters; `default` for that of `DATABASE_URL`.
    pub(super) fn name(&self) -> &str {
        self.0.replicas.get().map_or("default", |replicas| &replicas.name)
    }
}
