//! Feeds the parsers of `hyper_core::fuzz` with bytes that are changed again and again, from a corpus in `corpus/`.
//!
//! The compiler's instrumentation is not needed: a target says what kind of input it was, and one input of each kind, the
//! shortest, is kept to go on from. The same seed makes the same inputs.

mod corpus;
mod finding;
mod mutate;
mod redirect;
mod watch;

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
pub use hyper_core::fuzz::Target;

pub use corpus::Corpus;
pub use finding::{Finding, hold};
pub use watch::Watch;

/// All targets, by name.
#[must_use]
pub fn targets() -> Vec<(&'static str, Target)> {
    let mut targets = hyper_core::fuzz::TARGETS.to_vec();
    targets.push(("redirect", redirect::redirect));
    targets
}

/// What one run did.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// Inputs that were made and tried.
    pub tried: usize,
    /// Kinds of inputs that are known now.
    pub kinds: usize,
}

/// Kinds beyond this many are not kept.
const MOST: usize = 100;

/// Tries all of the corpus, and then changed inputs until it is enough of them. A panic of the target is the finding;
/// `on_input` sees each input before it is tried, so that the one that panics is known.
pub fn run(
    target: Target,
    corpus: &mut Corpus,
    mut is_enough: impl FnMut(usize) -> bool,
    seed: u64,
    mut on_input: impl FnMut(&[u8]),
) -> Outcome {
    let mut rng = Rng::with_seed(seed);
    let mut of_named = BTreeSet::new();
    let mut pool = corpus.named.clone();
    for input in &corpus.named {
        on_input(input);
        of_named.insert(target(input));
    }
    let mut kept: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    let mut try_one = |input: Vec<u8>, pool: &mut Vec<Vec<u8>>| {
        on_input(&input);
        let kind = target(&input);
        let is_new = !of_named.contains(&kind) && kept.len() < MOST;
        if kept.get(&kind).map_or(is_new, |known| input.len() < known.len()) {
            pool.push(input.clone());
            kept.insert(kind, input);
        }
    };
    for input in std::mem::take(&mut corpus.inputs) {
        try_one(input, &mut pool);
    }
    try_one(Vec::new(), &mut pool);
    let mut tried = 0;
    while !is_enough(tried) {
        let (input, other) = match &pool[..] {
            [] => (&[][..], &[][..]),
            pool => (&pool[rng.usize(..pool.len())][..], &pool[rng.usize(..pool.len())][..]),
        };
        let input = mutate::changed(input, other, &mut rng);
        try_one(input, &mut pool);
        tried += 1;
    }
    let outcome = Outcome { tried, kinds: of_named.len() + kept.len() };
    corpus.inputs = kept.into_values().collect();
    outcome
}
