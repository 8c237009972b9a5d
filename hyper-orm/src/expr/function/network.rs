//! Addresses of networks: PostgreSQL's operators of `inet` and `cidr`.

use std::net::IpAddr;

use super::call::{functions, methods};
use super::{Call, Carries, IntoExpr};
use crate::expr::{Expr, Node};
use crate::field::{Cidr, Field, IpInet};

/// A column type that is an address in PostgreSQL, `inet` or `cidr`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no address of a network",
    label = "expected an `IpAddr`, an `IpInet` or a `Cidr`"
)]
pub trait NetworkField: Field {}

impl NetworkField for IpAddr {}
impl NetworkField for IpInet {}
impl NetworkField for Cidr {}

functions! {
    NetContained("", " << ", "") Nulls::Any;
    NetContainedOrEqual("", " <<= ", "") Nulls::Any;
    NetContains("", " >> ", "") Nulls::Any;
    NetContainsOrEquals("", " >>= ", "") Nulls::Any;
    NetOverlaps("", " && ", "") Nulls::Any;
    Family("family(", ")") Nulls::Any;
    MaskLen("masklen(", ")") Nulls::Any;
    Host("host(", ")") Nulls::Any;
}

macro_rules! operators {
    ($($(#[$doc:meta])* $method:ident / $node:ident;)+) => {
        impl<R, T: Carries, N: Node> Expr<R, T, N>
        where
            T::Base: NetworkField,
        {$(
            $(#[$doc])*
            pub fn $method<V: IntoExpr<R>>(
                self,
                other: V,
            ) -> Expr<R, T::Carry<<V::Type as Carries>::Carry<bool>>, Call<$node, (N, V::Node)>>
            where
                <V::Type as Field>::Base: NetworkField,
            {
                Expr::new(Call::new((self.node, other.into_expr().node)))
            }
        )+}
    };
}

operators! {
    /// Is in this network, and not all of it: `<<`.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// use hyperdjango::orm::field::Cidr;
    ///
    /// let network: Cidr = "10.0.0.0/8".parse().unwrap();
    /// assert_eq!(Thing.address.net_contained(network).sql(), r#""things"."address" << $1::cidr"#);
    /// ```
    net_contained / NetContained;
    /// Is in this network, or all of it: `<<=`.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// # use hyperdjango::orm::field::Cidr;
    /// let network: Cidr = "10.0.0.0/8".parse().unwrap();
    /// assert_eq!(Thing.address.net_contained_or_equal(network).sql(), r#""things"."address" <<= $1::cidr"#);
    /// ```
    net_contained_or_equal / NetContainedOrEqual;
    /// Is a network this is in: `>>`.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// let address: std::net::IpAddr = "10.1.2.3".parse().unwrap();
    /// assert_eq!(Thing.address.net_contains(address).sql(), r#""things"."address" >> $1::inet"#);
    /// ```
    net_contains / NetContains;
    /// Is a network this is in, or all of: `>>=`.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// let address: std::net::IpAddr = "10.1.2.3".parse().unwrap();
    /// assert_eq!(Thing.address.net_contains_or_equals(address).sql(), r#""things"."address" >>= $1::inet"#);
    /// ```
    net_contains_or_equals / NetContainsOrEquals;
    /// One of both is in the other: `&&`.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// # use hyperdjango::orm::field::Cidr;
    /// let network: Cidr = "10.0.0.0/8".parse().unwrap();
    /// assert_eq!(Thing.address.net_overlaps(network).sql(), r#""things"."address" && $1::cidr"#);
    /// ```
    net_overlaps / NetOverlaps;
}

methods! {
    NetworkField;

    /// 4 or 6.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// assert_eq!(Thing.address.family().sql(), r#"family("things"."address")"#);
    /// ```
    family / Family() -> i32;
    /// How many bits its network has.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// assert_eq!(Thing.address.masklen().sql(), r#"masklen("things"."address")"#);
    /// ```
    masklen / MaskLen() -> i32;
    /// The address as a text, without its network.
    ///
    /// ```
    /// # hyperdjango::__things!();
    /// assert_eq!(Thing.address.host().sql(), r#"host("things"."address")"#);
    /// ```
    host / Host() -> String;
}
