//! The words a topic is talked about with.
//!
//! Each list fills one slot of the sentences in [`titles`](super::titles) and [`remarks`](super::remarks), so every entry
//! must fit wherever its slot is used.

mod culture;
mod living;
mod machines;
mod nature;
mod people;

pub(super) use people::{ABOUT, ADJECTIVES, NAME_ENDS, NAME_STARTS, PLACES, SPANS, TRUTHS, WHO};

/// What can be said about one topic.
pub(super) struct Topic {
    /// Plural noun phrases: `query planners`.
    pub(super) many: &'static [&'static str],
    /// Singular noun phrases without an article: `query planner`.
    pub(super) one: &'static [&'static str],
    /// Nouns that need no article: `cache locality`.
    pub(super) side: &'static [&'static str],
    /// What is done to `many`: `profiling`.
    pub(super) doing: &'static [&'static str],
    /// What `many` do: `lie about their cost`.
    pub(super) truth: &'static [&'static str],
    /// Who publishes on it, the most read first: hosts without their `.example`.
    pub(super) hosts: &'static [&'static str],
}

/// All topics, the most popular first.
pub(super) const TOPICS: [&Topic; 12] = [
    &machines::PROGRAMMING,
    &machines::DATABASES,
    &nature::SPACE,
    &machines::HARDWARE,
    &nature::SCIENCE,
    &culture::HISTORY,
    &living::CITIES,
    &culture::BOOKS,
    &living::COOKING,
    &culture::LANGUAGE,
    &nature::GARDENS,
    &living::MUSIC,
];
