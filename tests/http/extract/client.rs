//! Who asks: proxies that are trusted are believed, and nobody else.

use super::site::Served;

const LINES: &str = "x-forwarded-for: 1.2.3.4, 198.51.100.7\r\nx-forwarded-proto: https\r\n\
                     x-forwarded-host: a.example:8443\r\nforwarded: for=9.9.9.9;proto=https\r\nx-real-ip: 8.8.8.8\r\n";

#[test]
fn nobody_is_believed_unless_told() {
    assert_eq!(Served::new(&[]).get("/who", LINES).body, "127.0.0.1 http t.example");
    // This client is not one of them.
    let served = Served::new(&[
        ("TRUSTED_PROXIES", "10.0.0.0/8,unix"),
        ("SECURE_PROXY_SSL_HEADER", "X-Forwarded-Proto"),
        ("USE_X_FORWARDED_HOST", "true"),
    ]);
    assert_eq!(served.get("/who", LINES).body, "127.0.0.1 http t.example");
}

#[test]
fn a_trusted_proxy_speaks_for_its_clients() {
    let served = Served::new(&[
        ("TRUSTED_PROXIES", "127.0.0.0/8"),
        ("SECURE_PROXY_SSL_HEADER", "X-Forwarded-Proto"),
        ("USE_X_FORWARDED_HOST", "true"),
    ]);
    assert_eq!(served.get("/who", LINES).body, "198.51.100.7 https a.example:8443");
    assert_eq!(served.get("/who", "").body, "127.0.0.1 http t.example");
    let counted = Served::new(&[("TRUSTED_PROXY_COUNT", "2")]);
    assert_eq!(counted.get("/who", LINES).body, "1.2.3.4 http t.example");
    let standard = Served::new(&[("TRUSTED_PROXY_COUNT", "1"), ("TRUSTED_PROXY_HEADER", "Forwarded")]);
    assert_eq!(standard.get("/who", LINES).body, "9.9.9.9 http t.example");
}

#[test]
fn the_host_of_an_absolute_target_has_the_word() {
    let served = Served::new(&[]);
    assert_eq!(served.get("http://Other.example:81/who", "").body, "127.0.0.1 http other.example:81");
    let mut client = served.connect();
    client.send("GET /who HTTP/1.1\r\nhost: a b\r\n\r\n");
    assert_eq!(client.answer().status, 400);
}

#[test]
fn settings_that_trust_everybody_do_not_start() {
    let settings = hyperdjango::Settings::from_pairs([("USE_X_FORWARDED_HOST", "true")]).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let error = runtime.block_on(hyperdjango::app::start::<super::site::Site>(&settings)).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        cause.starts_with("USE_X_FORWARDED_HOST believes what proxies say, so it needs TRUSTED_PROXIES"),
        "{cause}"
    );
}
