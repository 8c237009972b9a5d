//! Serves the catalog: `cargo run -p catalog`.

use catalog::site::Site;
use hyperdjango::prelude::*;

fn main() -> ExitCode {
    manage::<Site>()
}
