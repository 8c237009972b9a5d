//! What is wrong with a setting.

use std::fmt;

/// A setting that cannot be used: which, what it says, and what is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    key: String,
    problem: String,
}

impl SettingsError {
    /// A problem with a key; `problem` continues the sentence that the key begins.
    #[must_use]
    pub fn new(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { key: key.into(), problem: problem.into() }
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.problem)
    }
}

impl std::error::Error for SettingsError {}

#[diagnostic::do_not_recommend]
impl From<SettingsError> for crate::Error {
    #[track_caller]
    fn from(error: SettingsError) -> Self {
        Self::internal(error)
    }
}
