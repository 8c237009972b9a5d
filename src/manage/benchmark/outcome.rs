//! What a run comes to, as it is written in JSON.

use serde::Serialize;

use super::compare::Comparison;
use super::report::Report;

/// The report, as in the file of the baseline, and what is to be said of it.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    #[serde(flatten)]
    pub(super) report: Report,
    /// The plans of the benchmark's own queries that are not what they should be.
    pub(super) unexpected_plans: Vec<UnexpectedPlan>,
    /// What has changed since the baseline; `null` without one.
    pub(super) comparison: Option<Comparison>,
    /// Whether it has become the baseline.
    pub(super) saved: bool,
}

/// A plan that is not as it should be.
#[derive(Debug, Serialize)]
pub(super) struct UnexpectedPlan {
    pub(super) name: String,
    /// Such as "reads all of `posts` instead of the index `posts_hot`".
    pub(super) problem: String,
}

impl Outcome {
    /// Whether a gate lets it through.
    pub(super) fn is_good(&self) -> bool {
        self.unexpected_plans.is_empty() && !self.comparison.as_ref().is_some_and(Comparison::is_worse)
    }
}
