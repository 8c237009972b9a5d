//! Single operations, timed alone; each is a program in `benches/`.
