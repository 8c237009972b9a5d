//! The server over real sockets, byte by byte: what it accepts, what it refuses and how it stops.

mod answers;
mod bad_input;
mod extract;
mod floods;
mod http2;
mod inherited;
mod layers;
mod limits;
mod long;
mod middleware;
mod models;
mod protocol;
mod refusals;
mod rfc;
mod routing;
mod served;
mod site;
mod slow;
mod stopping;
mod tls;
mod two_applications;
mod urls;
