//! sqlx's pool: nothing is asked of a connection before it is given out, statements are kept by each, none is logged, and
//! rows are read by position and unchecked, which is what `query_as!` expands to.

use std::process::ExitCode;

use bench_pool::Result;
use bench_pool_peers::{Account, BY_KEY, SLOW};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::{ConnectOptions, FromRow, PgPool, Row};

fn main() -> ExitCode {
    bench_pool::start::<Sqlx>()
}

#[derive(Clone)]
struct Sqlx(PgPool);

struct Read(Account);

impl FromRow<'_, PgRow> for Read {
    #[inline]
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self(Account {
            aid: row.try_get_unchecked(0)?,
            bid: row.try_get_unchecked(1)?,
            abalance: row.try_get_unchecked(2)?,
            filler: row.try_get_unchecked(3)?,
        }))
    }
}

impl bench_pool::Pool for Sqlx {
    type Account = Account;

    async fn open(url: &str, connections: usize, _workers: usize) -> Result<Self> {
        let options = url.parse::<PgConnectOptions>()?.disable_statement_logging();
        let pool =
            PgPoolOptions::new().max_connections(u32::try_from(connections)?).test_before_acquire(false);
        Ok(Self(pool.connect_lazy_with(options)))
    }

    async fn account(&self, id: i32) -> Result<Account> {
        let Read(account) = sqlx::query_as(BY_KEY).bind(id).fetch_one(&self.0).await?;
        Ok(account)
    }

    async fn slow(&self, seconds: f64) -> Result {
        let _: Read = sqlx::query_as(SLOW).bind(seconds).bind(1).fetch_one(&self.0).await?;
        Ok(())
    }
}
