//! Header values that are made once and sent with every answer.

use std::fmt::Display;

use http::HeaderValue;

use crate::settings::SettingsError;

/// A value that lives as long as the process: its clones are not counted, so that threads do not meet at a counter.
///
/// `source` says where it is from: the name of a setting, as a rule.
pub(super) fn lasting(source: &str, text: impl Into<String>) -> Result<HeaderValue, SettingsError> {
    let text = text.into();
    match HeaderValue::from_str(&text) {
        Ok(_) => Ok(HeaderValue::from_static(String::leak(text))),
        Err(_) => Err(SettingsError::new(
            source,
            format!("should be visible ASCII, as a header field is, and is {text:?}"),
        )),
    }
}

/// The same of a list, with `, ` between its entries.
pub(super) fn lasting_list<T: Display>(
    source: &str,
    entries: impl IntoIterator<Item = T>,
) -> Result<HeaderValue, SettingsError> {
    let mut text = String::new();
    for entry in entries {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&entry.to_string());
    }
    lasting(source, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_header_may_hold_is_named() {
        let error = lasting("X", "a\nb").unwrap_err();
        assert_eq!(error.to_string(), "X should be visible ASCII, as a header field is, and is \"a\\nb\"");
        assert_eq!(lasting_list("X", ["a", "b"]).unwrap(), "a, b");
    }
}
