//! Caches against the real components.

mod bus;
mod cached;
mod contract;
mod database;
mod dependents;
mod guards;
mod history;
mod instances;
mod nested;
mod nginx;
mod pages;
mod prefetches;
mod queries;
mod remote;
mod ring;
mod site;
mod table;
mod two_tier;

/// Waits for a condition.
async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let started = std::time::Instant::now();
    while !condition().await {
        assert!(started.elapsed() < std::time::Duration::from_secs(60), "waited for {what}");
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}
