//! Addresses of networks and of the machines in them.

use std::fmt;
use std::net::IpAddr;
use std::ops::Deref;
use std::str::FromStr;

use bytes::{BufMut, BytesMut};
use cidr::{IpCidr, IpInet};
use hyper_core::db::types::{IsNull, ToSql, Type, to_sql_checked};

use super::{DecodeError, Field, Invalid, Single, fixed, serde_as_text, write_quoted};

/// An address and the length of its network, as PostgreSQL sends both `inet` and `cidr`: the family, the length, whether it
/// is `cidr`, how many bytes follow, and these.
fn address(raw: &[u8]) -> Result<(IpAddr, u8), DecodeError> {
    match raw {
        [2, bits, _, 4, rest @ ..] => Ok((IpAddr::from(fixed::<4>(rest)?), *bits)),
        [3, bits, _, 16, rest @ ..] => Ok((IpAddr::from(fixed::<16>(rest)?), *bits)),
        _ => Err("it is no address of IPv4 or IPv6".into()),
    }
}

macro_rules! address {
    ($($rust:ty, $pg:ident, $array:ident, $declaration:literal, $decode:expr;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl Field for $rust {
            type Base = Self;
            type Kind = Single;
            type Nullable = Option<Self>;
            const TYPE: Type = Type::$pg;
            const ARRAY: Type = Type::$array;
            const DECLARATION: &'static str = $declaration;

            fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
                let (address, bits) = address(raw)?;
                $decode(address, bits)
            }

            fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
                write_quoted(Self::decode(raw)?, out);
                Ok(())
            }
        }
    )+};
}

address! {
    IpAddr, INET, INET_ARRAY, "inet", machine;
    IpInet, INET, INET_ARRAY, "inet", |address, bits| Self::new(address, bits).map_err(length);
    Cidr, CIDR, CIDR_ARRAY, "cidr", |address, bits| IpCidr::new(address, bits).map(Self).map_err(length);
}

fn machine(address: IpAddr, bits: u8) -> Result<IpAddr, DecodeError> {
    let own = if address.is_ipv4() { 32 } else { 128 };
    if bits == own {
        return Ok(address);
    }
    Err(format!(
        "it is {address}/{bits}, with a network that an `IpAddr` cannot hold: read it as `cidr::IpInet`"
    )
    .into())
}

fn length(error: impl fmt::Display) -> DecodeError {
    error.to_string().into()
}

/// A network: `cidr`, and `"10.1.0.0/16"` in JSON.
///
/// ```
/// use hyperdjango::orm::field::Cidr;
///
/// let network: Cidr = "10.1.0.0/16".parse().unwrap();
/// assert!(network.contains(&"10.1.2.3".parse().unwrap()));
/// assert!("10.1.2.3/16".parse::<Cidr>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr(pub IpCidr);

impl Deref for Cidr {
    type Target = IpCidr;

    fn deref(&self) -> &IpCidr {
        &self.0
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Cidr {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse().map(Self).map_err(|_| Invalid::new("Enter a network such as 10.1.0.0/16."))
    }
}

serde_as_text!(Cidr);

impl ToSql for Cidr {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.0.to_sql(&Type::CIDR, out)
    }

    /// PostgreSQL compares networks as addresses.
    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::CIDR | Type::INET)
    }

    to_sql_checked!();
}

/// The hardware address of a network card: `macaddr`.
///
/// ```
/// use hyperdjango::orm::field::MacAddr;
///
/// let address: MacAddr = "08-00-2B-01-02-03".parse().unwrap();
/// assert_eq!(address.to_string(), "08:00:2b:01:02:03");
/// assert!("08:00".parse::<MacAddr>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddr(pub [u8; 6]);

impl fmt::Display for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl FromStr for MacAddr {
    type Err = Invalid;

    /// Reads six pairs of hexadecimal digits with `:` or `-` between them.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        const INVALID: Invalid = Invalid::new("Enter a hardware address such as 08:00:2b:01:02:03.");
        let mut bytes = [0; 6];
        let mut pairs = text.split([':', '-']);
        for byte in &mut bytes {
            let pair =
                pairs.next().filter(|pair| pair.len() == 2 && !pair.starts_with('+')).ok_or(INVALID)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| INVALID)?;
        }
        if pairs.next().is_some() { Err(INVALID) } else { Ok(Self(bytes)) }
    }
}

serde_as_text!(MacAddr);

#[diagnostic::do_not_recommend]
impl Field for MacAddr {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::MACADDR;
    const ARRAY: Type = Type::MACADDR_ARRAY;
    const DECLARATION: &'static str = "macaddr";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self(fixed(raw)?))
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        write_quoted(Self::decode(raw)?, out);
        Ok(())
    }
}

impl ToSql for MacAddr {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.put_slice(&self.0);
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::MACADDR
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wire(value: &impl ToSql, ty: &Type) -> BytesMut {
        let mut out = BytesMut::new();
        value.to_sql(ty, &mut out).unwrap();
        out
    }

    proptest! {
        #[test]
        fn any_address_reads_back(four: [u8; 4], six: [u8; 16], bits in 0_u8..=32, mac: [u8; 6]) {
            for (address, bits) in [(IpAddr::from(four), bits), (IpAddr::from(six), bits * 4)] {
                prop_assert_eq!(IpAddr::decode(&wire(&address, &Type::INET)).unwrap(), address);
                let inet = IpInet::new(address, bits).unwrap();
                prop_assert_eq!(IpInet::decode(&wire(&inet, &Type::INET)).unwrap(), inet);
                let network = Cidr(inet.network());
                prop_assert_eq!(Cidr::decode(&wire(&network, &Type::CIDR)).unwrap(), network);
                let mut out = Vec::new();
                Cidr::write_json(&wire(&network, &Type::CIDR), &mut out).unwrap();
                prop_assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&network).unwrap());
            }
            let mac = MacAddr(mac);
            prop_assert_eq!(MacAddr::decode(&wire(&mac, &Type::MACADDR)).unwrap(), mac);
            prop_assert_eq!(mac.to_string().parse(), Ok(mac));
        }

        #[test]
        fn anything_else_is_refused(raw: Vec<u8>, text: String) {
            let _ = (IpAddr::decode(&raw), IpInet::decode(&raw), Cidr::decode(&raw), text.parse::<MacAddr>());
        }
    }

    #[test]
    fn a_network_is_no_machine() {
        let error = IpAddr::decode(&[2, 24, 0, 4, 192, 168, 1, 5]).unwrap_err();
        assert!(error.contains("it is 192.168.1.5/24") && error.contains("cidr::IpInet"), "{error}");
        assert!(IpInet::decode(&[2, 33, 0, 4, 192, 168, 1, 5]).is_err());
        assert!("+1:00:2b:01:02:03".parse::<MacAddr>().is_err());
    }
}
