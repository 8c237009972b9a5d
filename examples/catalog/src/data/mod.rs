//! How the tables are filled, and what the pages ask of them.

mod detail;
mod graph;
mod import;
mod listing;
mod people;
mod rows;
mod search;
mod statistics;
mod tree;

pub use detail::{Dependents, Detail, Wanted, Wish, dependents, detail};
pub use import::{import, import_if_new};
pub use listing::{Listing, PAGE, in_section, providers, sections, tagged, wanted_by_name};
pub use people::of_maintainer;
pub use search::{Asked, Found, Hit, MARKS, search, search_json};
pub use statistics::{Bucket, Statistics, about, statistics};
pub use tree::{Branch, tree};
