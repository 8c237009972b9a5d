//! PostgreSQL without set-up: what `cargo run` of a new project needs before its first query.
//!
//! [`Postgres::start`] takes the server that `DATABASE_URL` names, or starts one: from the programs
//! installed on this machine, or from a pinned build of a package registry. Such a server listens on
//! a unix socket only, belongs to the project, is shared by all processes that use it, and stops
//! with the last of them. Development and tests need no more; production sets `DATABASE_URL`.

mod account;
mod builds;
mod database;
mod error;
mod fetch;
mod install;
mod options;
mod place;
mod postgres;
mod server;
mod url;

pub use error::Error;
pub use install::Version;
pub use options::Options;
pub use postgres::{Postgres, Source};
