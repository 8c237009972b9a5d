//! Caches side by side. Prints a line of JSON for each reading; `driver/` makes tables of them.

mod arguments;
mod clock;
mod hit;
mod memory;
mod queries;
mod rates;
mod reading;
mod remote;
mod workload;
mod zipf;

use std::process::ExitCode;

use arguments::Arguments;
pub use clock::Allocations;

/// Runs what the command line says: `hit`, `rates`, `zipf`, `remote` or `queries`.
pub fn run(allocations: Option<Allocations>) -> ExitCode {
    clock::count_by(allocations);
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    match arguments.what.as_str() {
        "hit" => hit::measure(&arguments),
        "rates" => rates::measure(&arguments),
        "zipf" => zipf::measure(&arguments),
        "remote" => remote::measure(&arguments),
        "queries" => queries::measure(&arguments),
        other => {
            eprintln!("nothing is called {other}: hit, rates, zipf, remote, queries");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
