//! The pool: who shares a connection and who has one alone, how old connections become, what is counted.

mod ages;
mod lanes;
#[path = "../orm/numbers.rs"]
#[expect(dead_code, reason = "the tests of transactions use more of it")]
mod numbers;
mod sizes;
mod two_tables;
mod types;
