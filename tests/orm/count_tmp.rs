//! Temporary.
mod held;
mod listening;
mod numbers;
mod proxy;
