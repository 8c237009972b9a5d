//! One throw-away cluster for each test process, and a fresh database in it for each test.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use hyper_core::embedded::Postgres;

use crate::PgBouncer;

/// A database that only one test uses. It goes with the cluster, when the process ends.
#[derive(Debug, Clone)]
pub struct Database {
    url: String,
    name: String,
}

impl Database {
    /// Its URL, to connect with or to give to an application.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A fresh, empty database. The first call of a process starts the cluster.
///
/// It blocks, which is harmless in a test, also in one that has a runtime. Nothing is left behind:
/// the cluster stops and its folder goes when the process ends, by a panic or a kill as well.
///
/// # Panics
/// When no PostgreSQL can be started, with the reason and what to install.
///
/// ```
/// let database = hyper_tests::postgres();
/// assert!(database.url().starts_with("postgres://hyper@"));
/// ```
#[must_use]
pub fn postgres() -> Database {
    // Never dropped: the kernel closes what it holds when the process ends, and the server follows.
    static CLUSTER: OnceLock<Postgres> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let cluster = CLUSTER.get_or_init(|| Postgres::ephemeral().unwrap_or_else(|error| panic!("{error}")));
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    cluster.create_database(&name).unwrap_or_else(|error| panic!("{error}"));
    let url = match bouncer(&cluster.url_of(&name)) {
        Some(bouncer) => bouncer.url_of(&name),
        None => cluster.url_of(&name),
    };
    Database { url, name }
}

/// The PgBouncer that `HYPER_PGBOUNCER` names, its program, in front of the cluster: for running tests through it that
/// know nothing of it.
fn bouncer(url: &str) -> Option<&'static PgBouncer> {
    static BOUNCER: OnceLock<Option<PgBouncer>> = OnceLock::new();
    let start = || {
        let program = std::env::var("HYPER_PGBOUNCER").ok().filter(|program| !program.is_empty())?;
        // More than one, so that what belongs to a session is missed soon, in turns.
        Some(PgBouncer::of(&program, url, "default_pool_size = 4\nserver_round_robin = 1"))
    };
    BOUNCER.get_or_init(start).as_ref()
}
