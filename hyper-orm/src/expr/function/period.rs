//! Rows of a year, a month or a day, found by an index on the column.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;

use super::call::functions;
use super::{Call, Carries};
use crate::expr::{Expr, Node, Value};
use crate::field::Field;

functions! {
    InPeriod("", " BETWEEN ", " AND ", "") Nulls::When(&[true]);
}

/// A column type whose values lie on days.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no date in it",
    label = "this is asked of instants and dates"
)]
pub trait OnDays: Field {
    /// The first and the last value of some days.
    fn first_and_last(first: Date, last: Date) -> (Self, Self);
}

impl OnDays for Date {
    fn first_and_last(first: Self, last: Self) -> (Self, Self) {
        (first, last)
    }
}

impl OnDays for DateTime {
    fn first_and_last(first: Date, last: Date) -> (Self, Self) {
        (first.at(0, 0, 0, 0), last.at(23, 59, 59, 999_999_000))
    }
}

impl OnDays for Timestamp {
    /// In UTC, to the last microsecond: PostgreSQL has no shorter ones.
    fn first_and_last(first: Date, last: Date) -> (Self, Self) {
        let instant = |date: Date, hour, minute, second, nanosecond| {
            date.at(hour, minute, second, nanosecond).to_zoned(TimeZone::UTC).map(|at| at.timestamp())
        };
        (
            instant(first, 0, 0, 0, 0).unwrap_or(Self::MIN),
            instant(last, 23, 59, 59, 999_999_000).unwrap_or(Self::MAX),
        )
    }
}

/// A column of days that are given.
type During<R, T, N> = Expr<
    R,
    <T as Carries>::Carry<bool>,
    Call<InPeriod, (N, Value<<T as Field>::Base>, Value<<T as Field>::Base>)>,
>;

impl<R, T: Carries, N: Node> Expr<R, T, N>
where
    T::Base: OnDays,
    Value<T::Base>: Node,
{
    /// Django's `starts__year=2024`: in this year, in UTC; an index on the column is used. A year outside -9999 to 9999 has
    /// no rows.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// // Event.objects.filter(starts__year=2024)
    /// let query = Event::objects().filter(Event.starts.in_year(2024));
    /// assert!(query.sql().ends_with(r#" WHERE "events"."starts" BETWEEN $1 AND $2"#));
    /// ```
    pub fn in_year(self, year: i16) -> During<R, T, N> {
        let first = Date::new(year, 1, 1).ok();
        self.during(first.map(|first| (first, first.last_of_year())))
    }

    /// Django's `starts__year=2024, starts__month=2`: in this month, in UTC; an index on the column is used. A month
    /// outside 1 to 12 has no rows.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.day.in_month(2024, 2).sql(), r#""events"."day" BETWEEN $1 AND $2"#);
    /// ```
    pub fn in_month(self, year: i16, month: i8) -> During<R, T, N> {
        let first = Date::new(year, month, 1).ok();
        self.during(first.map(|first| (first, first.last_of_month())))
    }

    /// Django's `starts__date=day`: on this day, in UTC; an index on the column is used.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// let day: Date = "2024-02-29".parse().unwrap();
    /// assert_eq!(Event.starts.on_date(day).sql(), r#""events"."starts" BETWEEN $1 AND $2"#);
    /// ```
    pub fn on_date(self, day: Date) -> During<R, T, N> {
        self.during(Some((day, day)))
    }

    fn during(self, days: Option<(Date, Date)>) -> During<R, T, N> {
        // What begins after its end has no values in it.
        let (first, last) = days.unwrap_or((date(9999, 1, 1), date(-9999, 1, 1)));
        let (first, last) = T::Base::first_and_last(first, last);
        Expr::new(Call::new((self.node, Value(first), Value(last))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_time_have_their_years() {
        for year in [-9999, -1, 0, 1, 1970, 2024, 9999] {
            let first = Date::new(year, 1, 1).unwrap();
            let (from, to) = Timestamp::first_and_last(first, first.last_of_year());
            assert!(from < to, "{from} {to}");
        }
        let day = date(2024, 2, 29);
        let (from, to) = Timestamp::first_and_last(day, day);
        assert_eq!(
            (from.to_string(), to.to_string()),
            ("2024-02-29T00:00:00Z".into(), "2024-02-29T23:59:59.999999Z".into())
        );
    }
}
