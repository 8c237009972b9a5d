//! What the programs of the pool comparison share: command line, runtime, tasks, clock.
//!
//! ```text
//! PROGRAM load  --url URL --connections 8 --tasks 64 --seconds 1 [--slow]
//! PROGRAM first --url URL --connections 8
//! PROGRAM check --url URL
//! ```
//!
//! `load` and `first` write a line of JSON, `check` some rows, one a line. The allocator is that of `bench-orm`.

mod arguments;
mod load;

use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::Instant;

use serde::Serialize;
use tokio::runtime::{Builder, Runtime};

use arguments::{Arguments, Mode};
pub use bench_orm::Result;

/// Rows there are, their keys from 1.
pub const ACCOUNTS: i32 = 1_000_000;

/// A pool, and what is asked of it.
pub trait Pool: Clone + Send + Sync + 'static {
    /// A row of `pgbench_accounts`, all four columns.
    type Account: Serialize + Send;

    /// Makes one with so many connections at most, for a runtime with so many threads.
    fn open(url: &str, connections: usize, workers: usize) -> impl Future<Output = Result<Self>> + Send;

    /// Called on each thread of the runtime.
    fn on_worker() {}

    /// The account with this key.
    fn account(&self, id: i32) -> impl Future<Output = Result<Self::Account>> + Send;

    /// The same statement for each number of seconds: the account with the key 1, after PostgreSQL has slept so long.
    fn slow(&self, seconds: f64) -> impl Future<Output = Result> + Send;
}

/// Whether the command line is for [`start`].
#[must_use]
pub fn is_asked() -> bool {
    std::env::args().nth(1).is_some_and(|mode| matches!(mode.as_str(), "load" | "first" | "check"))
}

/// Runs the program.
#[must_use]
pub fn start<P: Pool>() -> ExitCode {
    match run::<P>(Instant::now()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run<P: Pool>(begun: Instant) -> Result {
    let asked = Arguments::parse()?;
    let workers = available_parallelism().map_or(1, usize::from);
    let runtime = Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .on_thread_start(P::on_worker)
        .build()?;
    let (url, connections) = (asked.url.clone(), asked.connections);
    let open = async move || P::open(&url, connections, workers).await;
    match asked.mode {
        Mode::Load => {
            let pool = on_a_worker(&runtime, async move { open().await })?;
            println!("{}", load::measure(&runtime, &pool, &asked)?);
        }
        Mode::First => on_a_worker(&runtime, async move {
            let made = Instant::now();
            let pool = open().await?;
            pool.account(1).await?;
            println!(r#"{{"main":{},"pool":{}}}"#, begun.elapsed().as_nanos(), made.elapsed().as_nanos());
            Ok(())
        })?,
        Mode::Check => on_a_worker(&runtime, async move {
            let pool = open().await?;
            for id in [1, 2, ACCOUNTS / 2, ACCOUNTS] {
                println!("{}", serde_json::to_string(&pool.account(id).await?)?);
            }
            pool.slow(0.0).await
        })?,
    }
    Ok(())
}

/// The thread in `block_on` is none of the runtime's.
fn on_a_worker<T: Send + 'static>(
    runtime: &Runtime,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    runtime.block_on(runtime.spawn(work))?
}
