//! What is printed.

use serde::Serialize;

use crate::clock::Took;

/// One contestant, once.
#[derive(Serialize)]
pub(crate) struct Reading<'a> {
    pub(crate) what: &'a str,
    pub(crate) name: &'a str,
    pub(crate) threads: usize,
    /// Nanoseconds an operation: of the clock, all threads together, and of the processors.
    ns: f64,
    cpu: f64,
    allocations: Option<f64>,
    /// The share that memory had.
    hits: Option<f64>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(
        what: &'a str,
        name: &'a str,
        threads: usize,
        took: &Took,
        operations: usize,
        hits: Option<f64>,
    ) -> Self {
        let each = |whole: f64| whole / operations as f64;
        Self {
            what,
            name,
            threads,
            ns: each(took.wall.as_nanos() as f64),
            cpu: each(took.cpu.as_nanos() as f64),
            allocations: took.allocations.map(|count| each(count as f64)),
            hits,
        }
    }

    pub(crate) fn print(&self) {
        println!("{}", serde_json::to_string(self).expect("it has no maps"));
    }
}
