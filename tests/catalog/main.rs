//! The example of Debian packages, against a real PostgreSQL and the machine's own packages.

mod bad_input;
mod import;
mod naive;
mod pages;
mod served;
