//! Tasks that each ask for one row after the other.

use std::hint::black_box;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use tokio::runtime::Runtime;

use crate::arguments::Arguments;
use crate::{ACCOUNTS, Pool, Result, on_a_worker};

/// How long tasks run before the clock starts: connections are opened then, and statements prepared.
const WARM_UP: Duration = Duration::from_millis(300);

/// How long the slow statement takes, and how often it was a fast one before.
const SLOW: f64 = 10.0;
const TIMES_FAST: u32 = 32;

/// A line of JSON: requests a second, CPU seconds of this process for 100,000 of them, nanoseconds a request, and how many
/// there were with the warm-up.
pub(crate) fn measure<P: Pool>(runtime: &Runtime, pool: &P, asked: &Arguments) -> Result<String> {
    if asked.slow {
        let pool = pool.clone();
        on_a_worker(runtime, async move {
            for _ in 0..TIMES_FAST {
                pool.slow(0.0).await?;
            }
            Ok(())
        })?;
    }
    let warm = window(runtime, pool, asked.tasks, WARM_UP, 1_000_000)?;
    let slow = asked.slow.then(|| {
        let pool = pool.clone();
        runtime.spawn(async move { pool.slow(SLOW).await })
    });
    let Seen { in_time, cpu, mut latencies } = window(runtime, pool, asked.tasks, asked.window, 0)?;
    if slow.is_some_and(|slow| slow.is_finished()) {
        return Err(format!("the statement of {SLOW} s ended before the reading did").into());
    }
    latencies.sort_unstable();
    let count = latencies.len();
    let (p50, p99, most) = (latencies[count / 2], latencies[count * 99 / 100], latencies[count - 1]);
    let all = warm.latencies.len() + count;
    let rate = in_time as f64 / asked.window.as_secs_f64();
    let cpu = cpu.as_secs_f64() / in_time as f64 * 100_000.0;
    Ok(format!(r#"{{"rate":{rate:.1},"cpu":{cpu:.4},"p50":{p50},"p99":{p99},"max":{most},"all":{all}}}"#))
}

struct Seen {
    /// Requests that ended within the time, and the CPU time of this process until its end.
    in_time: u64,
    cpu: Duration,
    /// Of all that began within it, also those that ended later.
    latencies: Vec<u64>,
}

fn window<P: Pool>(runtime: &Runtime, pool: &P, tasks: u64, length: Duration, seed: u64) -> Result<Seen> {
    let cpu = ProcessTime::now();
    let end = Instant::now() + length;
    let running: Vec<_> = (0..tasks)
        .map(|task| runtime.spawn(ask(pool.clone(), fastrand::Rng::with_seed(seed + task), end)))
        .collect();
    // This thread is none of the runtime's, so that the clock does not wait for the tasks.
    std::thread::sleep(end.saturating_duration_since(Instant::now()));
    let mut seen = Seen { in_time: 0, cpu: cpu.elapsed(), latencies: vec![] };
    for task in running {
        let latencies = runtime.block_on(task)??;
        // The last one ended after the time.
        seen.in_time += latencies.len().saturating_sub(1) as u64;
        seen.latencies.extend(latencies);
    }
    if seen.in_time == 0 {
        return Err("no request ended in time".into());
    }
    Ok(seen)
}

/// How long each request took, in nanoseconds. What begins before `end` is waited for.
async fn ask<P: Pool>(pool: P, mut random: fastrand::Rng, end: Instant) -> Result<Vec<u64>> {
    let mut latencies = Vec::with_capacity(1 << 12);
    let mut before = Instant::now();
    while before < end {
        black_box(pool.account(random.i32(1..=ACCOUNTS)).await?);
        let now = Instant::now();
        latencies.push((now - before).as_nanos() as u64);
        before = now;
    }
    Ok(latencies)
}
