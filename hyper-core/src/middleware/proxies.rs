//! Which peers are proxies of one's own.

use std::net::IpAddr;

use crate::Settings;
use crate::http::Peer;
use crate::settings::SettingsError;

/// `TRUSTED_PROXIES`: addresses and networks, and `unix` for the sockets of this machine.
#[derive(Debug, Clone, Default)]
pub(super) struct TrustedProxies {
    networks: Vec<(IpAddr, u8)>,
    unix: bool,
}

impl TrustedProxies {
    pub(super) fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        const KEY: &str = "TRUSTED_PROXIES";
        let mut proxies = Self::default();
        for entry in settings.list(KEY) {
            if entry.eq_ignore_ascii_case("unix") {
                proxies.unix = true;
            } else {
                let network = network(entry).ok_or_else(|| {
                    let expected = "a list of addresses, networks as `10.0.0.0/8`, and `unix`";
                    SettingsError::new(KEY, format!("should be {expected}, and has `{entry}`"))
                })?;
                proxies.networks.push(network);
            }
        }
        Ok(proxies)
    }

    /// Whether none is named.
    pub(super) fn are_unknown(&self) -> bool {
        self.networks.is_empty() && !self.unix
    }

    pub(super) fn trust(&self, peer: Peer) -> bool {
        match peer {
            Peer::Unix => self.unix,
            Peer::InProcess => false,
            Peer::Tcp(address) => {
                let address = address.ip().to_canonical();
                self.networks.iter().any(|(network, bits)| contains(*network, *bits, address))
            }
        }
    }
}

fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse().ok()?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(most);
    (bits <= most).then_some((address, bits))
}

fn contains(network: IpAddr, bits: u8, address: IpAddr) -> bool {
    let bits = u32::from(bits);
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            (network.to_bits() ^ address.to_bits()).checked_shr(32 - bits).unwrap_or(0) == 0
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            (network.to_bits() ^ address.to_bits()).checked_shr(128 - bits).unwrap_or(0) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::proof::settings;
    use super::*;

    #[test]
    fn networks_hold_their_addresses() {
        let list = "10.1.0.0/16, 192.168.1.7 fd00::/8, 0.0.0.0/32 unix";
        let proxies = TrustedProxies::from_settings(&settings(&[("TRUSTED_PROXIES", list)])).unwrap();
        for (address, expected) in [
            ("10.1.2.3", true),
            ("10.2.0.1", false),
            ("192.168.1.7", true),
            ("192.168.1.8", false),
            ("fd12::1", true),
            ("fe80::1", false),
            ("::ffff:10.1.0.1", true),
            ("0.0.0.1", false),
        ] {
            let peer = Peer::Tcp((address.parse::<IpAddr>().unwrap(), 1).into());
            assert_eq!(proxies.trust(peer), expected, "{address}");
        }
        assert!(proxies.trust(Peer::Unix) && !proxies.trust(Peer::InProcess));
        let everybody =
            TrustedProxies::from_settings(&settings(&[("TRUSTED_PROXIES", "0.0.0.0/0")])).unwrap();
        assert!(everybody.trust(Peer::Tcp(([8, 8, 8, 8], 1).into())));
    }

    #[test]
    fn what_is_no_network_is_named() {
        for entry in ["10.0.0.0/33", "proxy", "10.0.0/8", "::/129", "1.2.3.4/x"] {
            let error = TrustedProxies::from_settings(&settings(&[("TRUSTED_PROXIES", entry)])).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "TRUSTED_PROXIES should be a list of addresses, networks as `10.0.0.0/8`, and `unix`, and has `{entry}`"
                )
            );
        }
    }
}
