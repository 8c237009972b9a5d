//! What the database cannot take, and what it should not have: each is an error with its kind, never a panic.
