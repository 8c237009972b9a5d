//! A link aggregator: the flagship example of HyperDjango.
fn main() {}
