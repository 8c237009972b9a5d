//! Logging in and signing up.

use std::fmt;

use sailfish::TemplateSimple;
use serde::Deserialize;

use super::{Chrome, Errors};
use crate::links;

/// A name and a password as they were typed. Its `Debug` leaves the password out.
#[derive(Clone, Default, Deserialize)]
pub struct Credentials {
    /// The name.
    #[serde(default)]
    pub name: String,
    /// The password; never shown again.
    #[serde(default)]
    pub password: String,
    /// The path to go to afterwards; pass it through [`links::local`].
    #[serde(default)]
    pub next: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("name", &self.name)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

/// The form to log in.
#[derive(Clone, Debug, TemplateSimple)]
#[template(path = "log_in.stpl")]
pub struct LogInPage {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// What was typed.
    pub form: Credentials,
    /// What is wrong with it.
    pub errors: Errors,
}

/// The form to sign up.
#[derive(Clone, Debug, TemplateSimple)]
#[template(path = "sign_up.stpl")]
pub struct SignUpPage {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// What was typed.
    pub form: Credentials,
    /// What is wrong with it.
    pub errors: Errors,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_printed() {
        let form = Credentials { name: "ada".into(), password: "s3cret".into(), next: "/".into() };
        assert!(!format!("{form:?}").contains("s3cret"));
    }
}
