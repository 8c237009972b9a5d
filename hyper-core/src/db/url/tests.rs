//! Which texts are read, as what, and that passwords are in no error.

use proptest::prelude::*;

use super::*;

fn url(text: &str) -> DatabaseUrl {
    text.parse().unwrap_or_else(|problem| panic!("{text}: {problem}"))
}

fn refused(text: &str) -> String {
    text.parse::<DatabaseUrl>().expect_err(text)
}

#[test]
fn a_url_is_cut_as_libpq_cuts_it() {
    let all = url(
        "postgresql://m%65:p%40s?s:w@a.example:1,[::1]:2/a%2Fb?application_name=x%20y&connect_timeout=3&port=7,8",
    );
    let config = &all.config;
    assert_eq!(config.get_user(), Some("me"));
    assert_eq!(config.get_password(), Some(&b"p@s?s:w"[..]));
    assert_eq!(format!("{:?}", config.get_hosts()), r#"[Tcp("a.example"), Tcp("::1")]"#);
    assert_eq!(config.get_ports(), [7, 8], "the last one counts");
    assert_eq!((all.name(), all.application_name()), ("a/b", "x y"));
    assert_eq!(all.connect_timeout(), Duration::from_secs(3));
    assert_eq!(all.or_connect_timeout(Duration::ZERO).connect_timeout(), Duration::from_secs(3));
    assert_eq!(format!("{:?}", url("postgres://").config.get_hosts()), r#"[Tcp("localhost")]"#);
    assert_eq!(url("postgres://a/b?connect_timeout=0").connect_timeout().as_secs(), u64::from(u32::MAX));
    assert_eq!(url("postgres://u@%2Frun%2Fx/db").config.get_hosts(), [Host::Unix("/run/x".into())]);
    assert_eq!(url("postgres:///db?host=/run/x").config.get_hosts(), [Host::Unix("/run/x".into())]);
    assert_eq!(url("postgres://a@b").name(), "a");
    assert_eq!(url("postgres:///x?hostaddr=192.0.2.1").config.get_hosts(), [Host::Tcp("192.0.2.1".into())]);
    assert!(!url("postgres:///x?hostaddr=192.0.2.1").is_local() && url("host=/x").is_local());
}

#[test]
fn pairs_have_quotes_and_backslashes() {
    let all = url(r" user = 'a b'  password=c\'d\\ dbname='it\'s' host=/run/x,b.example port='1,2' user=me ");
    assert_eq!(all.config.get_user(), Some("me"));
    assert_eq!(all.config.get_password(), Some(&br"c'd\"[..]));
    assert_eq!(all.name(), "it's");
    assert_eq!(all.config.get_hosts().len(), 2);
    assert_eq!(url("").name(), "postgres");
}

#[test]
fn what_the_text_does_not_say_is_as_by_default() {
    let all = url("postgres://a/b");
    assert_eq!(all.connect_timeout(), Duration::from_secs(10));
    assert!(all.application_name().starts_with("hyper_core-"), "{}", all.application_name());
    assert_eq!(all.or_connect_timeout(Duration::from_secs(2)).connect_timeout().as_secs(), 2);
}

/// As libpq has it: a limit in milliseconds, the others in seconds, and 0 is what the system has.
#[test]
fn a_network_that_says_nothing_is_found_out() {
    let seconds = Duration::from_secs;
    let of = |text: &str| {
        let config = url(text).config;
        let user = config.get_tcp_user_timeout().copied();
        let keep =
            (config.get_keepalives_idle(), config.get_keepalives_interval(), config.get_keepalives_retries());
        (config.get_keepalives(), user, keep)
    };
    assert_eq!(of("postgres://a/b"), (true, Some(seconds(20)), (seconds(10), Some(seconds(5)), Some(2))));
    assert_eq!(
        of(
            "postgres://a/b?tcp_user_timeout=1500&keepalives_idle=3&keepalives_interval=2&keepalives_retries=1"
        ),
        (true, Some(Duration::from_millis(1500)), (seconds(3), Some(seconds(2)), Some(1)))
    );
    assert_eq!(
        of("tcp_user_timeout=0 keepalives_idle=0 keepalives_interval=0 keepalives_retries=0 keepalives=0"),
        (false, None, (seconds(7200), None, None))
    );
}

#[test]
fn each_mistake_is_named() {
    for (text, problem) in [
        ("postgres://a:b@c:x/d", "`port` cannot be read"),
        ("postgres://a:b@c:0/d", "`port` cannot be read"),
        ("postgres://a:b@[c/d", "a `[` and no `]`"),
        ("postgres://a:b@c/d?sslmode", "parameter 1 after the `?` has no `=`"),
        ("postgres://a:b@c/d?sslmode=on", "`sslmode` should be `disable`"),
        ("postgres://a:b@c/d?port=1,2", "not as many of `port`"),
        ("postgres://a:b@c/d?hostaddr=1", "`hostaddr` cannot be read"),
        ("postgres://a:b@c/d?sslcrl=x", "`sslcrl` cannot be had here"),
        ("postgres://a:b@c/d?target_session_attrs=standby", "`any`, `read-write` or `read-only`"),
        ("postgres://a:b@c/%ff", "`dbname` is not UTF-8"),
        ("postgres://a:b@c/%00", "`dbname` has a zero byte"),
        ("host", "pair 1 has no `=`"),
        ("host='a", "a `'` and no other one"),
        ("hots=a", "parameter 1 is not one that libpq knows"),
    ] {
        let error = refused(text);
        assert!(error.contains(problem), "{text}: {error}");
    }
}

/// Passwords of what a text, a URL and a person may make of them; with a part that is in no message by itself.
fn passwords() -> impl Strategy<Value = String> {
    "[ -~äß€]{0,6}".prop_map(|around| format!("{around}Zx9Zx9{around}"))
}

fn is_told(password: &str, text: &str) -> bool {
    password.contains("Zx9") && text.contains("Zx9")
}

/// All there is to see of one.
fn shown(url: &DatabaseUrl) -> String {
    format!("{url:?} {url:#?} {} {}", url.name(), url.application_name())
}

proptest! {
    /// However the text is broken, and wherever the password is in it.
    #[test]
    fn a_password_is_never_told(password in passwords(), rest in "[ -~]{0,20}", form in 0..6, cut in 0..60_usize) {
        let encoded: String = percent_encoding::utf8_percent_encode(&password, percent_encoding::NON_ALPHANUMERIC)
            .to_string();
        let mut text = match form {
            0 => format!("postgres://me:{password}@host/db{rest}"),
            1 => format!("postgres://me:{encoded}@host:5{rest}"),
            2 => format!("host=a password={password} {rest}"),
            3 => format!("host=a{rest} password='{password}'"),
            4 => format!("postgres://host/db?password={password}&{rest}"),
            _ => format!("{rest}{password}"),
        };
        if let Some((at, _)) = text.char_indices().nth(cut) {
            text.insert_str(at, rest.get(..2).unwrap_or("="));
        }
        match text.parse::<DatabaseUrl>() {
            Err(problem) => prop_assert!(!is_told(&password, &problem), "{}", problem),
            // What is taken for a host or a name is no password any more.
            Ok(url) if form == 1 && cut > 40 => {
                prop_assert!(!is_told(&password, &format!("{url:?}")), "{:?}", url);
            }
            Ok(_) => {}
        }
    }

    /// What connects has the password that was meant, and shows it to nobody.
    #[test]
    fn a_password_is_read_as_it_was_meant(password in passwords()) {
        let encoded = percent_encoding::utf8_percent_encode(&password, percent_encoding::NON_ALPHANUMERIC);
        let quoted = password.replace('\\', r"\\").replace('\'', r"\'");
        for text in [
            format!("postgres://me:{encoded}@host/db"),
            format!("postgres://host/db?user=me&password={encoded}"),
            format!("host=host dbname=db user=me password='{quoted}'"),
        ] {
            let url = url(&text);
            prop_assert_eq!(url.config.get_password(), Some(password.as_bytes()));
            prop_assert!(!is_told(&password, &shown(&url)));
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,60}", url in "postgres://[a-c:@/?=&%,\\[\\]0-9']{0,40}") {
        let _ = text.parse::<DatabaseUrl>();
        let _ = url.parse::<DatabaseUrl>();
    }
}
