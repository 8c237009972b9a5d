//! Instants as the clocks of a place show them.

use std::marker::PhantomData;

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::calendar::AtZone;
use super::{Arg, Call, Carries};
use crate::copied::copied;
use crate::expr::{Expr, Node};

/// An instant in a time zone, from [`at_time_zone`](Expr::at_time_zone), to be asked for its parts or truncated.
#[must_use = "ask it for a part, as in `.at_time_zone(\"Europe/Berlin\").hour()`"]
pub struct InZone<R, T, N, Z> {
    pub(super) node: N,
    pub(super) zone: Z,
    of: PhantomData<fn() -> (R, T)>,
}

copied! { InZone<R, T, N, Z> { node: N, zone: Z; of } }

impl<R, T: Carries<Base = Timestamp>, N: Node> Expr<R, T, N> {
    /// Django's `tzinfo=`: what is asked for next, a part or a beginning, is that of the clocks of a place: a name of the tz
    /// database, or an expression. A name PostgreSQL does not know makes the statement fail, a 422.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// // ExtractHour("starts", tzinfo=ZoneInfo("Europe/Berlin"))
    /// let hour = Event.starts.at_time_zone("Europe/Berlin").hour();
    /// assert_eq!(hour.sql(), r#"extract(hour from ("events"."starts" AT TIME ZONE $1::text))::integer"#);
    ///
    /// // TruncDay("starts", tzinfo=ZoneInfo("Europe/Berlin")): the instant of midnight there
    /// let day = Event.starts.at_time_zone("Europe/Berlin").trunc_day();
    /// assert_eq!(day.sql(), r#"date_trunc('day', "events"."starts", $1::text)"#);
    /// ```
    pub fn at_time_zone<Z: Arg<R, String>>(
        self,
        zone: Z,
    ) -> InZone<R, <Z::Type as Carries>::Carry<T>, N, Z::Node> {
        InZone { node: self.node, zone: zone.into_arg(), of: PhantomData }
    }
}

impl<R, T: Carries<Base = Timestamp>, N: Node, Z: Node> InZone<R, T, N, Z> {
    /// What the clocks there show: a date and a time in no zone.
    ///
    /// ```
    /// # hyperdjango::__events!();
    /// let there = Event.starts.at_time_zone("Europe/Berlin").local();
    /// assert_eq!(there.sql(), r#"("events"."starts" AT TIME ZONE $1::text)"#);
    /// ```
    pub fn local(self) -> Expr<R, T::Carry<DateTime>, Call<AtZone, (N, Z)>> {
        Expr::new(Call::new((self.node, self.zone)))
    }
}

impl<R, T: Carries<Base = DateTime>, N: Node> Expr<R, T, N> {
    /// The instant at which the clocks of a place show this.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// assert_eq!(Thing.shown.in_time_zone("Asia/Kolkata").sql(), r#"("things"."shown" AT TIME ZONE $1::text)"#);
    /// ```
    pub fn in_time_zone<Z: Arg<R, String>>(
        self,
        zone: Z,
    ) -> Expr<R, T::Carry<<Z::Type as Carries>::Carry<Timestamp>>, Call<AtZone, (N, Z::Node)>> {
        Expr::new(Call::new((self.node, zone.into_arg())))
    }
}
