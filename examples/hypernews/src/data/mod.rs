//! What the pages ask of the database, and what they change in it.

mod conversation;
mod listing;
mod load;
mod people;
mod voting;

pub use conversation::{comment, reply, thread};
pub use listing::{PAGE, by_author, listing, listing_json, posts_for, search, search_total};
pub use load::load_if_empty;
pub use people::{by_name, remarks};
pub use voting::{submit, vote};
