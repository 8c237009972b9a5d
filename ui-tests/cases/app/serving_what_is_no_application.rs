// Serving a struct that is no application.
use hyperdjango::prelude::*;

pub struct Site;

fn main() -> ExitCode {
    manage::<Site>()
}
