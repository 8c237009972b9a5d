//! Django's `dates` and `datetimes`: the days, months, .. that there is something of.

use jiff::civil::Date;

use super::distinct::Distinct;
use super::filter::Chain;
use super::query_set::QuerySet;
use super::select::Whole;
use super::values::Values;
use crate::expr::function::trunc::{Second, Truncate};
use crate::expr::{Expr, IsNotNull, Node, Ordering};
use crate::field::Field;
use crate::sql::{Params, Part, Rope};

/// The order of [`dates`](QuerySet::dates): earliest first.
#[derive(Debug, Clone, Copy)]
pub struct ByDate;

impl<M> Ordering<M> for ByDate {
    // By its place: an expression with values, said again, would be another one to PostgreSQL.
    const ROPE: Rope = &[Part::Text("1")];
    const REVERSED: Rope = &[Part::Text("1 DESC")];

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

/// Different values of an expression, without NULL, in order.
type Dates<M, T, N, W, L> = QuerySet<M, Distinct<Values<Expr<M, T, N>>>, Chain<W, IsNotNull<N>>, ByDate, L>;

impl<M, W, O, L> QuerySet<M, Whole, W, O, L> {
    /// Django's `dates()`: each date once, earliest first, [`reverse`](QuerySet::reverse)d for the opposite. What it is
    /// cut off at says the expression.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// let months = Event::objects().dates(Event.day.trunc_month());
    /// assert_eq!(months.sql(), concat!(
    ///     r#"SELECT DISTINCT date_trunc('month', "events"."day"::timestamp)::date FROM "events" "#,
    ///     r#"WHERE date_trunc('month', "events"."day"::timestamp)::date IS NOT NULL ORDER BY 1"#
    /// ));
    /// # async fn f(db: &Db) -> Result<()> {
    /// let days: Vec<Date> = Event::objects().dates(Event.starts.date()).reverse().limit(30).all(db).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// Rows without a date are left out; the type of a column that can be NULL stays an `Option`.
    pub fn dates<T: Field<Base = Date>, N: Node + Clone>(self, dates: Expr<M, T, N>) -> Dates<M, T, N, W, L> {
        self.different(dates)
    }

    /// Django's `datetimes()`, of instants, as [`dates`](Self::dates).
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let hours: Vec<Timestamp> = Event::objects().datetimes(Event.starts.trunc_hour()).all(db).await?;
    /// # Ok(()) }
    /// ```
    pub fn datetimes<T: Field<Base: Truncate<Second>>, N: Node + Clone>(
        self,
        instants: Expr<M, T, N>,
    ) -> Dates<M, T, N, W, L> {
        self.different(instants)
    }

    fn different<T, N: Node + Clone>(self, value: Expr<M, T, N>) -> Dates<M, T, N, W, L> {
        let Self { filter, window, model, .. } = self;
        let filter = Chain(filter, IsNotNull(value.node.clone()));
        QuerySet { select: Distinct(Values(value)), filter, order: ByDate, window, model }
    }
}
