//! Serves hypernews: `cargo run -p hypernews`.

use hyperdjango::prelude::*;
use hypernews::site::Site;

fn main() -> ExitCode {
    manage::<Site>()
}
