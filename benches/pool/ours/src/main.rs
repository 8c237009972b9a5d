//! The framework's pool as a user of the framework meets it.

mod models;
mod seeds;

use bench_orm::Result;
use hyperdjango::db::{Db, DbOptions, register_worker};
use hyperdjango::prelude::*;

use models::Account;

#[derive(Clone)]
struct Ours(Db);

fn main() -> ExitCode {
    if bench_pool::is_asked() {
        bench_pool::start::<Ours>()
    } else {
        bench_orm::start(register_worker, seeds::run)
    }
}

/// As for a site with `POOL_SIZE` so large: a connection for each thread, and the others.
pub(crate) fn open(url: &str, connections: usize, workers: usize) -> Result<Db> {
    let mut options = DbOptions::default();
    options.pinned = workers;
    options.exclusive = connections.saturating_sub(workers).max(1);
    Ok(Db::with_options(url.parse()?, options))
}

impl bench_pool::Pool for Ours {
    type Account = Account;

    async fn open(url: &str, connections: usize, workers: usize) -> Result<Self> {
        open(url, connections, workers).map(Self)
    }

    fn on_worker() {
        register_worker();
    }

    async fn account(&self, id: i32) -> Result<Account> {
        Ok(Account::objects().get(&self.0, id).await?)
    }

    async fn slow(&self, seconds: f64) -> Result {
        Account::objects().filter(sql!(bool, "pg_sleep({}) IS NOT NULL", seconds)).get(&self.0, 1).await?;
        Ok(())
    }
}
