//! Caches, against what they are kept in.

mod contract;
mod remote;
mod ring;
