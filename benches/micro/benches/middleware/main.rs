//! What middleware costs a request, without a connection: an application without, and the same with.
//!
//! ```text
//! cargo bench --bench middleware                                  best of many rounds, ns a request
//! valgrind --tool=callgrind .. -- --only stack --passes 10000     instructions; the difference to --passes 20000
//! ```

mod sites;

use std::hint::black_box;
use std::time::Instant;

use hyperdjango::app::Running;
use hyperdjango::prelude::*;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use tokio::runtime::Runtime;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const ROUNDS: usize = 200;
const REQUESTS: usize = 500;

/// A request as a browser sends it from a page of another site.
fn request() -> Request {
    let mut request = Request::new(Method::GET, "/plaintext").unwrap();
    for (name, value) in [
        ("host", "localhost:8000"),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        ("accept-language", "en-US,en;q=0.5"),
        ("accept-encoding", "gzip, deflate, br, zstd"),
        ("origin", "https://app.example"),
        ("connection", "keep-alive"),
    ] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request
}

/// One request made and answered.
async fn once<A: App>(site: &'static Running<A>) {
    let response = site.respond(black_box(&mut request())).await;
    assert_eq!(black_box(response).status(), 200);
}

fn measure<A: App>(runtime: &Runtime, name: &str, arguments: &Arguments) {
    if arguments.only.as_deref().is_some_and(|only| only != name) {
        return;
    }
    let pairs = [("DEBUG", "true"), ("CORS_ORIGINS", "https://app.example")];
    let settings = Settings::from_pairs(pairs).unwrap();
    let site = runtime.block_on(hyperdjango::app::start::<A>(&settings)).unwrap();
    if let Some(passes) = arguments.passes {
        return runtime.block_on(async {
            for _ in 0..passes {
                once(site).await;
            }
        });
    }
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        runtime.block_on(async {
            for _ in 0..REQUESTS {
                once(site).await;
            }
        });
        best = best.min(start.elapsed().as_nanos() as f64 / REQUESTS as f64);
    }
    let region = Region::new(ALLOCATOR);
    runtime.block_on(once(site));
    let change = region.change();
    println!(
        "{name:<16} {best:8.0} ns   {} allocations, {} bytes",
        change.allocations + change.reallocations,
        change.bytes_allocated
    );
}

/// `--only NAME`, `--passes N`.
struct Arguments {
    only: Option<String>,
    passes: Option<usize>,
}

impl Arguments {
    fn read() -> Self {
        let arguments: Vec<String> = std::env::args().collect();
        let after = |name: &str| {
            let place = arguments.iter().position(|argument| argument == name)?;
            arguments.get(place + 1).cloned()
        };
        Self { only: after("--only"), passes: after("--passes").and_then(|passes| passes.parse().ok()) }
    }
}

fn main() {
    let arguments = Arguments::read();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("a request made and answered, best of {ROUNDS} rounds of {REQUESTS}");
    measure::<sites::none::Site>(&runtime, "none", &arguments);
    measure::<sites::security_headers::Site>(&runtime, "SecurityHeaders", &arguments);
    measure::<sites::timing::Site>(&runtime, "Timing", &arguments);
    measure::<sites::cors::Site>(&runtime, "Cors", &arguments);
    measure::<sites::request_ids::Site>(&runtime, "RequestIds", &arguments);
    measure::<sites::access_log::Site>(&runtime, "AccessLog", &arguments);
    measure::<sites::stack::Site>(&runtime, "stack", &arguments);
    measure::<sites::load_shedding::Site>(&runtime, "LoadShedding", &arguments);
    measure::<sites::trusted_hosts::Site>(&runtime, "TrustedHosts", &arguments);
    measure::<sites::timeout::Site>(&runtime, "Timeout", &arguments);
    measure::<sites::compression::Site>(&runtime, "Compression", &arguments);
    measure::<sites::conditional_get::Site>(&runtime, "ConditionalGet", &arguments);
    measure::<sites::all::Site>(&runtime, "all", &arguments);
}
