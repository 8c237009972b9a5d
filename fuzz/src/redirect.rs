//! Redirects to where a client says, against how browsers read an address.

use hyper_core::fuzz::led_to;
use url::Url;

/// A browser that is led somewhere by an untrusted address stays at the site, or comes to one of its hosts.
pub(crate) fn redirect(data: &[u8]) -> u64 {
    let Ok(next) = std::str::from_utf8(data) else { return 0 };
    let Some(location) = led_to(next) else { return 1 };
    if location != next {
        assert_eq!(location, "/safe", "{next:?}");
        return 2;
    }
    let here = Url::parse("https://site.test/a/page?b=c").expect("it is an address");
    // What a browser cannot read leads nowhere.
    let Ok(there) = here.join(&location) else { return 3 };
    assert!(matches!(there.scheme(), "http" | "https"), "{location:?}");
    assert!(there.username().is_empty() && there.password().is_none(), "{location:?}");
    let (host, port) = (there.host_str().unwrap_or_default(), there.port());
    let is_here = host == "site.test" && port.is_none();
    let is_allowed = port.is_none() && (host == "a.b" || host == "c" || host.ends_with(".c"))
        || (host, port) == ("[::1]", Some(8000));
    assert!(is_here || is_allowed, "{location:?} leads to {there}");
    4 + u64::from(is_allowed) + 2 * u64::from(location.contains('?')) + 4 * u64::from(host.ends_with(".c"))
}
