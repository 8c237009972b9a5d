//! What happens to a site's data and to its clients when something breaks under load: each test breaks a real thing.
//!
//! `cargo test -p hyper-tests --test faults -- --nocapture --test-threads=1 | grep '^|'` with `HYPER_SUITES=all` prints the table
//! of `docs/reliability.md`.

mod again;
mod clock;
mod disk;
mod frozen;
mod full;
mod hang_up;
mod load;
mod locked;
mod models;
mod network;
mod outcome;
mod servers;
mod slow;
mod standbys;
mod swallower;
mod terminated;
mod wal;
mod whole;
