//! deadpool-postgres: nothing is asked of a connection before it is given out, statements are prepared once on each.

use std::process::ExitCode;

use bench_pool::Result;
use bench_pool_peers::{Account, BY_KEY, SLOW};
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::NoTls;

fn main() -> ExitCode {
    bench_pool::start::<Deadpool>()
}

#[derive(Clone)]
struct Deadpool(Pool);

impl bench_pool::Pool for Deadpool {
    type Account = Account;

    async fn open(url: &str, connections: usize, _workers: usize) -> Result<Self> {
        let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(url.parse()?, NoTls, config);
        Ok(Self(Pool::builder(manager).max_size(connections).runtime(Runtime::Tokio1).build()?))
    }

    async fn account(&self, id: i32) -> Result<Account> {
        let client = self.0.get().await?;
        let statement = client.prepare_cached(BY_KEY).await?;
        Ok(Account::from(&client.query_one(&statement, &[&id]).await?))
    }

    async fn slow(&self, seconds: f64) -> Result {
        let client = self.0.get().await?;
        let statement = client.prepare_cached(SLOW).await?;
        client.query_one(&statement, &[&seconds, &1]).await?;
        Ok(())
    }
}
