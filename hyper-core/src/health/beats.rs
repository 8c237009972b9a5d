//! What is counted of a heartbeat.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;

use super::latencies::Latencies;

/// How a database answered a [`PoolHeartbeat`](super::PoolHeartbeat).
///
/// The latencies are of the last 100 beats ([`HeartbeatOptions::latency_window`](super::HeartbeatOptions)), failed ones
/// among them, in milliseconds; 0 before the first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HeartbeatStats {
    /// Whether it goes on.
    pub running: bool,
    /// Fewer than 3 beats ([`failure_threshold`](super::HeartbeatOptions)) in a row have failed.
    pub healthy: bool,
    /// Seconds from one beat to the next.
    pub interval_seconds: f64,
    /// Beats so far.
    pub total_beats: u64,
    /// Those that failed.
    pub total_failures: u64,
    /// Those that have failed since the last one that did not.
    pub consecutive_failures: u64,
    /// When the last beat ended.
    pub last_beat_at: Option<Timestamp>,
    /// How long the last one took.
    pub last_latency_ms: Option<f64>,
    /// The mean.
    pub avg_latency_ms: f64,
    /// The least.
    pub min_latency_ms: f64,
    /// The most.
    pub max_latency_ms: f64,
    /// What 99 % are below, in proportion between two samples.
    pub p99_latency_ms: f64,
    /// The part of all beats that did not fail, from 0 to 1; 1 before the first.
    pub uptime_ratio: f64,
}

/// The same in short, rounded, for metrics: from [`PoolHeartbeat::get_stats`](super::PoolHeartbeat::get_stats).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HealthSummary {
    /// Whether fewer than 3 in a row have failed.
    pub healthy: bool,
    /// Beats so far.
    pub checks: u64,
    /// Those that failed.
    pub failures: u64,
    /// Seconds since the last one, to one decimal; none before the first.
    pub last_check_ago_s: Option<f64>,
    /// Those that have failed since the last one that did not.
    pub consecutive_failures: u64,
    /// The mean latency, to two decimals.
    pub avg_latency_ms: f64,
    /// What 99 % of the latencies are below, to two decimals.
    pub p99_latency_ms: f64,
    /// The part that did not fail, to four decimals.
    pub uptime_ratio: f64,
}

/// The numbers themselves.
#[derive(Debug)]
pub(super) struct Beats {
    threshold: u64,
    total: u64,
    failures: u64,
    consecutive: u64,
    last: Option<(Timestamp, Instant)>,
    latencies: Latencies,
}

impl Beats {
    pub(super) fn new(threshold: u64, window: usize) -> Self {
        Self {
            threshold,
            total: 0,
            failures: 0,
            consecutive: 0,
            last: None,
            latencies: Latencies::new(window),
        }
    }

    pub(super) fn add(&mut self, took: Duration, ok: bool) {
        self.total += 1;
        self.consecutive = if ok { 0 } else { self.consecutive + 1 };
        self.failures += u64::from(!ok);
        self.latencies.add(took.as_secs_f64() * 1000.0);
        self.last = Some((Timestamp::now(), Instant::now()));
    }

    pub(super) fn is_healthy(&self) -> bool {
        self.consecutive < self.threshold
    }

    pub(super) fn consecutive_failures(&self) -> u64 {
        self.consecutive
    }

    fn uptime(&self) -> f64 {
        if self.total == 0 { 1.0 } else { (self.total - self.failures) as f64 / self.total as f64 }
    }

    pub(super) fn stats(&self, running: bool, interval: Duration) -> HeartbeatStats {
        HeartbeatStats {
            running,
            healthy: self.is_healthy(),
            interval_seconds: interval.as_secs_f64(),
            total_beats: self.total,
            total_failures: self.failures,
            consecutive_failures: self.consecutive,
            last_beat_at: self.last.map(|(at, _)| at),
            last_latency_ms: self.latencies.last(),
            avg_latency_ms: self.latencies.average(),
            min_latency_ms: self.latencies.least(),
            max_latency_ms: self.latencies.most(),
            p99_latency_ms: self.latencies.percentile(0.99),
            uptime_ratio: self.uptime(),
        }
    }

    pub(super) fn summary(&self) -> HealthSummary {
        HealthSummary {
            healthy: self.is_healthy(),
            checks: self.total,
            failures: self.failures,
            last_check_ago_s: self.last.map(|(_, at)| rounded(at.elapsed().as_secs_f64(), 1)),
            consecutive_failures: self.consecutive,
            avg_latency_ms: rounded(self.latencies.average(), 2),
            p99_latency_ms: rounded(self.latencies.percentile(0.99), 2),
            uptime_ratio: rounded(self.uptime(), 4),
        }
    }
}

/// To so many decimals.
pub(super) fn rounded(number: f64, decimals: i32) -> f64 {
    let factor = 10_f64.powi(decimals);
    (number * factor).round() / factor
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same from the whole list, in the way of the definition.
    fn naive(beats: &[(u64, bool)]) -> HeartbeatStats {
        let last: Vec<f64> =
            beats.iter().rev().take(100).map(|(micros, _)| *micros as f64 / 1000.0).collect();
        let failures = beats.iter().filter(|(_, ok)| !ok).count() as u64;
        let consecutive = beats.iter().rev().take_while(|(_, ok)| !ok).count() as u64;
        let mut sorted = last.clone();
        sorted.sort_by(f64::total_cmp);
        // As numpy's default: the fraction of the way between the two around `0.99 * (n - 1)`.
        let p99 = match sorted.len() {
            0 => 0.0,
            1 => sorted[0],
            n => {
                let rank = 99 * (n - 1);
                let (i, rest) = (rank / 100, (rank % 100) as f64 / 100.0);
                sorted[i] * (1.0 - rest) + sorted[(i + 1).min(n - 1)] * rest
            }
        };
        HeartbeatStats {
            running: true,
            healthy: consecutive < 3,
            interval_seconds: 15.0,
            total_beats: beats.len() as u64,
            total_failures: failures,
            consecutive_failures: consecutive,
            last_beat_at: None,
            last_latency_ms: last.first().copied(),
            avg_latency_ms: if last.is_empty() { 0.0 } else { last.iter().sum::<f64>() / last.len() as f64 },
            min_latency_ms: sorted.first().copied().unwrap_or(0.0),
            max_latency_ms: sorted.last().copied().unwrap_or(0.0),
            p99_latency_ms: p99,
            uptime_ratio: if beats.is_empty() {
                1.0
            } else {
                (beats.len() as u64 - failures) as f64 / beats.len() as f64
            },
        }
    }

    proptest! {
        #[test]
        fn the_statistics_are_those_of_the_whole_list(
            list in proptest::collection::vec((0..10_000_000_u64, proptest::bool::weighted(0.7)), 0..260)
        ) {
            let mut beats = Beats::new(3, 100);
            for (micros, ok) in &list {
                beats.add(Duration::from_micros(*micros), *ok);
            }
            let (stats, expected) = (beats.stats(true, Duration::from_secs(15)), naive(&list));
            prop_assert_eq!(stats.last_beat_at.is_some(), !list.is_empty());
            let exact = |stats: &HeartbeatStats| (
                stats.running, stats.healthy, stats.total_beats, stats.total_failures, stats.consecutive_failures,
            );
            prop_assert_eq!(exact(&stats), exact(&expected));
            let near = |stats: &HeartbeatStats| [
                stats.interval_seconds, stats.avg_latency_ms, stats.min_latency_ms, stats.max_latency_ms,
                stats.p99_latency_ms, stats.uptime_ratio, stats.last_latency_ms.unwrap_or(-1.0),
            ];
            for (one, other) in near(&stats).into_iter().zip(near(&expected)) {
                prop_assert!((one - other).abs() < 1e-6, "{stats:?} {expected:?}");
            }
            let summary = beats.summary();
            prop_assert_eq!(summary.healthy, expected.healthy);
            prop_assert_eq!((summary.checks, summary.failures), (expected.total_beats, expected.total_failures));
            prop_assert!((summary.avg_latency_ms - expected.avg_latency_ms).abs() <= 0.00501);
            prop_assert!((summary.p99_latency_ms - expected.p99_latency_ms).abs() <= 0.00501);
            prop_assert!((summary.uptime_ratio - expected.uptime_ratio).abs() <= 0.0000501);
        }
    }
}
