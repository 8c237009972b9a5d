//! Django's QuerySet, as a type that carries its SQL.
//!
//! A [`QuerySet`] is built by value, each method returning one of another type, and says nothing to the database
//! until a method that takes one: `all`, `first`, `get`, `one`, `count`, `exists`, `json`, `create`, `update`,
//! `delete`.

pub(crate) mod asked;
mod belonging;
mod belongings;
mod by_key;
mod caching;
mod combine;
mod cte;
mod dates;
mod direct;
mod distinct;
mod dynamic;
mod explain;
mod fetch;
mod filter;
mod grouped;
mod iterate;
mod json_answer;
mod json_name;
mod json_row;
mod lock;
mod many;
mod named;
mod prefetch;
mod prefetched;
mod query_set;
mod raw;
mod run;
mod select;
mod statements;
mod subquery;
mod tree;
mod values;
mod window;

pub use belonging::{Belonging, KeyedRows, Rows};
pub(crate) use by_key::KeyIs;
pub use caching::Caching;
pub use combine::{
    Combination, Combined, CombinedRows, Difference, Intersection, Nth, Union, UnionAll, Unsorted, nth,
};
pub use cte::{Cte, CteBody, Ctes, JoinedWith, OfJoined, Recursive, With, joined};
pub use dates::ByDate;
pub use direct::{FromRow, RawSql};
pub use distinct::{Distinct, DistinctOn};
pub use dynamic::{Dynamic, DynamicCondition, Sortable};
pub use explain::{Explain, ExplainNode, Explanation};
pub(crate) use filter::Conditions;
pub use filter::{AllRows, Chain, Everything, Filter, Filtered, Maybe};
pub use grouped::{Annotated, Every, Grouped, grouped};
pub use iterate::{JsonStream, RowStream};
pub use json_name::Named;
pub use lock::{Lock, Locked, LockedTables, OfAll, OfOwn, OfRelation};
pub use many::{AggregateOfMany, AnyOfMany, CountOfMany, Many};
pub use named::Query;
pub use prefetch::Prefetches;
pub use prefetched::Prefetched;
pub use query_set::{Plain, QuerySet, Reversed, Unordered};
pub use raw::RawQuery;
pub use select::{Related, Relations, Selection, Whole};
pub use subquery::{ExistsIn, InQuery, Outer, Select, SelectValue, Subquery, exists, outer, subquery};
pub(crate) use values::write_named;
pub use values::{OneValue, Values, ValuesOf};
pub use window::Window;
