//! What must not compile, with the message a user reads, and what macros expand to.
