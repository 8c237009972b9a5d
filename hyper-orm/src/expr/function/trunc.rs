//! The beginning of an instant's or a date's year, month, day, ...: Django's `TruncYear` and its kind.

use std::marker::PhantomData;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::zone::InZone;
use super::{Call, Carries, Function, Nulls};
use crate::expr::{Expr, Node};
use crate::field::Field;

/// The beginning of the `U` of a `T`.
#[derive(Debug)]
pub struct Trunc<U, T>(PhantomData<fn() -> (U, T)>);

/// In a time zone that is given.
#[derive(Debug)]
pub struct Zoned;

/// A year, a month, an hour.
pub trait Unit: 'static {
    /// Around an instant, for its beginning in UTC.
    const INSTANT: &'static [&'static str];
    /// Around an instant and a time zone.
    const ZONED: &'static [&'static str];
    /// Around a day with a time, in no zone.
    const LOCAL: &'static [&'static str];
    /// Around a date.
    const DATE: &'static [&'static str];
}

/// A column type whose values have a `U`.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` has no such part to be cut off at",
    label = "instants begin a year, a month, .. a second; dates a year, a quarter, a month or a week"
)]
pub trait Truncate<U>: Field {
    #[doc(hidden)]
    const TEXT: &'static [&'static str];
}

impl<U: Unit, T: Truncate<U>> Function for Trunc<U, T> {
    const TEXT: &'static [&'static str] = T::TEXT;
    const NULLS: Nulls = Nulls::Any;
}

impl<U: Unit> Function for Trunc<U, Zoned> {
    const TEXT: &'static [&'static str] = U::ZONED;
    const NULLS: Nulls = Nulls::Any;
}

impl<U: Unit> Truncate<U> for Timestamp {
    const TEXT: &'static [&'static str] = U::INSTANT;
}

#[diagnostic::do_not_recommend]
impl<U: Unit> Truncate<U> for DateTime {
    const TEXT: &'static [&'static str] = U::LOCAL;
}

/// A unit that dates have.
pub trait DateUnit: Unit {}

#[diagnostic::do_not_recommend]
impl<U: DateUnit> Truncate<U> for Date {
    const TEXT: &'static [&'static str] = U::DATE;
}

macro_rules! units {
    ($($(#[$doc:meta])* $method:ident / $unit:ident $name:literal;)+) => {
        $(
            #[doc = concat!("A ", $name, ".")]
            #[derive(Debug)]
            pub struct $unit;

            impl Unit for $unit {
                const INSTANT: &'static [&'static str] = &[concat!("date_trunc('", $name, "', "), ", 'UTC')"];
                const ZONED: &'static [&'static str] = &[concat!("date_trunc('", $name, "', "), ", ", ")"];
                const LOCAL: &'static [&'static str] = &[concat!("date_trunc('", $name, "', "), ")"];
                const DATE: &'static [&'static str] = &[concat!("date_trunc('", $name, "', "), "::timestamp)::date"];
            }
        )+

        impl<R, T: Carries, N: Node> Expr<R, T, N> {$(
            $(#[$doc])*
            pub fn $method(self) -> Expr<R, T, Call<Trunc<$unit, T::Base>, (N,)>>
            where
                T::Base: Truncate<$unit>,
            {
                Expr::new(Call::new((self.node,)))
            }
        )+}

        impl<R, T: Carries<Base = Timestamp>, N: Node, Z: Node> InZone<R, T, N, Z> {$(
            #[doc = concat!("As [`", stringify!($method), "`](Expr::", stringify!($method), "), in this time zone.")]
            pub fn $method(self) -> Expr<R, T, Call<Trunc<$unit, Zoned>, (N, Z)>> {
                Expr::new(Call::new((self.node, self.zone)))
            }
        )+}
    };
}

units! {
    /// Django's `TruncYear`: the beginning of the year, of an instant in UTC.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.starts.trunc_year().sql(), r#"date_trunc('year', "events"."starts", 'UTC')"#);
    /// assert_eq!(Event.day.trunc_year().sql(), r#"date_trunc('year', "events"."day"::timestamp)::date"#);
    /// ```
    trunc_year / Year "year";
    /// Django's `TruncQuarter`: the beginning of the quarter.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.starts.trunc_quarter().sql(), r#"date_trunc('quarter', "events"."starts", 'UTC')"#);
    /// ```
    trunc_quarter / Quarter "quarter";
    /// Django's `TruncMonth`: the beginning of the month.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.starts.trunc_month().sql(), r#"date_trunc('month', "events"."starts", 'UTC')"#);
    /// ```
    trunc_month / Month "month";
    /// Django's `TruncWeek`: the Monday before, or the same day.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.starts.trunc_week().sql(), r#"date_trunc('week', "events"."starts", 'UTC')"#);
    /// ```
    trunc_week / Week "week";
    /// Django's `TruncDay`: midnight.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.starts.trunc_day().sql(), r#"date_trunc('day', "events"."starts", 'UTC')"#);
    /// ```
    trunc_day / Day "day";
    /// Django's `TruncHour`: the full hour.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.starts.trunc_hour().sql(), r#"date_trunc('hour', "events"."starts", 'UTC')"#);
    /// ```
    trunc_hour / Hour "hour";
    /// Django's `TruncMinute`: the full minute.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.starts.trunc_minute().sql(), r#"date_trunc('minute', "events"."starts", 'UTC')"#);
    /// ```
    trunc_minute / Minute "minute";
    /// Django's `TruncSecond`: the full second.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.starts.trunc_second().sql(), r#"date_trunc('second', "events"."starts", 'UTC')"#);
    /// ```
    trunc_second / Second "second";
}

impl DateUnit for Year {}
impl DateUnit for Quarter {}
impl DateUnit for Month {}
impl DateUnit for Week {}
