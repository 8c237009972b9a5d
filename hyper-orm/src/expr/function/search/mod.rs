//! PostgreSQL's full-text search: Django's `SearchVector`, `SearchQuery`, `SearchRank`, `SearchHeadline`.
//!
//! A *vector* is what a text is broken down to, words without their endings; a *query* says which words are asked for. Both
//! are made by the rules of a language, a *configuration* ([`SearchConfig`]): that of the database if none is named.

mod config;
mod headline;
mod query;
mod rank;
mod vector;

pub use config::{DatabaseDefault, SearchConfig, configs};
pub use headline::{HeadlineText, search_headline, search_headline_with};
pub use query::{Parse, Phrase, PlainWords, QueryNode, QueryPair, Raw, SearchQuery, WebSearch, search_query};
pub use rank::{search_rank, search_rank_cd, search_rank_cd_weighted, search_rank_weighted};
pub use vector::{Matches, SearchParts, SearchVector, Vector, VectorNode, Weighted, search_vector};
