//! Columns of values held against the rules of a field: all together, and one by one as a model's `validate` does it.
//!
//! ```text
//! cargo bench --bench batch                                  best of many rounds, ns a value
//! ```
//!
//! That the loops are vectorized shows in the disassembly of what is measured, each a function of its own:
//!
//! ```text
//! objdump -d --no-show-raw-insn target/release/deps/batch-* | awk '/^[0-9a-f]+ <.*together_i32/,/^$/'
//! ```

use std::hint::black_box;
use std::time::Instant;

use hyperdjango::ValidationErrors;
use hyperdjango::orm::validation::{Broken, Check, Limit, Rules};

const VALUES: usize = 10_000;
const ROUNDS: usize = 300;

const NUMBERS: Rules = Rules { ge: Some(Limit::Int(0)), le: Some(Limit::Int(1_000_000)), ..Rules::NONE };
const TEXTS: Rules = Rules { max_length: Some(40), ..Rules::NONE };
const SLUGS: Rules = Rules { max_length: Some(50), slug: true, ..Rules::NONE };

#[inline(never)]
fn together_i64(values: &[i64]) -> Broken {
    NUMBERS.integers(values)
}

#[inline(never)]
fn together_i32(values: &[i32]) -> Broken {
    NUMBERS.integers(values)
}

#[inline(never)]
fn together_f64(values: &[f64]) -> Broken {
    NUMBERS.floats(values)
}

#[inline(never)]
fn together_texts(values: &[String]) -> Broken {
    TEXTS.texts(values)
}

#[inline(never)]
fn together_slugs(values: &[String]) -> Broken {
    SLUGS.texts(values)
}

fn one_by_one<T: Check>(rules: &Rules, values: &[T]) -> usize {
    let broken = |value: &&T| {
        let mut errors = ValidationErrors::new();
        value.check(rules, "field", &mut errors);
        !errors.is_empty()
    };
    values.iter().filter(broken).count()
}

/// The best of many rounds, in ns a value.
fn best(mut run: impl FnMut() -> usize) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        assert_eq!(black_box(run()), 1);
        best = best.min(start.elapsed().as_nanos() as f64 / VALUES as f64);
    }
    best
}

fn measure<T: Check>(name: &str, rules: &Rules, values: &[T], together: fn(&[T]) -> Broken) {
    assert_eq!(together(values).iter().collect::<Vec<_>>(), [VALUES - 7], "{name}");
    let together = best(|| together(black_box(values)).count());
    let single = best(|| one_by_one(rules, black_box(values)));
    println!("{name:<16} together {together:7.3}   one by one {single:7.3}   {:5.1}x", single / together);
}

fn main() {
    println!("ns a value, best of {ROUNDS} rounds of {VALUES} values, one of which is broken");
    let number = |at: usize| if at == VALUES - 7 { -1 } else { (at * 7919 % 1_000_000) as i32 };
    let numbers: Vec<i32> = (0..VALUES).map(number).collect();
    measure("i32 in a range", &NUMBERS, &numbers, together_i32);
    measure(
        "i64 in a range",
        &NUMBERS,
        &numbers.iter().map(|&n| i64::from(n)).collect::<Vec<_>>(),
        together_i64,
    );
    measure(
        "f64 in a range",
        &NUMBERS,
        &numbers.iter().map(|&n| f64::from(n)).collect::<Vec<_>>(),
        together_f64,
    );
    let text = |at: usize| {
        let text = format!("some-text-of-a-usual-length-{at}");
        if at == VALUES - 7 { text + "\0" } else { text }
    };
    let texts: Vec<String> = (0..VALUES).map(text).collect();
    measure("texts, length", &TEXTS, &texts, together_texts);
    measure("slugs", &SLUGS, &texts, together_slugs);
}
