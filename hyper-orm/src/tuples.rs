//! Tuples of several sizes, for traits that take one thing or many.

/// Calls a macro with the names `(A)`, `(A, B)`, ... up to so many; none of them is `M` or `R`, as models and a
/// query's table are called.
macro_rules! tuples {
    (up to 6: $call:ident) => {
        $call! {
            (A)
            (A, B)
            (A, B, C)
            (A, B, C, D)
            (A, B, C, D, E)
            (A, B, C, D, E, F)
        }
    };
    (up to 12: $call:ident) => {
        $call! {
            (A)
            (A, B)
            (A, B, C)
            (A, B, C, D)
            (A, B, C, D, E)
            (A, B, C, D, E, F)
            (A, B, C, D, E, F, G)
            (A, B, C, D, E, F, G, H)
            (A, B, C, D, E, F, G, H, I)
            (A, B, C, D, E, F, G, H, I, J)
            (A, B, C, D, E, F, G, H, I, J, K)
            (A, B, C, D, E, F, G, H, I, J, K, L)
        }
    };
    (up to 16: $call:ident) => {
        $call! {
            (A)
            (A, B)
            (A, B, C)
            (A, B, C, D)
            (A, B, C, D, E)
            (A, B, C, D, E, F)
            (A, B, C, D, E, F, G)
            (A, B, C, D, E, F, G, H)
            (A, B, C, D, E, F, G, H, I)
            (A, B, C, D, E, F, G, H, I, J)
            (A, B, C, D, E, F, G, H, I, J, K)
            (A, B, C, D, E, F, G, H, I, J, K, L)
            (A, B, C, D, E, F, G, H, I, J, K, L, N)
            (A, B, C, D, E, F, G, H, I, J, K, L, N, O)
            (A, B, C, D, E, F, G, H, I, J, K, L, N, O, P)
            (A, B, C, D, E, F, G, H, I, J, K, L, N, O, P, Q)
        }
    };
}
pub(crate) use tuples;
