//! For how long a pooler gives one of PostgreSQL's connections to a client.

use std::str::FromStr;

/// What a pooler between the program and PostgreSQL does with connections: `pool_mode` of PgBouncer. No client can ask for
/// it, so it is said: `POOLER_MODE`, or [`DbOptions::pooler_mode`](super::DbOptions::pooler_mode).
///
/// ```
/// use hyper_core::db::PoolerMode;
///
/// assert_eq!("session".parse(), Ok(PoolerMode::Session));
/// let error = "statement".parse::<PoolerMode>().unwrap_err();
/// assert_eq!(error, "should be `session` or `transaction`, and is `statement`");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PoolerMode {
    /// A client keeps its connection of PostgreSQL's until it goes. All works as without a pooler.
    Session,
    /// It has one for each transaction. What lasts longer is refused.
    Transaction,
}

impl FromStr for PoolerMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "session" => Ok(Self::Session),
            "transaction" => Ok(Self::Transaction),
            _ => Err(format!("should be `session` or `transaction`, and is `{text}`")),
        }
    }
}
