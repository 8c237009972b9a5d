//! Proof, not opinion: each query beside the same in SQL written by hand, over rows with NULLs, empty lists and texts, unicode
//! and the extremes of each type. Where the rows differ both texts are shown with what they returned.

mod aggregates;
mod agreement;
mod combining;
mod computing;
mod logic;
mod lookups;
mod models;
mod ordering;
mod paths;
mod read_back;
mod related;
mod reverse;
mod run_time;
mod same;
mod selecting;
mod sought;
mod truths;
mod writing;
