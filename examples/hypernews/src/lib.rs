//! A link aggregator: the flagship example of HyperDjango.
//!
//! People submit links or questions, vote them up and down, and talk underneath.
//! The rooms, from the inside out:
//!
//! - [`ranking`]: the numbers that order the front page, as pure functions
//! - [`wording`]: how times, counts, hosts and people's own text are put on a page
//! - [`thread`](mod@thread): turns the comments of a post into a tree
//! - [`links`]: every path of the site, in one place
//! - [`views`]: what each page shows, one struct and one template a page
//! - [`models`]: the tables
//! - [`data`]: what the pages ask of the database, and what they change in it
//! - [`benchmarks`]: which of that is measured, and held against how fast it was
//! - [`seed`]: a made-up community of any size, the same one every time

pub mod accounts;
pub mod api;
pub mod benchmarks;
pub mod data;
pub mod links;
pub mod models;
pub mod pages;
pub mod ranking;
pub mod seed;
pub mod site;
pub mod thread;
pub mod views;
pub mod wording;
