//! PostgreSQL without set-up, against the real one: real processes that start, share and are killed.

mod accounts;
mod crashes;
mod fetching;
mod finding;
mod project;
mod sharing;
mod throw_away;
