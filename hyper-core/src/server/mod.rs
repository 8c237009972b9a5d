//! The HTTP/1 server: listeners, connections with their limits, and stopping in order.
//!
//! [`run`] is the life of a process: bind, start the application, serve, and on SIGTERM or SIGINT
//! stop accepting, close idle connections at once, let requests finish, and return.
//! [`Server`] is the same without the process, on any runtime, as tests use it.
//!
//! Time limits cost a request no timer: each connection has a deadline in whole seconds, moved by
//! plain stores as it goes from waiting to reading to answering, and one sweeper a server looks at
//! all of them once a second.

mod connection;
mod framing;
mod fuzz;
mod handle;
mod head;
mod io;
mod listen;
mod refusal;
mod registry;
mod run;
mod serve;

#[doc(hidden)]
pub use fuzz::framing as fuzz_framing;
pub use listen::Listener;
pub use run::run;
pub use serve::{Drained, Server};
