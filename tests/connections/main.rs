//! How connections to PostgreSQL are made, secured, limited, and shared with a pooler.

mod impostor;
mod limits;
mod pooler;
mod servers;
mod sessions;
mod statements;
mod tls;
