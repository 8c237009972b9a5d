//! What is asked for by Zipf's law, by 1 to 16 threads; what is not there is made and put in.

use std::sync::Barrier;
use std::thread;

use crate::arguments::Arguments;
use crate::clock::Clock;
use crate::memory;
use crate::reading::Reading;
use crate::workload::{self, EXPONENT, ROOM};

/// How many readings ask for something else each.
const PARTS: usize = 8;

pub(crate) fn measure(arguments: &Arguments) {
    let keys = workload::keys();
    let order = workload::zipf(EXPONENT, PARTS * arguments.operations);
    let mut all = memory::all(ROOM, &keys);
    // With two layers it is what `remote` measures.
    all.retain(|contestant| arguments.has(contestant.name) && !contestant.name.starts_with("TwoTier"));
    for contestant in &all {
        (contestant.ask)(&order[..arguments.operations]);
    }
    let mut part = 0;
    for _ in 0..arguments.rounds {
        for threads in &arguments.threads {
            // What comes again was forgotten long ago.
            part = (part + 1) % PARTS;
            for contestant in &all {
                let (each, barrier) = (arguments.operations / threads, Barrier::new(threads + 1));
                let start = part * arguments.operations;
                let (hits, took) = thread::scope(|scope| {
                    let (order, barrier) = (&order, &barrier);
                    let ask = |thread: usize| {
                        let at = start + thread * each;
                        move || (barrier.wait(), (contestant.ask)(&order[at..at + each])).1
                    };
                    let asking: Vec<_> = (0..*threads).map(|thread| scope.spawn(ask(thread))).collect();
                    let clock = Clock::start();
                    barrier.wait();
                    let hits: usize =
                        asking.into_iter().map(|thread| thread.join().expect("it does not panic")).sum();
                    (hits, clock.stop())
                });
                let asked = each * threads;
                let hits = Some(hits as f64 / asked as f64);
                Reading::new("zipf", contestant.name, *threads, &took, asked, hits).print();
            }
        }
    }
}
