//! How a query becomes text, when the program is compiled.
//!
//! Every expression carries a *rope*: a constant slice of [`Part`]s that names the ropes of what it is made
//! of, so that nothing is copied however large it grows. A statement's rope is rendered once, by a `const fn`:
//! it looks through the rope for paths over foreign keys, writes the joins they need, numbers the
//! parameters, and the result is cut to size so that only the text itself reaches the binary.

mod columns;
mod params;
mod part;
mod render;
mod rendered;
mod scope;
mod text;

pub use params::Params;
pub use part::{Part, PathNode, Rope};
pub(crate) use render::{equal, render_now};
pub use render::{render, render_from};
pub use rendered::Rendered;
pub use text::{Four, One, OneMore, Options, Statement, Text, Three, Two, Zero};
