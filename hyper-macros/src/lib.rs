//! The compile-time part of HyperDjango: derive and attribute macros.
