//! Routes: what `#[get]` and `routes!` define, the tree that `#[derive(App)]` builds from it when
//! the program is compiled, and the walk through it for every request.
//!
//! The way of a route: [`RouteDef`] (attribute) → [`Item`] (`routes!`) → [`flatten`] joins the
//! prefixes of mounts → [`Trie::build`] inserts every segment and finds conflicts → [`Trie::pack`]
//! cuts it to size → [`Tree`], a `static`. Two routes conflict when they have the same method and
//! the same path but for the names of parameters; `/posts/new` and `/posts/{id:int}` beside
//! `/posts/{id}` do not.

mod conflict;
mod converter;
mod def;
mod describe;
mod dynamic;
mod flatten;
mod mounted;
mod naive;
mod normalise;
mod pack;
mod segment;
#[cfg(test)]
mod tests;
mod tree;
mod trie;
mod verb;

#[doc(hidden)]
pub use conflict::{check_bodies, check_no_bodies};
pub use converter::{Converter, converters};
pub use def::{
    Item, MAX_MOUNTS, MAX_PARAMS, MountDef, MountPoint, Route, RouteDef, RouteItems, RouteMeta, RouteSet,
};
pub use describe::{ParamInfo, RouteInfo, describe};
pub use dynamic::{Dynamic, DynamicParams, Fallback};
pub use flatten::{FlatRoute, count, flatten};
#[doc(hidden)]
pub use mounted::check_mounted;
pub(crate) use naive::naive;
pub(crate) use normalise::normalise;
pub use pack::{Packed, Sizes};
pub use segment::{Literal, Segment};
pub use tree::{Edge, Found, Node, Params, Tree};
pub use trie::{Trie, capacity, table_size};
pub use verb::{Verb, VerbSet};
