//! Which hosts a request may be for.

mod name;

use http::header::HOST;

pub use name::{AllowedHosts, host_name};

use super::{Capability, Layer, Middleware, Next, TRUSTED_HOSTS};
use crate::http::{IntoResponse, Peer, Request, Response};
use crate::settings::SettingsError;
use crate::{Error, Result, Settings};

/// Answers requests for hosts that are not the site's with 400.
///
/// | setting | default | |
/// |---|---|---|
/// | `ALLOWED_HOSTS` | with `DEBUG`: `.localhost`, `127.0.0.1`, `[::1]` | `app.example`; `.app.example` with all below; `*` |
///
/// Whoever builds addresses from a request's host, in a redirect, a mail, a cached page, lets the client choose them
/// without this. A name is compared without its port, and without regard to case. Both the `Host` field and a host in
/// the target (`GET http://app.example/`) have to be allowed. Requests made in this process need no host. Without
/// `DEBUG` the setting is required.
///
/// It stands outside of all that uses the host, such as [`HttpsRedirect`](super::HttpsRedirect), and inside of
/// `AccessLog` and `SecurityHeaders`. Checks of a load balancer, which name an address, are best sent with a `Host`.
///
/// ```
/// use hyper_core::middleware::TrustedHosts;
///
/// let hosts = TrustedHosts::only(["app.example", ".api.example"]);
/// # let _ = hosts;
/// ```
#[derive(Debug, Clone)]
pub struct TrustedHosts {
    hosts: AllowedHosts,
    debug: bool,
}

impl TrustedHosts {
    /// These hosts, whatever the setting says.
    #[must_use]
    pub fn only<T: AsRef<str>>(hosts: impl IntoIterator<Item = T>) -> Self {
        Self { hosts: AllowedHosts::new(hosts), debug: false }
    }

    /// Why the request is refused, if it is.
    fn objection(&self, request: &Request) -> Option<String> {
        // What is kept is kept for a host, which need not be that of the field.
        request.reads_field(&HOST);
        let fields = request.unnoted_headers().get_all(HOST);
        let target = request.uri().authority();
        if target.is_none() && fields.iter().next().is_none() {
            return (request.unnoted_peer() != Peer::InProcess)
                .then(|| "A request names its host.".to_owned());
        }
        let refused = |host: &str| {
            let advice = if self.debug { " Add it to ALLOWED_HOSTS." } else { "" };
            (!self.hosts.allow(host)).then(|| format!("The host {host:?} is not served here.{advice}"))
        };
        let of_field = fields.iter().find_map(|value| refused(value.to_str().unwrap_or("")));
        of_field.or_else(|| refused(target?.as_str()))
    }
}

impl Layer for TrustedHosts {
    const PROVIDES: &'static [Capability] = &[TRUSTED_HOSTS];

    async fn start(settings: &Settings) -> Result<Self> {
        const KEY: &str = "ALLOWED_HOSTS";
        let debug = settings.debug();
        for host in settings.list(KEY).filter(|host| *host != "*") {
            let name = host.strip_prefix('.').unwrap_or(host);
            if host_name(name) != Some(name) {
                let problem =
                    format!("should be hosts without scheme and port, as `app.example`, and has `{host}`");
                return Err(SettingsError::new(KEY, problem).into());
            }
        }
        let hosts = AllowedHosts::new(settings.list(KEY));
        if !hosts.is_empty() {
            return Ok(Self { hosts, debug });
        }
        if !debug {
            let problem = "is required by `TrustedHosts`: the hosts of the site, as `app.example, .api.example`, or `*`";
            return Err(SettingsError::new(KEY, problem).into());
        }
        Ok(Self { hosts: AllowedHosts::new([".localhost", "127.0.0.1", "[::1]"]), debug })
    }
}

impl<S: Sync + 'static> Middleware<S> for TrustedHosts {
    async fn call(&self, _: &'static S, request: &mut Request, next: impl Next) -> Response {
        match self.objection(request) {
            None => next.run(request).await,
            Some(detail) => {
                tracing::warn!(path = request.path(), "{detail}");
                Error::bad_request(detail).into_response(request)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::proof::{answer, get, request, settings, through};
    use super::*;
    use crate::http::Method;

    async fn status(hosts: &TrustedHosts, mut request: Request) -> u16 {
        through(hosts, &mut request, |_| answer(&[], "page")).await.status().as_u16()
    }

    #[tokio::test]
    async fn only_hosts_of_the_site_get_in() {
        let hosts =
            TrustedHosts::start(&settings(&[("ALLOWED_HOSTS", "app.example, .api.example")])).await.unwrap();
        for (host, expected) in [
            ("app.example", 200),
            ("APP.EXAMPLE:443", 200),
            ("v1.api.example", 200),
            ("evil.example", 400),
            ("app.example.evil", 400),
            ("", 400),
        ] {
            assert_eq!(status(&hosts, get(&[("host", host)])).await, expected, "{host}");
        }
        assert_eq!(status(&hosts, get(&[])).await, 200);
        // Neither of two hosts may be another's.
        assert_eq!(status(&hosts, get(&[("host", "app.example"), ("host", "evil")])).await, 400);
        let of_target = |target, host| request(Method::GET, target, &[("host", host)]);
        assert_eq!(status(&hosts, of_target("http://app.example/x", "app.example")).await, 200);
        assert_eq!(status(&hosts, of_target("http://evil.example/x", "app.example")).await, 400);
        assert_eq!(status(&hosts, of_target("http://app.example/x", "evil.example")).await, 400);
    }

    #[tokio::test]
    async fn without_the_setting_there_is_localhost_or_no_start() {
        let hosts = TrustedHosts::start(&settings(&[("DEBUG", "true")])).await.unwrap();
        for host in ["localhost:8000", "a.localhost", "127.0.0.1:8000", "[::1]:8000"] {
            assert_eq!(status(&hosts, get(&[("host", host)])).await, 200, "{host}");
        }
        let mut request = get(&[("host", "192.168.0.7")]);
        let response = through(&hosts, &mut request, |_| answer(&[], "page")).await;
        let body = str::from_utf8(response.body().as_bytes().unwrap()).unwrap().to_owned();
        assert!(
            body.contains(r#"The host \"192.168.0.7\" is not served here. Add it to ALLOWED_HOSTS."#),
            "{body}"
        );
        let error = TrustedHosts::start(&settings(&[])).await.unwrap_err();
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.starts_with("ALLOWED_HOSTS is required by `TrustedHosts`"), "{source}");
        for host in ["https://app.example", "app.example:443", "a b/", "*.example"] {
            assert!(TrustedHosts::start(&settings(&[("ALLOWED_HOSTS", host)])).await.is_err(), "{host}");
        }
    }
}
