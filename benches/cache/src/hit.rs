//! What is there, asked for by one thread.

use crate::arguments::Arguments;
use crate::clock::Clock;
use crate::memory;
use crate::reading::Reading;
use crate::workload;

/// How many keys there are: few enough for the processor's own caches.
const FEW: u32 = 1_000;

pub(crate) fn measure(arguments: &Arguments) {
    let keys = workload::keys();
    let mut order: Vec<u32> = (0..FEW).collect();
    fastrand::Rng::with_seed(7).shuffle(&mut order);
    let mut all = memory::all(workload::ROOM, &keys);
    all.retain(|contestant| arguments.has(contestant.name));
    for contestant in &all {
        (contestant.ask)(&order);
        // What was just put in is looked after later by some.
        for _ in 0..20 {
            assert_eq!((contestant.ask)(&order), order.len(), "{}", contestant.name);
        }
    }
    if let Some(passes) = arguments.passes {
        for contestant in &all {
            (0..passes / order.len()).for_each(|_| assert_eq!((contestant.ask)(&order), order.len()));
        }
        return;
    }
    let times = arguments.operations.div_ceil(order.len());
    for _ in 0..arguments.rounds {
        for contestant in &all {
            let clock = Clock::start();
            let hits: usize = (0..times).map(|_| (contestant.ask)(&order)).sum();
            let took = clock.stop();
            let asked = times * order.len();
            assert_eq!(hits, asked);
            Reading::new("hit", contestant.name, 1, &took, asked, None).print();
        }
    }
}
