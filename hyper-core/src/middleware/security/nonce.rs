//! The nonce of a page: what its inline scripts and styles are allowed by.

use std::fmt;

use crate::http::{FromRequest, Request};
use crate::middleware::{Capability, SECURITY_HEADERS};
use crate::{Error, Result};

/// The nonce of this page: 32 hexadecimal digits nobody can guess, other ones for each request.
///
/// It goes into the `nonce` attribute of the page's inline scripts and styles; the policy says by
/// [`Csp::NONCE`](super::Csp::NONCE) where it is allowed. A page that does not ask gets a policy without one. It needs
/// [`SecurityHeaders`](super::SecurityHeaders) around the handler.
///
/// ```
/// use hyper_core::http::RawHtml;
/// use hyper_core::middleware::CspNonce;
///
/// async fn page(nonce: CspNonce) -> RawHtml<String> {
///     RawHtml(format!("<script nonce=\"{nonce}\">start()</script>"))
/// }
/// # drop(page);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CspNonce([u8; 32]);

impl CspNonce {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    fn new() -> Result<Self> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| Error::internal(error.to_string()))?;
        let mut digits = [0; 32];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(random) {
            pair[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
            pair[1] = b"0123456789abcdef"[usize::from(byte & 15)];
        }
        Ok(Self(digits))
    }
}

impl fmt::Display for CspNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// In a template: `<script nonce="<%= nonce %>">`.
impl sailfish::runtime::Render for CspNonce {
    fn render(&self, buffer: &mut sailfish::runtime::Buffer) -> Result<(), sailfish::RenderError> {
        buffer.push_str(self.as_str());
        Ok(())
    }
}

impl FromRequest for CspNonce {
    const NEEDS: &'static [Capability] = &[SECURITY_HEADERS];

    async fn from_request(request: &mut Request) -> Result<Self> {
        if let Some(nonce) = request.unnoted_extensions().get::<Self>() {
            return Ok(nonce.clone());
        }
        let nonce = Self::new()?;
        request.unnoted_extensions_mut().insert(nonce.clone());
        Ok(nonce)
    }
}
