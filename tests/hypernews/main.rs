//! The flagship example against a real PostgreSQL.

mod data;
