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
        runtime.spawn(async move { pool.slow(SLOW).await.map(|()| Instant::now()) })
    });
    let end = Instant::now() + asked.window;
    let Seen { in_time, cpu, mut latencies } = window(runtime, pool, asked.tasks, asked.window, 0)?;
    if let Some(slow) = slow.filter(|slow| slow.is_finished())
        && runtime.block_on(slow)?? < end
    {
        return Err(format!("the statement of {SLOW} s ended before the reading did").into());
    }
    latencies.sort_unstable();
    let count = latencies.len();
    let (p50, p99, most) = (latencies[count / 2], latencies[count * 99 / 100], latencies[count - 1]);
    let all = warm.latencies.len() + count;
    let steady = steady_p99(&latencies, asked.window.as_nanos() as u64 * asked.tasks / count as u64);
    let rate = in_time as f64 / asked.window.as_secs_f64();
    // Where none ended in time, because all wait, there is nothing to divide by.
    let cpu = (in_time > 0).then(|| cpu.as_secs_f64() / in_time as f64 * 100_000.0);
    let cpu = cpu.map_or("null".to_owned(), |cpu| format!("{cpu:.4}"));
    Ok(format!(
        r#"{{"rate":{rate:.1},"cpu":{cpu},"p50":{p50},"p99":{p99},"steady":{steady},"max":{most},"all":{all}}}"#
    ))
}

/// The 99th percentile as those see it who come at a steady pace: of every request, also those that its task would have
/// made in the meantime, had it gone on at the pace of all.
fn steady_p99(latencies: &[u64], pace: u64) -> u64 {
    let mut all: Vec<u64> = latencies
        .iter()
        .flat_map(|&latency| std::iter::successors(Some(latency), move |left| left.checked_sub(pace.max(1))))
        .collect();
    all.sort_unstable();
    all[all.len() * 99 / 100]
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
