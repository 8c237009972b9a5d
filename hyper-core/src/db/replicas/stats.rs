//! What became of reads, and of replicas.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::pool::Db;
use super::position::Position;

/// What became of the reads of a database with replicas, since it was made; from [`Db::replica_stats`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplicasStats {
    /// Each replica, in the order they were named.
    pub replicas: Vec<ReplicaStats>,
    /// Reads on the primary.
    pub primary_reads: u64,
    /// Those of them for which a replica was looked for and not found.
    pub fallbacks: u64,
    /// Reads that waited for a replica to have what was written.
    pub waits: u64,
    /// Those of them for which none had it in time.
    pub waits_in_vain: u64,
}

/// One replica.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplicaStats {
    /// Its name.
    pub name: String,
    /// Its share of the reads.
    pub weight: u32,
    /// Why it is not asked; none while it is.
    pub why_out: Option<String>,
    /// Reads it answered.
    pub reads: u64,
    /// Reads for which it could not be reached, or was lost.
    pub failures: u64,
    /// How often it was taken out.
    pub taken_out: u64,
    /// How often it was taken in, the first time included.
    pub taken_back: u64,
    /// Up to where it had replayed what the primary wrote, when it was last asked; none if it never was.
    pub replayed: Option<Position>,
    /// How many bytes it was behind the primary when it was last looked at.
    pub lag_bytes: u64,
    /// For how long the primary has had something that it had not, when it was last looked at; as exact as the time
    /// between two looks.
    pub lag: Duration,
}

impl Db {
    /// What became of its reads and replicas; without any, all is empty.
    #[must_use]
    pub fn replica_stats(&self) -> ReplicasStats {
        let Some(replicas) = self.0.replicas.get() else { return ReplicasStats::default() };
        let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        ReplicasStats {
            replicas: replicas
                .nodes
                .iter()
                .map(|node| ReplicaStats {
                    name: node.name.clone(),
                    weight: node.weight,
                    why_out: node.why_out(),
                    reads: count(&node.reads),
                    failures: count(&node.failures),
                    taken_out: count(&node.taken_out),
                    taken_back: count(&node.taken_back),
                    replayed: node.replayed(),
                    lag_bytes: count(&node.lag_bytes),
                    lag: Duration::from_millis(count(&node.lag)),
                })
                .collect(),
            primary_reads: count(&replicas.primary_reads),
            fallbacks: count(&replicas.fallbacks),
            waits: count(&replicas.waits),
            waits_in_vain: count(&replicas.waits_in_vain),
        }
    }
}
