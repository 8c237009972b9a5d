//! The last so many latencies, and what can be said of them.

use std::collections::VecDeque;

/// A window over what was measured, in milliseconds.
#[derive(Debug)]
pub(super) struct Latencies {
    window: usize,
    samples: VecDeque<f64>,
}

impl Latencies {
    pub(super) fn new(window: usize) -> Self {
        Self { window: window.max(1), samples: VecDeque::new() }
    }

    pub(super) fn add(&mut self, millis: f64) {
        if self.samples.len() == self.window {
            self.samples.pop_front();
        }
        self.samples.push_back(millis);
    }

    pub(super) fn last(&self) -> Option<f64> {
        self.samples.back().copied()
    }

    pub(super) fn average(&self) -> f64 {
        if self.samples.is_empty() {
            0.0
        } else {
            self.samples.iter().sum::<f64>() / self.samples.len() as f64
        }
    }

    pub(super) fn least(&self) -> f64 {
        self.samples.iter().copied().reduce(f64::min).unwrap_or(0.0)
    }

    pub(super) fn most(&self) -> f64 {
        self.samples.iter().copied().reduce(f64::max).unwrap_or(0.0)
    }

    /// The value below which `part` (0 to 1) of them are: between two of them it is in proportion.
    pub(super) fn percentile(&self, part: f64) -> f64 {
        let mut sorted: Vec<f64> = self.samples.iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
        let rank = part * last as f64;
        let (below, above) = (sorted[rank.floor() as usize], sorted[rank.ceil() as usize]);
        below + (above - below) * rank.fract()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_between_two_samples() {
        let mut latencies = Latencies::new(100);
        assert_eq!(latencies.percentile(0.99), 0.0);
        latencies.add(5.0);
        assert_eq!(latencies.percentile(0.99), 5.0);
        latencies.add(15.0);
        // 99 % of the way from the first to the second.
        assert!((latencies.percentile(0.99) - 14.9).abs() < 1e-9);
        assert_eq!(latencies.percentile(0.5), 10.0);
        for _ in 0..100 {
            latencies.add(1.0);
        }
        assert_eq!((latencies.most(), latencies.average()), (1.0, 1.0), "the first two have gone");
    }
}
