//! Header fields that tell browsers to be careful, on every answer.

mod csp;
mod nonce;

use std::future::Future;

use futures_util::future::Either;
use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY_REPORT_ONLY, Entry, HeaderMap, HeaderName, HeaderValue,
    REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

pub use csp::Csp;
pub use nonce::CspNonce;

use super::lasting::lasting;
use super::then::then;
use super::{Capability, Layer, Middleware, Next, SECURITY_HEADERS};
use crate::http::{Request, Response};
use crate::settings::SettingsError;
use crate::{Result, Settings};

const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Sends the header fields that tell browsers to be careful.
///
/// | setting | default | header field |
/// |---|---|---|
/// | `SECURE_CONTENT_TYPE_NOSNIFF` | `true` | `X-Content-Type-Options: nosniff` |
/// | `X_FRAME_OPTIONS` | `DENY` | `X-Frame-Options`; `DENY` or `SAMEORIGIN` |
/// | `SECURE_REFERRER_POLICY` | `same-origin` | `Referrer-Policy` |
/// | `SECURE_CROSS_ORIGIN_OPENER_POLICY` | `same-origin` | `Cross-Origin-Opener-Policy` |
/// | `SECURE_HSTS_SECONDS` | `0` | `Strict-Transport-Security: max-age=..`, unless 0 |
/// | `SECURE_HSTS_INCLUDE_SUBDOMAINS` | `false` | adds `includeSubDomains` |
/// | `SECURE_HSTS_PRELOAD` | `false` | adds `preload` |
/// | `SECURE_CSP` | | `Content-Security-Policy`; `'nonce'` in it stands for the page's [`CspNonce`] |
/// | `SECURE_CSP_REPORT_ONLY` | | `Content-Security-Policy-Report-Only`, likewise |
/// | `SECURE_PERMISSIONS_POLICY` | | `Permissions-Policy` |
///
/// `off` for one of the texts leaves that field out. A field that a handler has set stays as it is.
/// `Strict-Transport-Security` is sent with answers to HTTPS only, as RFC 6797 wants it: where this server ends TLS itself, or
/// a trusted proxy says so in `SECURE_PROXY_SSL_HEADER`.
///
/// It stands outside of all that answers by itself, so that refusals and errors carry the fields, too. What it sends
/// is made when the application starts; a request costs an insertion a field.
///
/// ```
/// use hyper_core::Settings;
/// use hyper_core::middleware::{Csp, SecurityHeaders};
///
/// # fn main() -> hyper_core::Result<()> {
/// let settings = Settings::from_pairs([("DEBUG", "true"), ("X_FRAME_OPTIONS", "SAMEORIGIN")])?;
/// let policy = Csp::new().default_src([Csp::SELF]).script_src([Csp::SELF, Csp::NONCE]);
/// let headers = SecurityHeaders::from_settings(&settings)?.csp(policy)?;
/// # let _ = headers; Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct SecurityHeaders {
    /// What every answer gets.
    block: Vec<(HeaderName, HeaderValue)>,
    hsts: Option<HeaderValue>,
    policies: Vec<Policy>,
}

/// A content security policy and the field it is sent in.
#[derive(Debug, Clone)]
struct Policy {
    name: HeaderName,
    /// As it is sent to pages that asked for no nonce.
    plain: HeaderValue,
    csp: Csp,
}

impl Default for SecurityHeaders {
    fn default() -> Self {
        Self::new()
    }
}

impl SecurityHeaders {
    /// Those that are sent without any setting.
    #[must_use]
    pub fn new() -> Self {
        let block = vec![
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
            (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
            (CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin")),
        ];
        Self { block, hsts: None, policies: Vec::new() }
    }

    /// Those of the settings, to add to them.
    ///
    /// # Errors
    /// The setting that cannot be used.
    pub fn from_settings(settings: &Settings) -> Result<Self> {
        let mut headers = Self::new();
        if !settings.flag("SECURE_CONTENT_TYPE_NOSNIFF", true)? {
            headers.leave_out(&X_CONTENT_TYPE_OPTIONS);
        }
        if let Some(options) = settings.get("X_FRAME_OPTIONS") {
            let options = options.to_ascii_uppercase();
            if !["DENY", "SAMEORIGIN", "OFF"].contains(&options.as_str()) {
                let problem = format!("should be `DENY`, `SAMEORIGIN` or `off`, and is `{options}`");
                return Err(SettingsError::new("X_FRAME_OPTIONS", problem).into());
            }
            headers.set(X_FRAME_OPTIONS, "X_FRAME_OPTIONS", &options)?;
        }
        for (name, key) in [
            (REFERRER_POLICY, "SECURE_REFERRER_POLICY"),
            (CROSS_ORIGIN_OPENER_POLICY, "SECURE_CROSS_ORIGIN_OPENER_POLICY"),
            (PERMISSIONS_POLICY, "SECURE_PERMISSIONS_POLICY"),
        ] {
            if let Some(text) = settings.get(key) {
                headers.set(name, key, text)?;
            }
        }
        let seconds = settings.number("SECURE_HSTS_SECONDS", 0..=u32::MAX as usize, 0)?;
        let subdomains = settings.flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", false)?;
        let preload = settings.flag("SECURE_HSTS_PRELOAD", false)?;
        if seconds > 0 {
            headers.hsts = Some(hsts(seconds, subdomains, preload)?);
        }
        if let Some(text) = settings.get("SECURE_CSP").filter(|text| !is_off(text)) {
            headers = headers.csp(Csp::parse("SECURE_CSP", text)?)?;
        }
        if let Some(text) = settings.get("SECURE_CSP_REPORT_ONLY").filter(|text| !is_off(text)) {
            headers = headers.csp_report_only(Csp::parse("SECURE_CSP_REPORT_ONLY", text)?)?;
        }
        Ok(headers)
    }

    /// With a content security policy, in place of that of `SECURE_CSP`.
    ///
    /// # Errors
    /// A source that is none, by its directive.
    pub fn csp(self, policy: Csp) -> Result<Self> {
        self.policy(CONTENT_SECURITY_POLICY, policy)
    }

    /// With a policy whose violations are reported only, in place of that of `SECURE_CSP_REPORT_ONLY`.
    ///
    /// # Errors
    /// A source that is none, by its directive.
    pub fn csp_report_only(self, policy: Csp) -> Result<Self> {
        self.policy(CONTENT_SECURITY_POLICY_REPORT_ONLY, policy)
    }

    /// With `Permissions-Policy`, such as `camera=(), geolocation=(self)`.
    ///
    /// # Errors
    /// What no header field may hold.
    pub fn permissions_policy(mut self, policy: &str) -> Result<Self> {
        self.set(PERMISSIONS_POLICY, "the permissions policy", policy)?;
        Ok(self)
    }

    fn policy(mut self, name: HeaderName, csp: Csp) -> Result<Self> {
        let plain = csp.plain()?;
        self.policies.retain(|policy| policy.name != name);
        self.policies.push(Policy { name, plain, csp });
        Ok(self)
    }

    /// Adds what every answer gets, and is not there yet.
    fn add(&self, headers: &mut HeaderMap, hsts: Option<&HeaderValue>) {
        headers.reserve(self.block.len() + self.policies.len() + usize::from(hsts.is_some()));
        // Answers have few fields, and of these hardly ever one: to compare the names costs less than to look each up.
        let is_ours = |name: &HeaderName| self.block.iter().any(|(ours, _)| ours == name);
        let some_there = headers.keys().any(is_ours);
        for (name, value) in &self.block {
            if !some_there || !headers.contains_key(name) {
                headers.insert(name, value.clone());
            }
        }
        if let Some(hsts) = hsts {
            headers.entry(STRICT_TRANSPORT_SECURITY).or_insert_with(|| hsts.clone());
        }
    }

    /// Adds the policies, with the page's nonce where it has one.
    fn add_policies(&self, headers: &mut HeaderMap, nonce: Option<&CspNonce>) {
        for Policy { name, plain, csp } in &self.policies {
            if let Entry::Vacant(entry) = headers.entry(name) {
                entry.insert(nonce.and_then(|nonce| csp.with(nonce)).unwrap_or_else(|| plain.clone()));
            }
        }
    }

    fn set(&mut self, name: HeaderName, source: &str, text: &str) -> Result<()> {
        self.leave_out(&name);
        if !is_off(text) {
            self.block.push((name, lasting(source, text)?));
        }
        Ok(())
    }

    fn leave_out(&mut self, name: &HeaderName) {
        self.block.retain(|(other, _)| other != name);
    }
}

fn is_off(text: &str) -> bool {
    text.eq_ignore_ascii_case("off")
}

fn hsts(seconds: usize, subdomains: bool, preload: bool) -> Result<HeaderValue, SettingsError> {
    let subdomains = if subdomains { "; includeSubDomains" } else { "" };
    let preload = if preload { "; preload" } else { "" };
    lasting("SECURE_HSTS_SECONDS", format!("max-age={seconds}{subdomains}{preload}"))
}

impl Layer for SecurityHeaders {
    const PROVIDES: &'static [Capability] = &[SECURITY_HEADERS];

    async fn start(settings: &Settings) -> Result<Self> {
        Self::from_settings(settings)
    }
}

impl<S: Sync + 'static> Middleware<S> for SecurityHeaders {
    fn call(
        &self,
        _: &'static S,
        request: &mut Request,
        next: impl Next,
    ) -> impl Future<Output = Response> + Send {
        let hsts = self.hsts.as_ref().filter(|_| request.is_secure());
        if self.policies.is_empty() {
            let add = move |response: &mut Response| self.add(response.headers_mut(), hsts);
            return Either::Left(then(move || next.run(request), add));
        }
        Either::Right(async move {
            let mut response = next.run(request).await;
            self.add(response.headers_mut(), hsts);
            self.add_policies(response.headers_mut(), request.extensions().get());
            response
        })
    }
}

#[cfg(test)]
mod tests;
