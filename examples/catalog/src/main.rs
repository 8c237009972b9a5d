//! Serves the catalog: `cargo run -p catalog`.
// Less than the 128 that rustc goes by itself: what the framework takes of them is not to grow unnoticed.
#![recursion_limit = "96"]

use catalog::site::Site;
use hyperdjango::prelude::*;

fn main() -> ExitCode {
    manage::<Site>()
}
