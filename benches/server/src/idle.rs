//! What idle keep-alive connections hold.

use std::time::Duration;

use tokio::runtime::Runtime;

use crate::CONTESTANTS;
use crate::process::{Client, Process};

const CONNECTIONS: usize = 10_000;
/// After the last request.
const PAUSE: Duration = Duration::from_secs(6);

pub(crate) fn measure(runtime: &Runtime) {
    println!("| resident memory | started | {CONNECTIONS} connections | a connection |\n|---|--:|--:|--:|");
    for (name, command, settings) in CONTESTANTS {
        runtime.block_on(async {
            let server = Process::start(command, settings).await;
            let before = server.memory();
            let mut clients = Vec::new();
            for _ in 0..CONNECTIONS {
                let mut client = Client::connect(server.address).await.expect("it accepts (ulimit -n?)");
                client.ask("/plaintext").await.expect("it answers");
                clients.push(client);
            }
            tokio::time::sleep(PAUSE).await;
            let after = server.memory();
            let each = (after - before) * 1024 / CONNECTIONS as u64;
            println!("| {name} | {:.1} MB | {:.1} MB | {each} B |", megabytes(before), megabytes(after));
            // They are still there.
            for client in clients.iter_mut().step_by(100) {
                client.ask("/plaintext").await.expect("it answers again");
            }
        });
    }
}

fn megabytes(kilobytes: u64) -> f64 {
    kilobytes as f64 / 1000.0 * 1.024
}
