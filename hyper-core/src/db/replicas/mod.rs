//! Reads on replicas: streaming standbys that have what the primary has, a little later.
//!
//! A [`Db`](super::Db) with replicas sends each read that is no part of a transaction to one of them, by weight; whatever
//! writes, and each transaction, goes to the primary. Nobody reads less than he has written: after a write, his reads go
//! to a replica that has replayed it, are kept waiting for one a little, or go to the primary ([`Session`]).
//!
//! A replica that fails is taken out, looked at now and then, and taken back; what it was asked is asked elsewhere. With
//! none left, the primary serves. There is no task that does it: reads start the looks that are due.

mod handle;
mod node;
mod options;
mod position;
mod read_only;
mod route;
mod session;
mod settings;
mod stats;

pub use handle::{Primary, Replica};
pub(super) use node::Node;
pub use options::PrimaryReplica;
pub use position::{NoPosition, Position};
pub use read_only::ReadTransaction;
pub(super) use route::Replicas;
pub use session::Session;
pub(super) use settings::routing;
pub use stats::{ReplicaStats, ReplicasStats};
