//! What is answered to who asks whether the process is ready.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

/// Whether a process should be sent requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ReadyStatus {
    /// It should.
    Ok,
    /// Something that it needs does not work.
    Unavailable,
    /// It has not started yet.
    Starting,
    /// It is about to stop.
    Draining,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum CheckStatus {
    /// All is well.
    Ok,
    /// It said that something is wrong.
    Failed,
    /// It said nothing within `READY_TIMEOUT`.
    Timeout,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CheckReport {
    /// How it ended.
    pub status: CheckStatus,
    /// When it failed first, of those times that it has failed in a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// What is wrong: only with `DEBUG`, as it may say what is nobody's business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The answer of `/ready`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReadyReport {
    /// Whether the process should be sent requests.
    pub status: ReadyStatus,
    /// The checks by the name of their fields.
    pub checks: BTreeMap<&'static str, CheckReport>,
}

impl ReadyReport {
    /// Whether the process should be sent requests.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.status == ReadyStatus::Ok
    }
}
