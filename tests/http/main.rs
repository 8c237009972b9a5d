//! The server over real sockets, byte by byte: what it accepts, what it refuses and how it stops.

mod answers;
mod bad_input;
mod limits;
mod middleware;
mod protocol;
mod served;
mod site;
mod stopping;
mod urls;
