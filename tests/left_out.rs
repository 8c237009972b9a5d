//! Says which suites `cargo test` left out, and what they need: not a test, but shown among them.

use hyper_tests::suites::{Suite, all_asked_for};

fn main() {
    if all_asked_for() {
        return;
    }
    println!("\nLeft out, since they need more than PostgreSQL (./test installs it and runs them):");
    for suite in Suite::ALL {
        println!("  {:<20} needs {}", suite.name(), suite.needs());
    }
    println!();
}
