//! `cargo run --release -p hyper-fuzz -- [target ..] [--iterations N] [--seed N] [--keep]`.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use hyper_fuzz::{Corpus, TARGETS, run};

fn main() -> ExitCode {
    match options().and_then(|options| fuzz(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

struct Options {
    only: Vec<String>,
    iterations: usize,
    seed: u64,
    keep: bool,
}

fn options() -> Result<Options, String> {
    let mut options = Options { only: Vec::new(), iterations: 100_000, seed: fastrand::u64(..), keep: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || {
            let text = arguments.next().unwrap_or_default();
            text.parse::<u64>().map_err(|_| format!("{argument} takes a number, and is followed by `{text}`"))
        };
        match argument.as_str() {
            "--iterations" => options.iterations = number()? as usize,
            "--seed" => options.seed = number()?,
            "--keep" => options.keep = true,
            name if TARGETS.iter().any(|(target, _)| *target == name) => options.only.push(argument),
            other => {
                let names = TARGETS.map(|(name, _)| name).join(", ");
                return Err(format!(
                    "There is no target or option `{other}`. Targets: {names}. Options: --iterations N, --seed N, --keep."
                ));
            }
        }
    }
    Ok(options)
}

fn fuzz(options: &Options) -> Result<(), String> {
    for (name, target) in TARGETS {
        if !options.only.is_empty() && !options.only.iter().any(|only| only == name) {
            continue;
        }
        let mut corpus = Corpus::read(name).map_err(|error| format!("corpus/{name}: {error}"))?;
        let last = RefCell::new(Vec::new());
        let result = catch_unwind(AssertUnwindSafe(|| {
            run(target, &mut corpus, options.iterations, options.seed, |input| {
                let mut last = last.borrow_mut();
                last.clear();
                last.extend_from_slice(input);
            })
        }));
        let Ok(outcome) = result else {
            let input = last.borrow();
            return Err(format!(
                "{name} does not hold for `{}` (seed {}); keep it as a file in fuzz/corpus/{name}",
                input.escape_ascii(),
                options.seed
            ));
        };
        println!("{name:<12} {} inputs, {} kinds (seed {})", outcome.tried, outcome.kinds, options.seed);
        if options.keep {
            corpus.write().map_err(|error| format!("corpus/{name}: {error}"))?;
        }
    }
    Ok(())
}
