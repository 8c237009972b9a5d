//! The site of the HTTP tests as a process of its own, for tests with signals.

mod site;

use std::process::ExitCode;

fn main() -> ExitCode {
    hyperdjango::manage::<site::Site>()
}
