//! What the programs of the ORM comparison share: command line, allocator, runtime, clock, answers.
//!
//! ```text
//! PROGRAM WORKLOAD --url URL [--connections 1] [--seconds 1 | --iterations 1000 | --check]
//! ```
//!
//! A measured program writes one line of JSON; with `--check` it writes its answers instead, one a line.

mod arguments;
mod drive;
mod out;
mod tree;

use std::process::ExitCode;

pub use arguments::Arguments;
pub use drive::Harness;
pub use out::Out;
pub use tree::{CommentOf, PostOf, UserOf};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What everything returns.
pub type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Runs a program. All but the workloads with tasks (`w17`) run on one thread, the connection's task too, so that no answer
/// waits for another thread to wake up. `on_worker` is called on each thread.
pub fn start(on_worker: fn(), work: impl AsyncFnOnce(&Harness) -> Result) -> ExitCode {
    let outcome = Arguments::parse().and_then(|arguments| {
        let mut builder = if arguments.workload.starts_with("w17") {
            tokio::runtime::Builder::new_multi_thread()
        } else {
            tokio::runtime::Builder::new_current_thread()
        };
        let runtime = builder.worker_threads(2).enable_all().on_thread_start(on_worker).build()?;
        runtime.block_on(work(&Harness::new(arguments)))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// A number from 1 to `most`, another for each `i` and the same in every program.
#[must_use]
pub fn pick(i: u64, most: u64) -> i64 {
    (1 + (i * 7919 + 13) % most).cast_signed()
}

/// A workload this program has not.
pub fn unknown(workload: &str) -> Result {
    println!("no {workload}");
    Ok(())
}

/// The name of row `i` of those that are inserted.
#[must_use]
pub fn item_name(i: u64) -> String {
    format!("New item {i}")
}

/// Its note.
#[must_use]
pub fn item_note(i: u64) -> Option<String> {
    i.is_multiple_of(2).then(|| format!("note {i}"))
}
