//! Models, queries and rows of HyperDjango: SQL text the compiler wrote.
