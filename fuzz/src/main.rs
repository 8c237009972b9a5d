//! `cargo run --release -p hyper-fuzz -- [target ..] [--iterations N] [--seed N] [--keep]`.

use std::process::ExitCode;

use hyper_fuzz::{Corpus, Watch, hold, targets};

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
            name if targets().iter().any(|(target, _)| *target == name) => options.only.push(argument),
            other => {
                let names: Vec<&str> = targets().iter().map(|(name, _)| *name).collect();
                let names = names.join(", ");
                return Err(format!(
                    "There is no target or option `{other}`. Targets: {names}. Options: --iterations N, --seed N, --keep."
                ));
            }
        }
    }
    Ok(options)
}

fn fuzz(options: &Options) -> Result<(), String> {
    let watch = Watch::start();
    for (name, target) in targets() {
        if !options.only.is_empty() && !options.only.iter().any(|only| only == name) {
            continue;
        }
        let mut corpus = Corpus::read(name).map_err(|error| format!("corpus/{name}: {error}"))?;
        let is_enough = |tried| tried >= options.iterations;
        let outcome = hold(name, target, &mut corpus, is_enough, options.seed, &watch)
            .map_err(|finding| finding.to_string())?;
        println!("{name:<15} {} inputs, {} kinds (seed {})", outcome.tried, outcome.kinds, options.seed);
        if options.keep {
            corpus.write().map_err(|error| format!("corpus/{name}: {error}"))?;
        }
    }
    Ok(())
}
