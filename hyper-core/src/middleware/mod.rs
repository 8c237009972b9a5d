//! Middleware: what stands around the routes, for all of them or for a mounted set.
//!
//! An application lists its middleware, outermost first: `#[app(middleware = [SecurityHeaders, Timing])]`; a mounted
//! set has its own: `mount("/api", api::Urls, middleware = [Timing])`. An entry is the name of a type, which is made
//! from the settings by [`Layer::start`], or an expression such as `Cors::any()`, whose type is what stands before
//! its first `::function(..)`.
//!
//! The list is one type and every call in it is known when the program is compiled: nothing is boxed, nothing looked
//! up. So is the order: a middleware says what it [needs](Layer::NEEDS) before it, and a list without that does not
//! compile.
//!
//! One of your own is an `async fn` with `#[middleware]`, or a type with [`Layer`] and [`Middleware`].

mod check;
mod layer;
mod mounted;
mod stack;
mod step;
mod timing;

#[doc(hidden)]
pub use check::{LayerDef, check_layers};
pub use layer::{Capability, Layer, Middleware, Next};
#[doc(hidden)]
pub use mounted::Mounted;
#[doc(hidden)]
pub use stack::Stack;
#[doc(hidden)]
pub use step::{After, Step};
pub use timing::Timing;
