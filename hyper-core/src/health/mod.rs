//! Whether the process and what it needs are well: for load balancers, and for who watches it.
//!
//! [`Readiness`] runs the [`Check`]s of an application's parts. [`PoolHeartbeat`] and [`PoolHealthChecker`] ask a database
//! again and again and keep statistics, [`PoolTuner`] changes the size of its pool with the load.

mod beats;
mod check;
mod checker;
mod heartbeat;
mod latencies;
mod readiness;
mod report;
mod task;
mod tuner;

pub use beats::{HealthSummary, HeartbeatStats};
pub use check::{Check, Checks};
#[doc(hidden)]
pub use check::{Checked, Part, Unchecked};
pub use checker::{CheckerStats, PoolHealthChecker};
pub use heartbeat::{HeartbeatOptions, PoolHeartbeat};
pub use readiness::Readiness;
pub use report::{CheckReport, CheckStatus, ReadyReport, ReadyStatus};
pub use tuner::{Advice, PoolTuner, TunerOptions, TunerStats};
