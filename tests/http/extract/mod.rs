//! What comes out of requests, over real sockets: forms, files, addresses, and everything a client can get wrong.

mod bad_values;
mod client;
mod full_disk;
mod memory;
mod site;
mod uploads;
mod values;
