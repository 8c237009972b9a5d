//! A web framework with Django's batteries, compiled: models, queries, routes and checks the compiler wrote.
//!
//! ```no_run
//! use hyperdjango::prelude::*;
//!
//! /// Greets.
//! #[get("/hello/{name}")]
//! async fn hello(name: String) -> Text<String> {
//!     Text(format!("Hello, {name}!"))
//! }
//!
//! routes! { pub Urls: hello }
//!
//! #[derive(App)]
//! #[app(routes = Urls)]
//! pub struct Site;
//!
//! fn main() -> ExitCode {
//!     manage::<Site>()
//! }
//! ```

// What the macros write in this package names it, too.
extern crate self as hyperdjango;

mod blog;
pub mod cache;
mod events;
pub mod health;
mod manage;
pub mod prelude;
pub mod test;
mod things;
mod url;

pub use hyper_core::{
    App, Component, Error, NON_FIELD_ERRORS, Provides, Result, Settings, ValidationErrors, app, database, db,
    http, middleware, routing, server, settings,
};
#[doc(hidden)]
pub use hyper_macros::__test_in_docs;
pub use hyper_macros::{
    __model_with_parts, App, Choices, Field, HttpError, Input, Model, Part, Patch, Shape, cached, delete,
    get, middleware, patch, post, put, routes, sql, test,
};
pub use manage::manage;
pub use {sailfish, serde, serde_json, tokio};

pub use hyper_orm::connections;

/// Models and queries.
pub mod orm {
    pub use hyper_orm::*;
}

/// What the macros' code names. Not for use by hand: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use hyper_core::app::{Benchmark, Setup, check_on_error, no_such_route, refused};
    pub use hyper_core::cache::{
        ArgKey, CacheArg, CacheError, CachedOptions, Returned, ReturnsResult, ReturnsValue, Ttl,
    };
    pub use hyper_core::cache::{cached, cached_plain};
    pub use hyper_core::cause::{ByItself, ByOthers, Cause};
    pub use hyper_core::db::Db;
    pub use hyper_core::health::{Checked, Checks, Part, Unchecked};
    pub use hyper_core::http::{
        FromRequest, IntoResponse, OnError, PathParam, Request, Response, Url, path_param,
    };
    pub use hyper_core::middleware::{
        After, Capability, Layer, LayerDef, Middleware, Mounted, Next, PAGE_CACHE, Stack, Step, check_layer,
        check_routes, keep_for,
    };
    pub use hyper_core::routing::{
        Converter, Fallback, FlatRoute, Item, MountDef, MountPoint, Packed, Route, RouteDef, RouteItems,
        RouteMeta, RouteSet, Segment, Sizes, Tree, Trie, Verb, capacity, check_bodies, check_mounted,
        check_no_bodies, converters, count, flatten, table_size,
    };
    pub use hyper_core::{App, Component, Error, Provides, Result, Settings};
    pub use hyper_orm::connections::Databases;
    pub use hyper_orm::model::Model;
    pub use hyper_orm::schema::create_missing_tables_of;

    pub use crate::test::{
        __TOO_OFTEN as TOO_OFTEN, __expect_no_n_plus_one as expect_no_n_plus_one,
        __expect_queries as expect_queries,
    };
}

/// The guide's snippets, compiled and run with the other examples.
#[cfg(doctest)]
mod guide {
    #[doc = include_str!("../README.md")]
    struct Readme;
    #[doc = include_str!("../docs/start.md")]
    struct Start;
    #[doc = include_str!("../docs/models.md")]
    struct Models;
    #[doc = include_str!("../docs/fields.md")]
    struct Fields;
    #[doc = include_str!("../docs/queries.md")]
    struct Queries;
    #[doc = include_str!("../docs/relations.md")]
    struct Relations;
    #[doc = include_str!("../docs/writing.md")]
    struct Writing;
    #[doc = include_str!("../docs/shapes.md")]
    struct Shapes;
    #[doc = include_str!("../docs/transactions.md")]
    struct Transactions;
    #[doc = include_str!("../docs/functions.md")]
    struct Functions;
    #[doc = include_str!("../docs/handlers.md")]
    struct Handlers;
    #[doc = include_str!("../docs/errors.md")]
    struct Errors;
    #[doc = include_str!("../docs/routing.md")]
    struct Routing;
    #[doc = include_str!("../docs/middleware.md")]
    struct Middleware;
    #[doc = include_str!("../docs/caching.md")]
    struct Caching;
    #[doc = include_str!("../docs/templates.md")]
    struct Templates;
    #[doc = include_str!("../docs/database.md")]
    struct Database;
    #[doc = include_str!("../docs/replicas.md")]
    struct Replicas;
    #[doc = include_str!("../docs/health.md")]
    struct Health;
    #[doc = include_str!("../docs/reliability.md")]
    struct Reliability;
    #[doc = include_str!("../docs/server.md")]
    struct Server;
    #[doc = include_str!("../docs/testing.md")]
    struct Testing;
    #[doc = include_str!("../docs/settings.md")]
    struct AllSettings;
    #[doc = include_str!("../docs/benchmark.md")]
    struct Benchmarks;
}
