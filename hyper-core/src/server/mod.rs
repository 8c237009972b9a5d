//! The HTTP server: listeners, connections with their limits, and stopping in order.
//!
//! [`run`] is the life of a process: bind, start the application, serve, and on SIGTERM or SIGINT
//! stop accepting, close idle connections at once, let requests finish, and return.
//! [`Server`] is the same without the process, on any runtime, as tests use it.
//!
//! A connection speaks HTTP/1.1, or HTTP/2 where the client begins with it or TLS has agreed on it. While
//! nothing is asked of it it holds its socket and little more.
//!
//! Time limits cost a request no timer: each connection has a deadline in whole seconds, moved by
//! plain stores as it goes from waiting to reading to answering, and one sweeper a server looks at
//! all of them once a second. The same thread names handlers that hold theirs.

mod connection;
mod exchange;
mod framing;
mod fuzz;
mod handle;
mod head;
mod http2;
mod io;
mod listen;
mod options;
mod refusal;
mod registry;
mod run;
mod serve;
mod state;
mod stopping;
mod stream;
#[cfg(feature = "tls")]
mod tls;
pub(crate) mod watchdog;
mod workers;

#[doc(hidden)]
pub use fuzz::framing as fuzz_framing;
pub use listen::Listener;
pub use options::Model;
pub(crate) use options::Options;
pub use run::run;
pub use serve::{Drained, Server, Stats};
pub use stopping::Stopping;
