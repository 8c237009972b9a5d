//! Health, with a PostgreSQL that is killed, frozen and started again.

mod broken;
mod cluster;
mod ready;
mod site;
mod slow;
mod timed;
mod tuned;

use std::time::{Duration, Instant};

use hyperdjango::prelude::*;

/// Asks until it is so, as long as a busy machine may need.
async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !condition().await {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited 60 s for {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn database(url: &str) -> Db {
    Db::new(url.parse().unwrap())
}
