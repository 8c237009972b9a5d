//! A process that uses a project's PostgreSQL until its standard input ends: tests start it and kill it.

use std::io::{Read, Write, stdin, stdout};
use std::process::ExitCode;

use hyper_core::embedded::{Options, Postgres, Source};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let options = match arguments.next().as_deref() {
        Some("ephemeral") => Options::ephemeral(),
        Some(project) => {
            let options = Options::project(project).database_url(None);
            match arguments.next() {
                // As if nothing were installed.
                Some(cache) => options.search_only(Vec::<String>::new()).cache(cache),
                None => options,
            }
        }
        None => {
            eprintln!("usage: hold-postgres ephemeral | <folder of a project> [<folder for fetched builds>]");
            return ExitCode::from(2);
        }
    };
    let postgres = match Postgres::start(options) {
        Ok(postgres) => postgres,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let how = match postgres.source() {
        Source::Own { started: true, .. } => "started",
        _ => "joined",
    };
    // One line that whoever started this waits for.
    println!("{how} {}", postgres.url());
    if stdout().flush().is_ok() {
        let _ = stdin().read_to_end(&mut Vec::new());
    }
    drop(postgres);
    ExitCode::SUCCESS
}
