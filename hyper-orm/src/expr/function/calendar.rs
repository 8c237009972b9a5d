//! Parts of instants and dates: Django's `year`, `month`, `hour`, ...
//!
//! An instant has no year and no hour before a time zone is named. Here it is UTC, whatever PostgreSQL or the session
//! is set to; [`at_time_zone`](Expr::at_time_zone) names another.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

use super::call::functions;
use super::zone::InZone;
use super::{Call, Carries};
use crate::expr::{Expr, Node};
use crate::field::Field;

/// A column type with a date or a time of day in it.
pub trait Local: Field {
    /// What is asked for its parts: itself, or an instant's time in UTC.
    type Node<N: Node>: Node;
    /// Becomes that.
    fn local<N: Node>(node: N) -> Self::Node<N>;
}

/// A column type with a date in it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no date in it",
    label = "this is a function of instants and dates",
    note = "`.cast::<Timestamp>()` makes an instant of a text"
)]
pub trait Calendar: Local {}

/// A column type with a time of day in it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no time of day in it",
    label = "this is a function of instants and times"
)]
pub trait Clock: Local {}

functions! {
    Utc("(", " AT TIME ZONE 'UTC')") Nulls::Any;
    AtZone("(", " AT TIME ZONE ", ")") Nulls::Any;
    Year("extract(year from ", ")::integer") Nulls::Any;
    IsoYear("extract(isoyear from ", ")::integer") Nulls::Any;
    Quarter("extract(quarter from ", ")::integer") Nulls::Any;
    Month("extract(month from ", ")::integer") Nulls::Any;
    Week("extract(week from ", ")::integer") Nulls::Any;
    Day("extract(day from ", ")::integer") Nulls::Any;
    WeekDay("(extract(dow from ", ")::integer + 1)") Nulls::Any;
    IsoWeekDay("extract(isodow from ", ")::integer") Nulls::Any;
    Hour("extract(hour from ", ")::integer") Nulls::Any;
    Minute("extract(minute from ", ")::integer") Nulls::Any;
    Second("floor(extract(second from ", "))::integer") Nulls::Any;
    ToDate("", "::date") Nulls::Any;
    ToTime("", "::time") Nulls::Any;
}

impl Local for Timestamp {
    type Node<N: Node> = Call<Utc, (N,)>;

    fn local<N: Node>(node: N) -> Self::Node<N> {
        Call::new((node,))
    }
}

impl Calendar for Timestamp {}
impl Clock for Timestamp {}

macro_rules! of_no_zone {
    ($($type:ty: $($family:ident)+;)+) => {$(
        impl Local for $type {
            type Node<N: Node> = N;

            fn local<N: Node>(node: N) -> N {
                node
            }
        }

        $(impl $family for $type {})+
    )+};
}

of_no_zone! {
    Date: Calendar;
    DateTime: Calendar Clock;
    Time: Clock;
}

macro_rules! parts {
    ($family:ident; $($(#[$doc:meta])* $method:ident / $node:ident -> $type:ty;)+) => {
        impl<R, T: Carries, N: Node> Expr<R, T, N>
        where
            T::Base: $family,
        {$(
            $(#[$doc])*
            pub fn $method(self) -> Expr<R, T::Carry<$type>, Call<$node, (<T::Base as Local>::Node<N>,)>> {
                Expr::new(Call::new((T::Base::local(self.node),)))
            }
        )+}

        impl<R, T: Carries<Base = Timestamp>, N: Node, Z: Node> InZone<R, T, N, Z> {$(
            #[doc = concat!("As [`", stringify!($method), "`](Expr::", stringify!($method), "), in this time zone.")]
            pub fn $method(self) -> Expr<R, T::Carry<$type>, Call<$node, (Call<AtZone, (N, Z)>,)>> {
                Expr::new(Call::new((Call::new((self.node, self.zone)),)))
            }
        )+}
    };
}

parts! {
    Calendar;

    /// Django's `ExtractYear`, `starts__year`; of an instant in UTC. PostgreSQL cannot use an index on the column for it: to
    /// find the rows of a year, [`in_year`](Expr::in_year) is faster.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// // Event.objects.filter(starts__year__gte=2024)
    /// assert_eq!(
    ///     Event.starts.year().gte(2024).sql(),
    ///     r#"extract(year from ("events"."starts" AT TIME ZONE 'UTC'))::integer >= $1"#
    /// );
    /// assert_eq!(Event.day.year().sql(), r#"extract(year from "events"."day")::integer"#);
    /// ```
    year / Year -> i32;

    /// Django's `ExtractIsoYear`, `starts__iso_year`: the year the ISO week belongs to.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.day.iso_year().sql(), r#"extract(isoyear from "events"."day")::integer"#);
    /// ```
    iso_year / IsoYear -> i32;

    /// Django's `ExtractQuarter`, `starts__quarter`: 1 to 4.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.day.quarter().sql(), r#"extract(quarter from "events"."day")::integer"#);
    /// ```
    quarter / Quarter -> i32;

    /// Django's `ExtractMonth`, `starts__month`: 1 to 12.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.day.month().sql(), r#"extract(month from "events"."day")::integer"#);
    /// ```
    month / Month -> i32;

    /// Django's `ExtractWeek`, `starts__week`: the ISO week, 1 to 53.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.day.week().sql(), r#"extract(week from "events"."day")::integer"#);
    /// ```
    week / Week -> i32;

    /// Django's `ExtractDay`, `starts__day`: of the month, 1 to 31.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.day.day().sql(), r#"extract(day from "events"."day")::integer"#);
    /// ```
    day / Day -> i32;

    /// Django's `ExtractWeekDay`, `starts__week_day`: 1 is Sunday, 7 is Saturday.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.day.week_day().sql(), r#"(extract(dow from "events"."day")::integer + 1)"#);
    /// ```
    week_day / WeekDay -> i32;

    /// Django's `ExtractIsoWeekDay`, `starts__iso_week_day`: 1 is Monday, 7 is Sunday.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.day.iso_week_day().sql(), r#"extract(isodow from "events"."day")::integer"#);
    /// ```
    iso_week_day / IsoWeekDay -> i32;

    /// Django's `TruncDate`, `starts__date`: the date; of an instant in UTC. PostgreSQL cannot use an index on the column for
    /// it: to find the rows of a day, [`on_date`](Expr::on_date) is faster.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.starts.date().sql(), r#"("events"."starts" AT TIME ZONE 'UTC')::date"#);
    /// ```
    date / ToDate -> Date;
}

parts! {
    Clock;

    /// Django's `ExtractHour`, `starts__hour`: 0 to 23, in UTC.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(
    ///     Event.starts.hour().sql(),
    ///     r#"extract(hour from ("events"."starts" AT TIME ZONE 'UTC'))::integer"#
    /// );
    /// ```
    hour / Hour -> i32;

    /// Django's `ExtractMinute`, `starts__minute`: 0 to 59.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(
    ///     Event.starts.minute().sql(),
    ///     r#"extract(minute from ("events"."starts" AT TIME ZONE 'UTC'))::integer"#
    /// );
    /// ```
    minute / Minute -> i32;

    /// Django's `ExtractSecond`, `starts__second`: 0 to 59, without its fraction.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(
    ///     Event.starts.second().sql(),
    ///     r#"floor(extract(second from ("events"."starts" AT TIME ZONE 'UTC')))::integer"#
    /// );
    /// ```
    second / Second -> i32;

    /// Django's `TruncTime`, `starts__time`: the time of day; of an instant in UTC.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.starts.time().sql(), r#"("events"."starts" AT TIME ZONE 'UTC')::time"#);
    /// ```
    time / ToTime -> Time;
}
