//! What `#[get]` and `routes!` leave behind: definitions of routes, and the rope that joins them.

use std::future::Future;
use std::sync::OnceLock;

use crate::Settings;
use crate::http::{Request, Response};
use crate::middleware::{Capability, LayerDef};

use super::{Segment, Verb};

/// How many `mount`s may stand around a route.
pub const MAX_MOUNTS: usize = 4;
/// How many parameters a path may have.
pub const MAX_PARAMS: usize = 8;

/// All that is known of one route when the program is compiled.
#[derive(Debug, Clone, Copy)]
pub struct RouteDef {
    /// The method it answers.
    pub verb: Verb,
    /// The path as it is written in the attribute, without the prefixes of mounts.
    pub path: &'static str,
    /// The path in pieces.
    pub segments: &'static [Segment],
    /// `exact`: the path with the other slash at its end is not redirected to this one.
    pub exact: bool,
    /// The full name of the handler, such as `blog::posts::show`.
    pub name: &'static str,
    /// The first line of the handler's documentation, or nothing.
    pub summary: &'static str,
    /// The file of the handler.
    pub file: &'static str,
    /// The line of the handler.
    pub line: u32,
    /// What its arguments need of the middleware around it, each with its type as it is written.
    pub needs: &'static [(&'static str, &'static [Capability])],
    /// Where applications mount it; see [`MountPoint`].
    pub mount_point: fn() -> &'static MountPoint,
}

/// Where a route is mounted: the prefix its reverse URLs begin with.
///
/// Each route has one, filled when an application that mounts it is created; the first application
/// of a process decides. Before that, and for a route that is mounted nowhere, it is empty.
#[derive(Debug, Default)]
pub struct MountPoint(OnceLock<&'static str>);

impl MountPoint {
    /// A mount point no application has filled yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The prefix, such as `/api/v1`; empty at the top.
    #[must_use]
    pub fn prefix(&self) -> &'static str {
        self.0.get().copied().unwrap_or("")
    }

    /// Sets the prefix, unless an application did before.
    pub(crate) fn fill(&self, prefix: &str) {
        self.0.get_or_init(|| if prefix.is_empty() { "" } else { String::leak(prefix.to_owned()) });
    }
}

/// A set of routes under a prefix.
#[derive(Debug, Clone, Copy)]
pub struct MountDef {
    /// The prefix as written, without a slash at its end; empty for `/`.
    pub prefix: &'static str,
    /// The prefix in pieces; all literals.
    pub segments: &'static [Segment],
    /// The middleware around the set.
    pub layers: &'static [LayerDef],
    /// The file of the `routes!`.
    pub file: &'static str,
    /// The line of the `routes!`.
    pub line: u32,
}

/// One entry of `routes!`: nothing is copied, a mount points at the entries of its set.
#[derive(Debug, Clone, Copy)]
pub enum Item {
    /// A handler.
    Route(&'static RouteDef),
    /// Another set, under a prefix.
    Mount(&'static MountDef, &'static [Item]),
}

/// What a handler's attribute knows; of all applications the same, so the tree is built from it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a route",
    label = "not a handler with `#[get(..)]`, `#[post(..)]`, `#[put(..)]`, `#[patch(..)]` or `#[delete(..)]`",
    note = "a handler has its method and path above it: `#[get(\"/path\")]`",
    note = "a set of routes is mounted: `mount(\"/prefix\", {Self})`"
)]
pub trait RouteMeta {
    /// The definition.
    const DEF: RouteDef;

    /// Names the reverse URL, so that it counts as used where the route does. Generic, so that no code is made of it.
    #[doc(hidden)]
    fn names_url<T>() {}
}

/// A handler as it answers for the application `S`.
#[diagnostic::on_unimplemented(
    message = "the application `{S}` does not provide what the handler `{Self}` needs",
    label = "needs something `{S}` has no field for"
)]
pub trait Route<S: 'static> {
    /// Extracts the arguments, calls the handler and makes its answer a response.
    fn call(app: &'static S, request: &mut Request) -> impl Future<Output = Response> + Send;

    /// How large the future of [`call`](Self::call) is, in bytes.
    #[doc(hidden)]
    fn size() -> usize {
        fn of<A: 'static, F>(_: impl FnOnce(&'static A, &'static mut Request) -> F) -> usize {
            size_of::<F>()
        }
        of(|app: &'static S, request: &'static mut Request| Self::call(app, request))
    }
}

/// The entries of a `routes!`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of routes",
    label = "not made by `routes!`",
    note = "sets of routes are made by `routes! {{ pub Urls: index, show }}`"
)]
pub trait RouteItems {
    /// The entries in their order.
    const ITEMS: &'static [Item];
    /// How many routes there are, those of mounted sets included.
    const COUNT: usize = super::count(Self::ITEMS);
    /// The middleware of its mounts.
    type Layers: Send + Sync + 'static;

    /// Makes the middleware of its mounts, when the process starts.
    ///
    /// # Errors
    /// What keeps one from starting.
    fn start(settings: &Settings) -> impl Future<Output = crate::Result<Self::Layers>> + Send;
}

/// A `routes!` as it answers for the application `S`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of routes",
    label = "not made by `routes!`",
    note = "sets of routes are made by `routes! {{ pub Urls: index, show }}`"
)]
pub trait RouteSet<S: 'static>: RouteItems {
    /// Appends how large the future of each route is, in the order of their numbers.
    #[doc(hidden)]
    fn sizes(sizes: &mut Vec<usize>);

    /// Calls the handler with this number; numbers follow the entries, depth first.
    fn dispatch(
        index: usize,
        app: &'static S,
        layers: &'static Self::Layers,
        request: &mut Request,
    ) -> impl Future<Output = Response> + Send;
}
