//! Feeds the parsers of `hyper_core::fuzz` with bytes that are changed again and again, from a corpus in `corpus/`.
//!
//! The compiler's instrumentation is not needed: a target says what kind of input it was, and one input of each kind, the
//! shortest, is kept to go on from. The same seed makes the same inputs.

mod corpus;
mod mutate;

use std::collections::BTreeMap;

use fastrand::Rng;
pub use hyper_core::fuzz::{TARGETS, Target};

pub use corpus::Corpus;

/// What one run did.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// Inputs that were tried.
    pub tried: usize,
    /// Kinds of inputs that are known now.
    pub kinds: usize,
}

/// Kinds beyond this many are not kept.
const MOST: usize = 100;

/// Tries all of the corpus, and then as many changed inputs. A panic of the target is the finding; `on_input` sees each
/// input before it is tried, so that the one that panics is known.
pub fn run(
    target: Target,
    corpus: &mut Corpus,
    iterations: usize,
    seed: u64,
    mut on_input: impl FnMut(&[u8]),
) -> Outcome {
    let mut rng = Rng::with_seed(seed);
    let mut kept: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    let mut try_one = |input: Vec<u8>, kept: &mut BTreeMap<u64, Vec<u8>>| {
        on_input(&input);
        let kind = target(&input);
        let better = kept.get(&kind).map_or(kept.len() < MOST, |known| input.len() < known.len());
        if better {
            kept.insert(kind, input);
        }
    };
    for input in std::mem::take(&mut corpus.inputs) {
        try_one(input, &mut kept);
    }
    try_one(Vec::new(), &mut kept);
    for _ in 0..iterations {
        let inputs: Vec<&Vec<u8>> = kept.values().collect();
        let input =
            mutate::changed(inputs[rng.usize(..inputs.len())], inputs[rng.usize(..inputs.len())], &mut rng);
        try_one(input, &mut kept);
    }
    let outcome = Outcome { tried: iterations, kinds: kept.len() };
    corpus.inputs = kept.into_values().collect();
    outcome
}
