//! Functions of expressions and values, a file for each family, and how a user declares more:
//! [`sql_function!`](crate::sql_function).
//!
//! What has one expression at its heart is a method of it: `Post.title.lower().left(3)`. What has none, or several of
//! one rank, is a function: `coalesce((Post.url, Post.title))`. [`functions`](crate::functions) has all of those.
//!
//! NULL is in the types: what PostgreSQL computes from something that can be NULL is an `Option` ([`Carries`]).
//! Arguments that are values of the program's become parameters with their type ([`Arg`]).

mod arg;
mod call;
mod carry;
mod declare;
mod list;
mod raw;
mod show;
mod typed;

pub mod array;
pub mod bounds;
pub mod calendar;
pub mod case;
pub mod choice;
pub mod collate;
pub mod concat;
pub mod contain;
pub mod interval;
pub mod json;
pub mod math;
pub mod network;
pub mod now;
pub mod pattern;
pub mod period;
pub mod range;
pub mod search;
pub mod string;
pub mod trigram;
pub mod trunc;
pub mod window;
pub mod zone;

pub use arg::{Arg, IntoExpr, Literal};
pub use call::{Call, Function, Nulls, call};
pub use carry::Carries;
pub use contain::{ContainedBy, Contains, Indexed, PartOf};

pub use list::{Choices, List, Texts};
pub use raw::{RawArgs, raw};
pub use typed::{Cast, Typed, value};
