//! Window functions: what is computed from the rows around a row, which stay rows of the result. Django's `Window`.
//!
//! [`window`] puts a function over the rows of the result; `partition_by` and `order_by` say which rows and in which
//! order, `rows_between` and its kind how many of them.
//!
//! PostgreSQL computes windows after `WHERE`, so they can be selected and ordered by, but not filtered by. In the types, a
//! window is a [`Windowed`] instead of an `Expr`.

mod context;
mod frame;
mod functions;
mod over;

pub use context::Windowed;
pub use frame::{
    Bound, CurrentRow, ExcludeCurrentRow, ExcludeGroup, ExcludeTies, Following, Frame, FrameUnit, Groups,
    Preceding, Range, Rows, UnboundedFollowing, UnboundedPreceding, following, preceding,
};
pub use functions::{Averages, OfRows, OverRows, Place, Sums, over_rows};
pub use functions::{
    avg, count, count_all, cume_dist, dense_rank, first_value, lag, lag_by, lag_or, last_value, lead,
    lead_by, lead_or, max, min, nth_value, ntile, percent_rank, rank, row_number, sum,
};
pub use over::{Kind, Over, Partition, WindowFunction, window};
