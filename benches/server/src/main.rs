//! Two questions to the server, asked over loopback: what do idle connections hold, and what do handlers
//! that panic, stream or hold their thread do to the others? `README.md` says how to read the answers.

mod bare;
mod idle;
mod neighbours;
mod process;
mod site;

use std::process::ExitCode;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Who is measured: a subcommand of this program, and its settings.
const CONTESTANTS: [(&str, &str, &[(&str, &str)]); 3] = [
    ("bare hyper", "bare", &[]),
    ("shared", "serve", &[("HTTP_SERVER_MODEL", "shared")]),
    ("per_core", "serve", &[("HTTP_SERVER_MODEL", "per_core")]),
];

fn main() -> ExitCode {
    let run = |work: fn(&tokio::runtime::Runtime)| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().expect("a runtime starts");
        work(&runtime);
        ExitCode::SUCCESS
    };
    match std::env::args().nth(1).as_deref() {
        // The rest is `manage`'s: it knows `serve`.
        Some("serve") => hyperdjango::manage::<site::Site>(),
        Some("bare") => bare::serve(),
        Some("idle") => run(idle::measure),
        Some("neighbours") => run(neighbours::measure),
        Some("disturb") => run(|runtime| {
            let mut arguments = std::env::args().skip(2);
            let address = arguments.next().and_then(|address| address.parse().ok());
            let what = arguments.next().unwrap_or_default();
            neighbours::disturb(runtime, address.expect("an address"), &what);
        }),
        _ => {
            eprintln!("usage: bench-server idle | neighbours");
            ExitCode::from(2)
        }
    }
}
