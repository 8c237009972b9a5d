//! Values that mean something: money, addresses of mail and of the web, colours, secrets. Each is checked when it is made,
//! when it comes in by serde, and again before it is written; what the database holds is read as it is.

mod color;
mod duration;
mod email;
#[cfg(feature = "encrypted")]
mod encrypted;
mod money;
#[cfg(feature = "decimal")]
mod percent;
mod phone;
mod slug;
mod text;
mod url;

use std::borrow::Cow;
use std::fmt;

pub use color::Color;
pub use duration::Duration;
pub use email::Email;
#[cfg(feature = "encrypted")]
pub use encrypted::{Encrypted, EncryptionKeys, configure_encryption};
pub use money::Money;
#[cfg(feature = "decimal")]
pub use percent::Percent;
pub use phone::Phone;
pub use slug::Slug;
pub use url::Url;

/// Why something is no value of such a type, in a sentence for who entered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid(Cow<'static, str>);

impl Invalid {
    pub(crate) const fn new(sentence: &'static str) -> Self {
        Self(Cow::Borrowed(sentence))
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Invalid {}

#[diagnostic::do_not_recommend]
impl From<Invalid> for hyper_core::Error {
    /// 422: it is said of no field in particular.
    fn from(error: Invalid) -> Self {
        let mut errors = hyper_core::ValidationErrors::new();
        errors.add(hyper_core::NON_FIELD_ERRORS, error.0);
        Self::invalid(errors)
    }
}
