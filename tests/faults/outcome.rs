//! What became of a load: whether it is all right, and the line of it in the table.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use hyperdjango::db::{Db, ErrorKind};
use hyperdjango::prelude::*;

use crate::load::{Failures, GIVEN_UP, READERS, Seen, WRITERS};
use crate::models::{Counter, Receipt};

/// More than any writer writes.
const EACH: i64 = 1_000_000_000;

/// What a time limit may be late by on a machine with too much to do.
const BUSY: Duration = Duration::from_secs(5);

/// What one writer was told of what it wrote.
#[derive(Debug, Default)]
pub(crate) struct Told {
    writer: i64,
    acknowledged: Vec<i64>,
    /// Nobody knows, as the connection was lost or the client did not wait.
    unknown: Vec<i64>,
    pub(crate) refused: Vec<i64>,
    /// How often it counted, and how often it may have.
    counted: i64,
    may_be_counted: i64,
}

impl Told {
    pub(crate) fn of(writer: i64) -> Self {
        Self { writer, ..Self::default() }
    }

    /// The number of what is written in a turn.
    pub(crate) fn number(&self, turn: i64) -> i64 {
        self.writer * EACH + turn
    }

    /// Whether it is written with a counter.
    pub(crate) fn is_counted(number: i64) -> bool {
        number % 2 == 0
    }

    pub(crate) fn acknowledged(&mut self, number: i64) {
        self.acknowledged.push(number);
        self.counted += i64::from(Self::is_counted(number));
    }

    pub(crate) fn unknown(&mut self, number: i64) {
        self.unknown.push(number);
        self.may_be_counted += i64::from(Self::is_counted(number));
    }

    /// At least what was acknowledged, and nothing that was refused.
    pub(crate) fn may_be(&self, counter: i64) -> bool {
        (self.counted..=self.counted + self.may_be_counted).contains(&counter)
    }

    pub(crate) fn counts(&self) -> (i64, i64) {
        (self.counted, self.may_be_counted)
    }
}

/// A load that has ended, in which nothing was wrong.
#[derive(Debug)]
pub(crate) struct Outcome {
    reads: u64,
    writes: u64,
    /// Writes of which nobody was told how they ended, and those of them that are there.
    unknown: usize,
    pub(crate) kept: usize,
    pub(crate) failures: BTreeMap<String, Failures>,
    given_up: Option<Failures>,
    gap: Duration,
}

impl Outcome {
    pub(crate) async fn of(seen: &Seen, told: &[Told], look: &Db) -> Self {
        let wrong = std::mem::take(&mut *seen.wrong.lock().unwrap());
        assert!(
            wrong.is_empty(),
            "{} answers are wrong, as this: {:?}",
            wrong.len(),
            &wrong[..wrong.len().min(5)]
        );
        let mut there: HashMap<i64, u32> = HashMap::new();
        for receipt in Receipt::objects().all(look).await.unwrap() {
            *there.entry(receipt.number).or_default() += 1;
        }
        let (mut unknown, mut kept) = (0, 0);
        for told in told.iter().filter(|told| !told.acknowledged.is_empty()) {
            let mut counted = 0;
            let mut take = |number: &i64| {
                let times = there.remove(number).unwrap_or(0);
                counted += i64::from(times) * i64::from(Told::is_counted(*number));
                times
            };
            for number in &told.acknowledged {
                assert_eq!(take(number), 1, "{number} was acknowledged once");
            }
            for number in &told.unknown {
                let times = take(number);
                assert!(times <= 1, "{number} is there {times} times");
                unknown += 1;
                kept += times as usize;
            }
            for number in &told.refused {
                assert_eq!(take(number), 0, "{number} was refused");
            }
            let counter = Counter::objects().get(look, told.writer).await.unwrap().n;
            assert_eq!(counter, counted, "what was written with the receipts of writer {}", told.writer);
        }
        assert!(there.is_empty(), "nobody wrote these: {there:?}");
        Self {
            reads: seen.reads.load(SeqCst),
            writes: seen.writes.load(SeqCst),
            unknown,
            kept,
            failures: seen.failures.lock().unwrap().clone(),
            given_up: None,
            gap: Duration::from_micros(seen.gap.load(SeqCst)),
        }
    }

    /// Clients gave up when they had waited for that long, and not before.
    #[track_caller]
    pub(crate) fn assert_given_up(&mut self, after: Duration) {
        let these = self.given_up.insert(self.failures.remove(GIVEN_UP).expect("somebody gave up"));
        assert!((after..after + BUSY).contains(&these.longest), "{these:?}");
    }

    /// Failures were of these kinds, and each came within its time limit.
    #[track_caller]
    pub(crate) fn assert_failures(&self, promised: &[(ErrorKind, Duration)]) {
        for (kind, these) in &self.failures {
            let limit = promised.iter().find(|(promised, _)| format!("{promised:?}") == *kind);
            let Some((_, limit)) = limit else { panic!("{kind} is not promised: {these:?}") };
            assert!(these.longest < *limit + BUSY, "{kind} after {:?}: {}", these.longest, these.said);
        }
    }

    /// Prints the line of the table.
    pub(crate) fn print(&self, fault: &str, recovered: Duration) {
        let mut saw: Vec<String> = self
            .failures
            .iter()
            .map(|(kind, these)| format!("{} {kind} within {}", these.count, short(these.longest)))
            .collect();
        if let Some(these) = &self.given_up {
            saw.push(format!("{} {GIVEN_UP}", these.count));
        }
        if saw.is_empty() {
            saw.push("no failure".to_owned());
        }
        saw.push(format!("no more than {} without a success", short(self.gap)));
        let lost = match self.unknown {
            0 => "nothing".to_owned(),
            unknown => format!("nothing; of {unknown} writes without an answer {} are there", self.kept),
        };
        row(
            fault,
            &format!("{READERS} readers, {WRITERS} writers: {} reads, {} writes", self.reads, self.writes),
            &saw.join("; "),
            &lost,
            &short(recovered),
        );
    }
}

/// Prints a line of the table in `docs/reliability.md`.
pub(crate) fn row(fault: &str, load: &str, saw: &str, lost: &str, recovered: &str) {
    // Not behind what the test runner has begun to say.
    println!("\n| {fault} | {load} | {saw} | {lost} | {recovered} |");
}

/// A time in as many digits as mean something.
pub(crate) fn short(time: Duration) -> String {
    match time.as_millis() {
        0..10 => format!("{:.1} ms", time.as_secs_f64() * 1000.0),
        10..1000 => format!("{} ms", time.as_millis()),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}
