//! The connections to PostgreSQL, and how a statement gets to one of them.
//!
//! [`Db`] is the handle an application keeps. Reads go, pipelined, to the connection pinned to
//! the thread they run on; whatever writes, and each transaction, has a connection for itself while
//! it lasts. A statement is a [`Sql`]: a text, known when the program was compiled or rendered at run time, with a
//! key that finds its prepared form on a connection without looking at the text.

mod attempt;
mod component;
mod connection;
mod error;
mod exclusive;
mod executor;
mod pool;
mod sql;
mod statements;
mod transaction;

pub use connection::DatabaseUrl;
pub use error::{DatabaseError, ErrorKind};
pub use executor::Executor;
pub use pool::{Db, DbOptions, register_worker};
pub use sql::{Param, Sql, fnv1a};
pub use tokio_postgres::{Column, Row, types};
pub use transaction::Transaction;
