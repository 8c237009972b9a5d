//! The time.

use jiff::Timestamp;
use jiff::civil::Date;

use super::Call;
use super::call::functions;
use crate::expr::Expr;

functions! {
    Now("statement_timestamp()") Nulls::Never;
    TransactionNow("now()") Nulls::Never;
    CurrentDate("(statement_timestamp() AT TIME ZONE 'UTC')::date") Nulls::Never;
}

/// Django's `Now`: when PostgreSQL began this statement, by its clock.
///
/// ```
/// # hyperdjango::__events!();
/// use hyperdjango::orm::functions::now;
///
/// // Event.objects.filter(starts__gt=Now())
/// let query = Event::objects().filter(Event.starts.gt(now()));
/// assert!(query.sql().ends_with(r#" WHERE "events"."starts" > statement_timestamp()"#));
/// ```
pub const fn now<R>() -> Expr<R, Timestamp, Call<Now, ()>> {
    Expr::new(Call::new(()))
}

/// Django's `TransactionNow`: when the transaction began, by PostgreSQL's clock; the same for all of its statements.
///
/// ```
/// # hyperdjango::__events!();
/// use hyperdjango::orm::functions::transaction_now;
///
/// assert_eq!(Event.starts.lt(transaction_now()).sql(), r#""events"."starts" < now()"#);
/// ```
pub const fn transaction_now<R>() -> Expr<R, Timestamp, Call<TransactionNow, ()>> {
    Expr::new(Call::new(()))
}

/// Today's date in UTC, by PostgreSQL's clock.
///
/// ```
/// # hyperdjango::__events!();
/// use hyperdjango::orm::functions::current_date;
///
/// assert_eq!(
///     Event.day.eq(current_date()).sql(),
///     r#""events"."day" = (statement_timestamp() AT TIME ZONE 'UTC')::date"#
/// );
/// ```
pub const fn current_date<R>() -> Expr<R, Date, Call<CurrentDate, ()>> {
    Expr::new(Call::new(()))
}
