//! Every target with its corpus, and a bounded number of inputs made from it; always the same ones.

use std::path::Path;

use hyper_fuzz::{Corpus, Watch, hold, run, targets};

#[test]
fn all_targets_hold() {
    let watch = Watch::start();
    for (name, target) in targets() {
        let mut corpus = Corpus::read(name).expect("the corpus is readable");
        assert!(
            !corpus.inputs.is_empty(),
            "fuzz/corpus/{name} is empty: run `cargo run -p hyper-fuzz -- {name} --keep`"
        );
        match hold(name, target, &mut corpus, |tried| tried >= 1_000, 1, &watch) {
            Ok(outcome) => assert!(outcome.kinds > 1, "{name} takes all inputs for the same"),
            Err(finding) => panic!("{finding}"),
        }
    }
}

#[test]
fn every_folder_of_the_corpus_has_its_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(targets().iter().any(|(target, _)| *target == name), "there is no target `{name}`");
    }
}

/// Breaks for two slashes, and for nothing shorter.
fn broken(data: &[u8]) -> u64 {
    assert!(!data.windows(2).any(|two| two == b"//"), "two slashes");
    data.len() as u64
}

#[test]
fn what_does_not_hold_is_found_made_short_and_kept() {
    let folder = std::env::temp_dir().join(format!("hyper-fuzz-{}", std::process::id()));
    let mut corpus = Corpus::at(folder.clone()).unwrap();
    let found = hold("broken", broken, &mut corpus, |tried| tried >= 10_000, 1, &Watch::start());
    let kept = Corpus::at(folder.clone()).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let finding = found.unwrap_err();
    assert_eq!((&finding.input[..], finding.problem.as_str()), (&b"//"[..], "two slashes"));
    assert_eq!(kept.named, [b"//"]);
    let said = finding.to_string();
    for part in ["`//` (seed 1): two slashes", folder.join("found-").to_str().unwrap()] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn one_input_of_each_kind_is_gone_on_from() {
    let parity = |data: &[u8]| (data.len() % 2) as u64;
    let mut corpus = Corpus::default();
    corpus.named.push(b"a".to_vec());
    corpus.inputs = vec![b"abcd".to_vec(), b"ab".to_vec()];
    let mut seen = Vec::new();
    let outcome = run(parity, &mut corpus, |tried| tried >= 10, 7, |input| seen.push(input.to_vec()));
    assert_eq!((outcome.tried, outcome.kinds, seen.len()), (10, 2, 14));
    // The odd ones have a file with a name, and the shortest even one is the empty one.
    assert_eq!(corpus.inputs, [b""]);
    assert_eq!(seen[..4], [&b"a"[..], b"abcd", b"ab", b""]);
}
