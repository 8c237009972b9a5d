//! Every target with its corpus, and a bounded number of inputs made from it; always the same ones.

use hyper_fuzz::{Corpus, TARGETS, run};

#[test]
fn all_targets_hold() {
    for (name, target) in TARGETS {
        let mut corpus = Corpus::read(name).expect("the corpus is readable");
        assert!(
            !corpus.inputs.is_empty(),
            "fuzz/corpus/{name} is empty: run `cargo run -p hyper-fuzz -- {name} --keep`"
        );
        let outcome = run(target, &mut corpus, 3_000, 1, |_| {});
        assert!(outcome.kinds > 1, "{name} takes all inputs for the same");
    }
}

#[test]
fn a_target_that_does_not_hold_is_found() {
    let broken = |data: &[u8]| {
        assert!(!data.windows(2).any(|two| two == b"//"), "two slashes");
        data.len() as u64
    };
    let found = std::panic::catch_unwind(|| run(broken, &mut Corpus::default(), 10_000, 1, |_| {}));
    assert!(found.is_err());
}
