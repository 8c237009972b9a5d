//! The connections to PostgreSQL, and how a statement gets to one of them.
//!
//! [`Db`] is the handle an application keeps. Reads go, pipelined, to the connection pinned to
//! the thread they run on; whatever writes, and each transaction, has a connection for itself while
//! it lasts. A statement is a [`Sql`]: a text, known when the program was compiled or rendered at run time, with a
//! key that finds its prepared form on a connection without looking at the text.

mod acquire;
mod age;
mod asked;
mod attempt;
mod autocommit;
mod background;
mod cached;
mod canceller;
mod component;
mod connection;
mod copies;
mod counting;
mod cursor;
mod error;
mod error_kind;
mod exclusive;
mod executor;
mod forward;
mod hook;
pub mod in_test;
mod lane;
mod listen;
mod lock;
mod log;
mod measured;
mod named;
mod open;
mod options;
mod pace;
mod pool;
mod pool_options;
mod pooler;
mod pooler_mode;
mod probe;
mod pulse;
mod reading;
mod recognised;
mod repeated;
mod replicas;
#[cfg(feature = "tls")]
mod rustls_connector;
mod sessions;
mod slow;
mod sql;
mod statement_stats;
mod statements;
mod stats;
mod stuck;
mod target;
mod task;
mod timer;
mod tls;
mod transaction;
mod unprepared;
mod upkeep;
mod url;
mod violation;
mod watch;
mod wire;

pub use acquire::register_worker;
#[doc(hidden)]
pub use asked::{Asked, AskedModel, Asking};
pub(crate) use background::WeakDb;
pub(crate) use counting::Counted;
pub use counting::QueryCounts;
pub use cursor::Cursor;
pub use error::DatabaseError;
pub use error_kind::ErrorKind;
pub use executor::{Executor, Reader};
pub use hook::{Callback, Outcome};
pub use listen::{Gap, Heard, Listener, Notification};
pub use lock::{AdvisoryLock, LockKey};
pub use log::{LoggedQuery, QueryLog};
pub use measured::{Measured, MeasuredStatement, explain};
pub use named::{AsDb, NamedDatabase};
#[doc(hidden)]
pub use named::{check_database_name, database_name, start_database};
pub use options::{Isolation, RetriedTransaction, TransactionBuilder};
pub use pool::Db;
pub use pool_options::DbOptions;
pub use pooler_mode::PoolerMode;
pub use repeated::RepeatedQuery;
pub use replicas::{
    NoPosition, Position, Primary, PrimaryReplica, ReadTransaction, Replica, ReplicaStats, ReplicasStats,
    Session,
};
pub use slow::{SlowQueryLog, SlowQueryOptions, SlowQueryStats};
pub use sql::{Param, Sql, fnv1a};
pub use statement_stats::StatementStats;
pub use stats::PoolStats;
pub use timer::QueryTimer;
pub use tls::SslMode;
pub use tokio_postgres::{Column, Row, types};
pub use transaction::Transaction;
pub use url::DatabaseUrl;
pub use violation::Violation;
