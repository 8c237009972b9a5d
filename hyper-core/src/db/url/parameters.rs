//! What keys and values mean.

use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::SslMode as Offer;

use super::text::Pairs;
use super::{CONNECT_TIMEOUT, DatabaseUrl};
use crate::db::tls::{SslMode, TlsSettings};

/// What tokio-postgres reads as libpq does.
const PLAIN: [&str; 11] = [
    "channel_binding",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "port",
    "sslnegotiation",
    "target_session_attrs",
    "tcp_user_timeout",
];

/// What libpq knows, too, and cannot be had here.
const MISSING: [&str; 17] = [
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "krbsrvname",
    "passfile",
    "replication",
    "require_auth",
    "requirepeer",
    "service",
    "servicefile",
    "ssl",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcrl",
    "sslcrldir",
    "sslpassword",
    "sslsni",
];

/// What means nothing here: there is no Kerberos, and text is always UTF-8.
fn is_as_always(key: &str, value: &str) -> bool {
    match key {
        "gssencmode" => matches!(value, "disable" | "prefer"),
        "client_encoding" => matches!(value.to_ascii_lowercase().as_str(), "utf8" | "utf-8" | "auto"),
        "sslcompression" => value == "0",
        "fallback_application_name" => true,
        _ => false,
    }
}

/// How long a connection may be silent before TCP asks whether the other side is still there; how long until it asks
/// again, and how often it does. The system's own are two hours, and a quarter of an hour for what is on its way.
const SILENT: Duration = Duration::from_secs(10);
const ASKED_AGAIN: Duration = Duration::from_secs(5);
const TIMES: u32 = 2;
/// How long what was sent may be unacknowledged.
const UNACKNOWLEDGED: Duration = Duration::from_secs(20);

pub(super) fn read(pairs: &Pairs) -> Result<DatabaseUrl, String> {
    let mut config = Config::new();
    let is_said = |key: &str| pairs.iter().any(|(other, _)| other == key);
    config.keepalives_idle(SILENT);
    // These cannot be taken back, and 0 of the URL is what the system has.
    if !is_said("keepalives_interval") {
        config.keepalives_interval(ASKED_AGAIN);
    }
    if !is_said("keepalives_retries") {
        config.keepalives_retries(TIMES);
    }
    if !is_said("tcp_user_timeout") {
        config.tcp_user_timeout(UNACKNOWLEDGED);
    }
    let mut tls = TlsSettings::default();
    let mut sslmode = None;
    let mut has_timeout = false;
    for (number, (key, value)) in pairs.iter().enumerate() {
        // Its last one counts.
        if pairs[number + 1..].iter().any(|(other, _)| other == key) {
            continue;
        }
        if key == "password" {
            config.password(value);
            continue;
        }
        let Ok(value) = std::str::from_utf8(value) else {
            return Err(format!("the value of {} is not UTF-8", named(key, number)));
        };
        if value.contains('\0') {
            return Err(format!("the value of {} has a zero byte in it", named(key, number)));
        }
        match key.as_str() {
            "user" => _ = config.user(value),
            "dbname" => _ = config.dbname(value),
            "options" => _ = config.options(value),
            "application_name" => _ = config.application_name(value),
            "host" => {
                for host in value.split(',').filter(|host| !host.is_empty()) {
                    config.host(host);
                }
            }
            "connect_timeout" => {
                let seconds = value.parse::<u32>().map_err(|_| cannot_be_read(key))?;
                // As libpq: 0 is for ever, as far as anybody waits.
                config.connect_timeout(Duration::from_secs(match seconds {
                    0 => u32::MAX.into(),
                    seconds => seconds.into(),
                }));
                has_timeout = true;
            }
            "sslmode" => sslmode = Some(value.parse::<SslMode>()?),
            "sslrootcert" => tls.root = Some(value.into()),
            "sslcert" => tls.certificate = Some(value.into()),
            "sslkey" => tls.key = Some(value.into()),
            key if PLAIN.contains(&key) => of_one(&mut config, key, value)?,
            key if is_as_always(key, value) => {}
            key if MISSING.contains(&key) => return Err(format!("`{key}` cannot be had here")),
            _ => return Err(format!("parameter {} is not one that libpq knows", number + 1)),
        }
    }
    if config.get_hosts().is_empty() {
        // The name that certificates are for.
        let addresses = config.get_hostaddrs().to_vec();
        for address in &addresses {
            config.host(address.to_string());
        }
        if addresses.is_empty() {
            config.host("localhost");
        }
    }
    let (hosts, addresses, ports) =
        (config.get_hosts().len(), config.get_hostaddrs().len(), config.get_ports().len());
    if addresses > 0 && addresses != hosts {
        return Err("there are not as many of `hostaddr` as of `host`".to_owned());
    }
    if ports > 1 && ports != hosts {
        return Err("there are not as many of `port` as of `host`".to_owned());
    }
    tls.decide(sslmode)?;
    let mut url = DatabaseUrl { config, tls, has_timeout };
    url = url.or_connect_timeout(CONNECT_TIMEOUT);
    if url.config.get_application_name().is_none() {
        url.config.application_name(program());
    }
    url.config.ssl_mode(Offer::Disable);
    Ok(url)
}

/// How a parameter is called in an error.
fn named(key: &str, number: usize) -> String {
    let known = PLAIN.contains(&key)
        || MISSING.contains(&key)
        || matches!(
            key,
            "user"
                | "dbname"
                | "options"
                | "application_name"
                | "host"
                | "connect_timeout"
                | "sslmode"
                | "sslrootcert"
                | "sslcert"
                | "sslkey"
        );
    if known { format!("`{key}`") } else { format!("parameter {}", number + 1) }
}

fn cannot_be_read(key: &str) -> String {
    let expected = match key {
        "port" => "numbers from 1 to 65535",
        "hostaddr" => "addresses such as 192.0.2.1",
        "channel_binding" => "`disable`, `prefer` or `require`",
        "load_balance_hosts" => "`disable` or `random`",
        "sslnegotiation" => "`postgres` or `direct`",
        "target_session_attrs" => "`any`, `read-write` or `read-only`",
        _ => "a number",
    };
    format!("`{key}` cannot be read, expected {expected}")
}

/// Has tokio-postgres read a value, of which there is no other way in for some.
fn of_one(config: &mut Config, key: &str, value: &str) -> Result<(), String> {
    let pair = format!("{key}='{}'", value.replace('\\', r"\\").replace('\'', r"\'"));
    let one = Config::from_str(&pair).map_err(|_| cannot_be_read(key))?;
    match key {
        "channel_binding" => _ = config.channel_binding(one.get_channel_binding()),
        "hostaddr" => {
            for address in one.get_hostaddrs() {
                config.hostaddr(*address);
            }
        }
        "keepalives" => _ = config.keepalives(one.get_keepalives()),
        "keepalives_idle" => _ = config.keepalives_idle(one.get_keepalives_idle()),
        "keepalives_interval" => {
            if let Some(time) = one.get_keepalives_interval() {
                config.keepalives_interval(time);
            }
        }
        "keepalives_retries" => {
            if let Some(times) = one.get_keepalives_retries().filter(|times| *times > 0) {
                config.keepalives_retries(times);
            }
        }
        "load_balance_hosts" => _ = config.load_balance_hosts(one.get_load_balance_hosts()),
        "port" => {
            for port in one.get_ports() {
                if *port == 0 {
                    return Err(cannot_be_read(key));
                }
                config.port(*port);
            }
        }
        "sslnegotiation" => _ = config.ssl_negotiation(one.get_ssl_negotiation()),
        "target_session_attrs" => _ = config.target_session_attrs(one.get_target_session_attrs()),
        _ => {
            // Milliseconds, as to libpq; tokio-postgres takes them for seconds.
            if let Some(time) = one.get_tcp_user_timeout() {
                config.tcp_user_timeout(Duration::from_millis(time.as_secs()));
            }
        }
    }
    Ok(())
}

/// The name of the running program; PostgreSQL has room for 63 bytes of it, and for ASCII only.
fn program() -> String {
    let path = std::env::current_exe().unwrap_or_default();
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name: String = name.chars().filter(char::is_ascii_graphic).take(63).collect();
    if name.is_empty() { "hyperdjango".to_owned() } else { name }
}
