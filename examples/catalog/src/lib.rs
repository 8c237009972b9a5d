//! Debian packages, searched and followed through their dependencies: an example of what queries can say.
//!
//! It reads `/var/lib/dpkg/status`, which every Debian has, or the `Packages` file that `PACKAGES` names:
//!
//! ```console
//! $ cargo run -p catalog
//! $ PACKAGES=bookworm/Packages cargo run -p catalog
//! ```
//!
//! The rooms, from the inside out:
//!
//! - [`control`]: the file's format, as pure functions
//! - [`models`]: the tables
//! - [`data`]: how they are filled, and what the pages ask of them
//! - [`links`]: every path of the site, in one place
//! - [`views`]: what each page shows, one struct and one template a page
//! - [`pages`] and [`api`]: the handlers

pub mod api;
pub mod control;
pub mod data;
pub mod links;
pub mod models;
pub mod pages;
pub mod site;
pub mod views;
