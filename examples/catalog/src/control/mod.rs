//! The format of Debian's `Packages` files and of `/var/lib/dpkg/status`: what Debian Policy says in chapter 5 and 7.
//!
//! Nothing in here panics or stops at what is malformed: a paragraph that makes no sense is skipped, a field of it left out,
//! and what was wrong is said with its line.

mod package;
mod paragraph;
mod problem;
mod relation;
mod version;

pub use package::{Person, Stanza, tags};
pub use paragraph::{Field, Paragraph, Paragraphs};
pub use problem::Problem;
pub use relation::{Alternative, Clause, Operator, clauses, provisions};
pub use version::Version;
