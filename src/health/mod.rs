//! Whether the site and what it needs are well: routes for load balancers, checks of one's own, a database that is asked
//! again and again, and the statements that took long.
//!
//! ```
//! use hyperdjango::health;
//! use hyperdjango::prelude::*;
//!
//! #[get("/")]
//! async fn index() -> &'static str {
//!     "Hello"
//! }
//!
//! routes! { Urls: index, mount("/", health::Urls) }
//!
//! #[derive(App)]
//! #[app(routes = Urls)]
//! struct Site {
//!     db: Db,
//! }
//! ```
//!
//! `GET /health` answers 200 as long as the process serves. `GET /ready`, and `/health/ready`, answers 200 when the
//! database and every other part with a [`Check`] can do their work, and 503 with which cannot, and since when.

mod routes;
mod slow;

pub use hyper_core::health::{
    Advice, Check, CheckReport, CheckStatus, CheckerStats, Checks, HealthSummary, HeartbeatOptions,
    HeartbeatStats, PoolHealthChecker, PoolHeartbeat, PoolTuner, Readiness, ReadyReport, ReadyStatus,
    TunerOptions, TunerStats,
};

pub use hyper_core::db::{QueryTimer, SlowQueryLog, SlowQueryOptions, SlowQueryStats};
pub use routes::Urls;
pub use slow::{SlowQuery, slow_queries};
