//! Runs operations for the time asked for, and says what they cost.

use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

use crate::arguments::{Arguments, Length};
use crate::{Out, Result};

/// How long operations run before the clock starts, and how many do at least.
const WARM_UP: Duration = Duration::from_millis(100);
const LEAST: u64 = 3;

/// Runs the operations of one workload.
#[derive(Debug)]
pub struct Harness {
    arguments: Arguments,
}

impl Harness {
    pub(crate) fn new(arguments: Arguments) -> Self {
        Self { arguments }
    }

    /// What to run.
    #[must_use]
    pub fn workload(&self) -> &str {
        &self.arguments.workload
    }

    /// Where PostgreSQL is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.arguments.url
    }

    /// How many connections there may be.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.arguments.connections
    }

    /// The number behind the dash: 10 in `w8-10`.
    #[must_use]
    pub fn size(&self) -> u64 {
        let size = self.workload().rsplit_once('-').map_or("", |(_, size)| size);
        match size.strip_suffix('k') {
            Some(thousands) => thousands.parse().map_or(0, |n: u64| n * 1000),
            None => size.parse().unwrap_or(0),
        }
    }

    /// One operation after the other. `op` is given the number of the operation.
    pub async fn drive(&self, op: impl AsyncFn(u64, &mut Out) -> Result) -> Result {
        let mut out = Out { writes: matches!(self.arguments.length, Length::Check) };
        let mut i = 0;
        let mut latencies = Vec::with_capacity(1 << 20);
        let limit = match self.arguments.length {
            Length::Check => {
                for i in 0..3 {
                    op(i, &mut out).await?;
                }
                return Ok(());
            }
            Length::Iterations(count) => {
                for i in 0..LEAST + count {
                    op(i, &mut out).await?;
                }
                return Ok(());
            }
            Length::Time(limit) => limit,
        };
        let warm = Instant::now();
        while i < LEAST || warm.elapsed() < WARM_UP.min(limit) {
            op(i, &mut out).await?;
            i += 1;
        }
        let cpu = ProcessTime::now();
        let start = Instant::now();
        let mut before = start;
        loop {
            op(i, &mut out).await?;
            i += 1;
            let now = Instant::now();
            latencies.push(now - before);
            before = now;
            if now - start >= limit && latencies.len() >= LEAST as usize {
                break;
            }
        }
        report(latencies, before - start, cpu.elapsed());
        Ok(())
    }

    /// So many tasks at once, each with one operation after the other. `op` is given the number of the task and of
    /// the operation.
    pub async fn concurrently<F>(
        &self,
        tasks: u64,
        op: impl Fn(u64, u64) -> F + Clone + Send + 'static,
    ) -> Result
    where
        F: Future<Output = Result> + Send,
    {
        let (limit, most) = match self.arguments.length {
            Length::Time(limit) => (limit, u64::MAX),
            Length::Iterations(count) => (Duration::MAX, LEAST + count / tasks),
            Length::Check => (Duration::MAX, 1),
        };
        // Opens the connections.
        let round = |limit: Duration, most: u64| {
            let started = Instant::now();
            let running: Vec<_> = (0..tasks)
                .map(|task| {
                    let op = op.clone();
                    tokio::spawn(async move {
                        let mut latencies = Vec::new();
                        let mut before = started;
                        for i in 0..most {
                            op(task, i).await?;
                            let now = Instant::now();
                            latencies.push(now - before);
                            before = now;
                            if now - started >= limit {
                                break;
                            }
                        }
                        Result::Ok(latencies)
                    })
                })
                .collect();
            async move {
                let mut all = Vec::new();
                for task in running {
                    all.extend(task.await??);
                }
                Result::Ok(all)
            }
        };
        round(WARM_UP, most).await?;
        let cpu = ProcessTime::now();
        let start = Instant::now();
        let latencies = round(limit, most).await?;
        if matches!(self.arguments.length, Length::Time(_)) {
            report(latencies, start.elapsed(), cpu.elapsed());
        }
        Ok(())
    }
}

/// A line of JSON: times in nanoseconds an operation.
fn report(mut latencies: Vec<Duration>, took: Duration, cpu: Duration) {
    latencies.sort_unstable();
    let ops = latencies.len();
    let per = |time: Duration| time.as_nanos() as f64 / ops as f64;
    println!(
        r#"{{"ops":{ops},"wall":{:.0},"cpu":{:.0},"p50":{},"p99":{}}}"#,
        per(took),
        per(cpu),
        latencies[ops / 2].as_nanos(),
        latencies[ops * 99 / 100].as_nanos()
    );
}
