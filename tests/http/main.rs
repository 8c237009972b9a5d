//! The server over real sockets, byte by byte: what it accepts, what it refuses and how it stops.

mod bad_input;
mod limits;
mod middleware;
mod protocol;
mod rfc;
mod routing;
mod served;
mod site;
mod slow;
mod stopping;
mod urls;
