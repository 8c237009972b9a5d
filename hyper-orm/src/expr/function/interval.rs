//! Points in time, and how long it is between them.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::call::{carried, functions, methods};
use super::{Arg, Call, Carries, Function};
use crate::expr::{Expr, Node};
use crate::field::{Field, Interval};

/// A column type that is a point in time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no point in time",
    label = "expected a `Timestamp` or a `DateTime`"
)]
pub trait PointInTime: Field {
    /// How an interval is added.
    type Plus: Function;
    /// How an interval is taken away.
    type Minus: Function;
}

functions! {
    Since("(", " - ", ")") Nulls::Any;
    Plus("(", " + ", ")") Nulls::Any;
    Minus("(", " - ", ")") Nulls::Any;
    PlusInUtc("((", " AT TIME ZONE 'UTC' + ", ") AT TIME ZONE 'UTC')") Nulls::Any;
    MinusInUtc("((", " AT TIME ZONE 'UTC' - ", ") AT TIME ZONE 'UTC')") Nulls::Any;
}

impl PointInTime for Timestamp {
    type Plus = PlusInUtc;
    type Minus = MinusInUtc;
}

impl PointInTime for DateTime {
    type Plus = Plus;
    type Minus = Minus;
}

methods! {
    PointInTime;

    /// Django's `F("ends") - F("starts")`: how long it is since then.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(Event.ends.since(Event.starts).sql(), r#"("events"."ends" - "events"."starts")"#);
    /// ```
    since / Since(then: A = T::Base) -> Interval;
}

/// A point in time moved by an interval.
type Moved<R, T, N, F, V> = Expr<
    R,
    <T as Carries>::Carry<carried!(R; <T as Field>::Base; V: Interval)>,
    Call<F, (N, <V as Arg<R, Interval>>::Node)>,
>;

impl<R, T: Carries, N: Node> Expr<R, T, N>
where
    T::Base: PointInTime,
{
    /// Django's `F("starts") + timedelta(..)`: so much later. Days and months of an instant are those of UTC.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// assert_eq!(
    ///     Event.starts.plus(Interval::days(7)).sql(),
    ///     r#"(("events"."starts" AT TIME ZONE 'UTC' + $1::interval) AT TIME ZONE 'UTC')"#
    /// );
    /// ```
    pub fn plus<V: Arg<R, Interval>>(self, interval: V) -> Moved<R, T, N, <T::Base as PointInTime>::Plus, V> {
        Expr::new(Call::new((self.node, interval.into_arg())))
    }

    /// Django's `F("starts") - timedelta(..)`: so much earlier.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// use hyperdjango::orm::functions::now;
    ///
    /// // Event.objects.filter(starts__gt=Now() - timedelta(days=1))
    /// assert_eq!(
    ///     Event.starts.gt(now().minus(Interval::days(1))).sql(),
    ///     r#""events"."starts" > ((statement_timestamp() AT TIME ZONE 'UTC' - $1::interval) AT TIME ZONE 'UTC')"#
    /// );
    /// ```
    pub fn minus<V: Arg<R, Interval>>(
        self,
        interval: V,
    ) -> Moved<R, T, N, <T::Base as PointInTime>::Minus, V> {
        Expr::new(Call::new((self.node, interval.into_arg())))
    }
}
