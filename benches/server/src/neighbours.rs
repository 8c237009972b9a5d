//! What a bad handler does to the others: their latency beside it.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::CONTESTANTS;
use crate::process::{Client, Process};

const CONNECTIONS: u64 = 64;
/// Between two requests of a connection: 3,200 requests a second from all of them.
const EVERY: Duration = Duration::from_millis(20);
const TIME: Duration = Duration::from_secs(10);

/// What goes on beside.
const DISTURBANCES: [&str; 5] =
    ["nothing", "200 panics/s", "2 downloads of 100 MB", "5/s hold 50 ms", "20/s hold 20 ms"];

pub(crate) fn measure(runtime: &Runtime) {
    println!("| p50 / p99 / largest, ms | {} |", DISTURBANCES.join(" | "));
    println!("|---|{}", "--:|".repeat(DISTURBANCES.len()));
    for (name, command, settings) in CONTESTANTS.into_iter().filter(|(_, command, _)| *command == "serve") {
        print!("| {name} |");
        for disturbance in DISTURBANCES {
            let mut latencies = runtime.block_on(async {
                let server = Process::start(command, settings).await;
                let disturbing = disturb(server.address, disturbance);
                let latencies = load(server.address).await;
                disturbing.iter().for_each(JoinHandle::abort);
                latencies
            });
            latencies.sort_unstable();
            let at = |share: f64| {
                let index = ((latencies.len() - 1) as f64 * share) as usize;
                latencies[index].as_secs_f64() * 1e3
            };
            print!(" {:.2} / {:.1} / {:.0} |", at(0.5), at(0.99), at(1.0));
        }
        println!();
    }
}

/// The latencies of requests that come when they are due, whether or not others have been answered.
async fn load(address: SocketAddr) -> Vec<Duration> {
    let begin = Instant::now() + Duration::from_millis(500);
    let connections: Vec<_> = (0..CONNECTIONS)
        .map(|number| {
            tokio::spawn(async move {
                let mut client = Client::connect(address).await.expect("it accepts");
                let offset = EVERY * number as u32 / CONNECTIONS as u32;
                let mut ticks = interval_at(begin + offset, EVERY);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
                let mut latencies = Vec::new();
                loop {
                    let due = ticks.tick().await;
                    if due > begin + TIME {
                        return latencies;
                    }
                    client.ask("/plaintext").await.expect("it answers");
                    latencies.push(due.elapsed());
                }
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for connection in connections {
        latencies.append(&mut connection.await.expect("it goes on"));
    }
    latencies
}

fn disturb(address: SocketAddr, what: &str) -> Vec<JoinHandle<()>> {
    match what {
        "200 panics/s" => vec![repeat(address, "/panic", 5)],
        "2 downloads of 100 MB" => (0..2).map(|_| download(address)).collect(),
        "5/s hold 50 ms" => vec![repeat(address, "/hold/50", 200)],
        "20/s hold 20 ms" => vec![repeat(address, "/hold/20", 50)],
        _ => Vec::new(),
    }
}

/// A request every so many milliseconds, each on a connection of its own.
fn repeat(address: SocketAddr, path: &'static str, every: u64) -> JoinHandle<()> {
    let every = Duration::from_millis(every);
    spawn(async move {
        let mut ticks = tokio::time::interval(every);
        loop {
            ticks.tick().await;
            tokio::spawn(async move { Client::connect(address).await?.ask(path).await });
        }
    })
}

fn download(address: SocketAddr) -> JoinHandle<()> {
    spawn(async move {
        loop {
            if let Ok(mut client) = Client::connect(address).await {
                // It is cut when the measurement ends.
                let _ = client.download("/download").await;
            }
        }
    })
}

fn spawn(work: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(work)
}
