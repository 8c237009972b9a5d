//! From HTTP to HTTPS.

use http::header::{HOST, HeaderValue, LOCATION};

use super::hosts::host_name;
use super::{Capability, Layer, Middleware, Next, TRUSTED_HOSTS};
use crate::http::{Body, IntoResponse, Method, Request, Response, StatusCode};
use crate::settings::SettingsError;
use crate::{Error, Result, Settings};

/// Sends clients that come by HTTP to the same address by HTTPS.
///
/// | setting | default | |
/// |---|---|---|
/// | `SECURE_SSL_REDIRECT` | `false` | whether it does |
/// | `SECURE_SSL_HOST` | the host of the request, without its port | where they are sent, with a port if need be |
/// | `SECURE_REDIRECT_EXEMPT` | | paths that are answered by HTTP, too: `/health`, or `/.well-known/*` for all below |
/// | `SECURE_PROXY_SSL_HEADER` | | the field in which a proxy says how the client came, as `X-Forwarded-Proto`, or `X-Ssl: on` |
/// | `TRUSTED_PROXIES` | | where set, the field counts from these only |
///
/// `GET` and `HEAD` are sent by 301, others by 308, which keeps method and body; what was in them has been read on
/// the way all the same. Behind a proxy that ends TLS, `SECURE_PROXY_SSL_HEADER` is required, or the redirect never
/// ends; the proxy has to set the field on every request, or the client does.
///
/// It stands after [`TrustedHosts`](super::TrustedHosts), as the client's host is where it is sent; a list without
/// does not compile.
#[derive(Debug, Clone)]
pub struct HttpsRedirect {
    active: bool,
    host: Option<String>,
    exempt: Vec<String>,
}

impl Layer for HttpsRedirect {
    const NEEDS: &'static [Capability] = &[TRUSTED_HOSTS];

    async fn start(settings: &Settings) -> Result<Self> {
        let host = settings.get("SECURE_SSL_HOST");
        if let Some(host) = host.filter(|host| host_name(host).is_none()) {
            let problem = format!("should be a host, as `app.example`, and is `{host}`");
            return Err(SettingsError::new("SECURE_SSL_HOST", problem).into());
        }
        let exempt: Vec<String> = settings.list("SECURE_REDIRECT_EXEMPT").map(str::to_owned).collect();
        if let Some(path) = exempt.iter().find(|path| !path.starts_with('/')) {
            let problem = format!("should be paths that begin with `/`, and has `{path}`");
            return Err(SettingsError::new("SECURE_REDIRECT_EXEMPT", problem).into());
        }
        Ok(Self {
            active: settings.flag("SECURE_SSL_REDIRECT", false)?,
            host: host.map(str::to_owned),
            exempt,
        })
    }
}

impl HttpsRedirect {
    fn is_exempt(&self, path: &str) -> bool {
        self.exempt.iter().any(|exempt| match exempt.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => path == exempt,
        })
    }

    #[cold]
    fn redirect(&self, request: &Request) -> Response {
        let of_target = request.uri().host();
        let host = self.host.as_deref().or_else(|| of_target.or_else(|| host_name(request.header(HOST)?)));
        let Some(host) = host else {
            return Error::bad_request("A request names its host.").into_response(request);
        };
        let rest = request.uri().path_and_query().map_or("/", |rest| rest.as_str());
        let Ok(location) = HeaderValue::try_from(format!("https://{host}{rest}")) else {
            return Error::bad_request("The target has characters no address has.").into_response(request);
        };
        let mut response = Response::new(Body::empty());
        *response.status_mut() = match *request.method() {
            Method::GET | Method::HEAD => StatusCode::MOVED_PERMANENTLY,
            _ => StatusCode::PERMANENT_REDIRECT,
        };
        response.headers_mut().insert(LOCATION, location);
        response
    }
}

impl<S: Sync + 'static> Middleware<S> for HttpsRedirect {
    async fn call(&self, _: &'static S, request: &mut Request, next: impl Next) -> Response {
        // `OPTIONS *` is about the server, which has no other address.
        if self.active && !request.is_secure() && !self.is_exempt(request.path()) && request.path() != "*" {
            return self.redirect(request);
        }
        next.run(request).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::proof::{all, answer, context, request, settings, through};
    use super::*;

    async fn sent(
        pairs: &[(&str, &str)],
        method: Method,
        target: &str,
        fields: &[(&'static str, &str)],
    ) -> (u16, String) {
        let redirect = HttpsRedirect::start(&settings(pairs)).await.unwrap();
        let mut request = request(method, target, fields);
        request.set_context(context(pairs));
        let response = through(&redirect, &mut request, |_| answer(&[], "page")).await;
        (response.status().as_u16(), all(response.headers(), "location"))
    }

    const ON: (&str, &str) = ("SECURE_SSL_REDIRECT", "true");
    const APP: (&str, &str) = ("host", "app.example:8000");

    #[tokio::test]
    async fn the_same_address_by_https() {
        for (method, target, status, location) in [
            (Method::GET, "/a%20b?c=d", 301, "https://app.example/a%20b?c=d"),
            (Method::HEAD, "/", 301, "https://app.example/"),
            (Method::POST, "/form", 308, "https://app.example/form"),
            (Method::GET, "//evil.example/", 301, "https://app.example//evil.example/"),
        ] {
            assert_eq!(sent(&[ON], method, target, &[APP]).await, (status, location.to_owned()), "{target}");
        }
        let elsewhere = [ON, ("SECURE_SSL_HOST", "secure.example:8443")];
        assert_eq!(sent(&elsewhere, Method::GET, "/x", &[APP]).await.1, "https://secure.example:8443/x");
        assert_eq!(sent(&[], Method::GET, "/", &[APP]).await.0, 200);
        assert_eq!(sent(&[ON], Method::GET, "/", &[]).await.0, 400);
    }

    #[tokio::test]
    async fn what_is_secure_or_exempt_goes_on() {
        let pairs = [
            ON,
            ("SECURE_PROXY_SSL_HEADER", "X-Forwarded-Proto"),
            ("TRUSTED_PROXY_COUNT", "1"),
            ("SECURE_REDIRECT_EXEMPT", "/health, /.well-known/*"),
        ];
        for (target, proto, status) in [
            ("/", "https", 200),
            ("/", "http", 301),
            ("/health", "http", 200),
            ("/health/x", "http", 301),
            ("/.well-known/acme/x", "http", 200),
        ] {
            let fields = [APP, ("x-forwarded-proto", proto)];
            assert_eq!(sent(&pairs, Method::GET, target, &fields).await.0, status, "{target} {proto}");
        }
    }

    #[tokio::test]
    async fn settings_that_cannot_be_used_are_named() {
        for pair in [("SECURE_SSL_HOST", "https://a"), ("SECURE_REDIRECT_EXEMPT", "health")] {
            let error = HttpsRedirect::start(&settings(&[pair])).await.unwrap_err();
            assert!(std::error::Error::source(&error).unwrap().to_string().starts_with(pair.0));
        }
    }
}
