//! Every target with inputs that nobody has seen before, for a bounded time.
//!
//! `HYPER_FUZZ_SECONDS` is the time for all of them together, 5 unless set; `HYPER_FUZZ_SEED` makes the inputs of an
//! earlier run again.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use hyper_fuzz::{Corpus, Watch, hold, targets};

fn number(key: &str) -> Option<u64> {
    let text = std::env::var(key).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{key} should be a number, and is `{text}`")))
}

#[test]
fn all_targets_hold_for_new_inputs() {
    let seed = number("HYPER_FUZZ_SEED").unwrap_or_else(|| fastrand::u64(..));
    let seconds = number("HYPER_FUZZ_SECONDS").unwrap_or(5);
    println!("seed {seed}");
    let workers = thread::available_parallelism().map_or(1, |cores| cores.get().min(4));
    let mut left = targets();
    let share = Duration::from_secs(seconds) * workers as u32 / left.len() as u32;
    left.reverse();
    let (left, findings) = (Mutex::new(left), Mutex::new(Vec::new()));
    let watch = Watch::start();
    let work = || {
        loop {
            let next = left.lock().unwrap().pop();
            let Some((name, target)) = next else { return };
            let mut corpus = Corpus::read(name).expect("the corpus is readable");
            let started = Instant::now();
            let is_enough = |_| started.elapsed() >= share;
            match hold(name, target, &mut corpus, is_enough, seed, &watch) {
                Ok(outcome) => println!("{name:<15} {} inputs, {} kinds", outcome.tried, outcome.kinds),
                Err(finding) => findings.lock().unwrap().push(finding.to_string()),
            }
        }
    };
    thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(work))));
    let findings = findings.into_inner().unwrap();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}
