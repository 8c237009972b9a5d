//! The commands of a user's own binary: it is its own `manage.py`.

mod benchmark;
pub(crate) mod log;
mod routes;
mod serve;

use std::process::ExitCode;

use hyper_core::App;

const HELP: &str = "\
Usage: <program> [command]

Commands:
  serve    serves the application (when no command is given)
  routes   lists the routes; --json all that is known of them, --sizes with the bytes of their futures
  benchmark
           measures queries on the database, and compares them with a baseline; --save-baseline makes this
           run the baseline, --threshold 2.0 is how many times its time a query may take, --posts 50000
           and --runs 7 are how much is measured, --json writes the results as JSON
  help     says this

Settings come from the environment: HOST, PORT, BIND, SECRET_KEY, DEBUG, ..
";

/// Runs the command that the process was started with; `serve` when there is none.
///
/// ```no_run
/// # use hyperdjango::prelude::*;
/// # #[get("/")] async fn index() {}
/// # routes! { pub Urls: index }
/// # #[derive(App)] #[app(routes = Urls)] pub struct Site;
/// fn main() -> ExitCode {
///     manage::<Site>()
/// }
/// ```
#[must_use]
pub fn manage<A: App>() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let command = arguments.next().map(|command| command.to_string_lossy().into_owned());
    match command.as_deref() {
        None | Some("serve") => serve::serve::<A>(),
        Some("routes") => {
            routes::routes::<A>(arguments.map(|argument| argument.to_string_lossy().into_owned()))
        }
        Some("benchmark") => {
            benchmark::benchmark::<A>(arguments.map(|argument| argument.to_string_lossy().into_owned()))
        }
        Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Some(other) => {
            eprint!("There is no command `{other}`.\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}
