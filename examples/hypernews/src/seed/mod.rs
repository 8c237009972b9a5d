//! A made-up community.
