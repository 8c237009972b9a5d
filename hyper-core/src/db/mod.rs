//! The connections to PostgreSQL, and how a statement gets to one of them.
//!
//! [`Db`] is the handle an application keeps. Reads go, pipelined, to the connection pinned to
//! the thread they run on; whatever writes, and each transaction, has a connection for itself while
//! it lasts. A statement is a [`Sql`]: a text, known when the program was compiled or rendered at run time, with a
//! key that finds its prepared form on a connection without looking at the text.

mod age;
mod attempt;
mod autocommit;
mod component;
mod connection;
mod copies;
mod cursor;
mod error;
mod error_kind;
mod exclusive;
mod executor;
mod hook;
pub mod in_test;
mod lane;
mod lock;
mod log;
mod open;
mod options;
mod pace;
mod pool;
mod sql;
mod statements;
mod stats;
mod stuck;
mod transaction;
mod upkeep;
mod violation;
mod watch;

pub use connection::DatabaseUrl;
pub use cursor::Cursor;
pub use error::DatabaseError;
pub use error_kind::ErrorKind;
pub use executor::Executor;
pub use hook::{Callback, Outcome};
pub use lock::{AdvisoryLock, LockKey};
pub use log::{LoggedQuery, QueryLog};
pub use options::{Isolation, RetriedTransaction, TransactionBuilder};
pub use pool::{Db, DbOptions, register_worker};
pub use sql::{Param, Sql, fnv1a};
pub use stats::PoolStats;
pub use tokio_postgres::{Column, Row, types};
pub use transaction::Transaction;
pub use violation::Violation;
