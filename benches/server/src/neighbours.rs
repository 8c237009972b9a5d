//! What a bad handler does to the others: their latency beside it.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::CONTESTANTS;
use crate::process::{Client, Process, disturber};

const CONNECTIONS: u64 = 64;
/// Between two requests of a connection: 3,200 requests a second from all of them.
const EVERY: Duration = Duration::from_millis(20);
const TIME: Duration = Duration::from_secs(10);

/// What goes on beside.
const DISTURBANCES: [&str; 5] =
    ["nothing", "200 panics/s", "2 downloads of 100 MB/s", "5/s hold 50 ms", "20/s hold 20 ms"];
/// Bytes a second of each download.
const SPEED: usize = 100 << 20;

pub(crate) fn measure(runtime: &Runtime) {
    println!("| p50 / p99 / largest, ms | {} |", DISTURBANCES.join(" | "));
    println!("|---|{}", "--:|".repeat(DISTURBANCES.len()));
    for (name, command, settings) in CONTESTANTS.into_iter().filter(|(_, command, _)| *command == "serve") {
        print!("| {name} |");
        for disturbance in DISTURBANCES {
            let mut latencies = runtime.block_on(async {
                let server = Process::start(command, settings).await;
                // A process of its own, so that it does not hold up who measures.
                let _disturber = disturber(server.address, disturbance);
                load(server.address).await
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

/// Disturbs the server at an address until the process is killed.
pub(crate) fn disturb(runtime: &Runtime, address: SocketAddr, what: &str) {
    runtime.block_on(async {
        match what {
            "200 panics/s" => repeat(address, "/panic", 5).await,
            "2 downloads of 100 MB/s" => tokio::join!(download(address), download(address)).0,
            "5/s hold 50 ms" => repeat(address, "/hold/50", 200).await,
            "20/s hold 20 ms" => repeat(address, "/hold/20", 50).await,
            _ => std::future::pending().await,
        }
    });
}

/// A request every so many milliseconds, each on a connection of its own.
async fn repeat(address: SocketAddr, path: &'static str, every: u64) {
    let mut ticks = tokio::time::interval(Duration::from_millis(every));
    loop {
        ticks.tick().await;
        tokio::spawn(async move { Client::connect(address).await?.ask(path).await });
    }
}

async fn download(address: SocketAddr) {
    loop {
        if let Ok(mut client) = Client::connect(address).await {
            // It is cut when the measurement ends.
            let _ = client.download("/download", SPEED).await;
        }
    }
}
