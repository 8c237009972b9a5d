//! What is not shown even to developers: passwords, keys and the like, which end in screenshots.

use std::borrow::Cow;

const HIDDEN: &str = "********";

/// Parts of names whose values are hidden: Django's, and a few more.
const SECRET: [&str; 10] =
    ["API", "TOKEN", "KEY", "SECRET", "PASS", "SIGNATURE", "AUTH", "CREDENTIAL", "COOKIE", "SESSION"];

/// Whether the value of a setting, a header field or a parameter of this name is hidden.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    SECRET.iter().any(|part| name.contains(part))
}

/// The value of a setting or a header field as it may be shown.
pub(super) fn shown<'v>(name: &str, value: &'v str) -> Cow<'v, str> {
    let lower = value.to_ascii_lowercase();
    if is_secret(name) || lower.contains("password=") || lower.contains("passwd=") {
        return Cow::Borrowed(HIDDEN);
    }
    let value = without_passwords(value);
    // An address with its parameters, as in `Referer`.
    match value.split_once('?') {
        Some((before, query)) if query.contains('=') => Cow::Owned(target(before, Some(query))),
        _ => value,
    }
}

/// With the passwords of URLs hidden: `postgres://user:********@host/name`.
fn without_passwords(value: &str) -> Cow<'_, str> {
    let mut shown = String::new();
    let mut rest = value;
    while let Some(scheme) = rest.find("://") {
        let (before, after) = rest.split_at(scheme + 3);
        shown.push_str(before);
        rest = after;
        // A password may itself have any character: better to hide too much.
        let until = |ends: &[char]| &after[..after.find(ends).unwrap_or(after.len())];
        let at = until(&['/', '?', '#', ' ', ',']).rfind('@').or_else(|| until(&[' ', ',']).rfind('@'));
        if let Some(at) = at
            && let Some(colon) = after[..at].find(':')
        {
            shown.push_str(&after[..=colon]);
            shown.push_str(HIDDEN);
            rest = &after[at..];
        }
    }
    if shown.is_empty() {
        return Cow::Borrowed(value);
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// A target with the values of secret parameters hidden: `/reset?token=********`.
pub(super) fn target(path: &str, query: Option<&str>) -> String {
    let Some(query) = query else { return path.to_owned() };
    let parts = query.split('&').map(|part| match part.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}={HIDDEN}"),
        _ => part.to_owned(),
    });
    format!("{path}?{}", parts.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secrets_are_hidden_by_name_and_in_urls() {
        for name in ["SECRET_KEY", "GITHUB_TOKEN", "smtp_password", "x-api-key", "Cookie", "authorization"] {
            assert_eq!(shown(name, "value"), HIDDEN, "{name}");
        }
        for (value, expected) in [
            ("8000", "8000"),
            ("http://a.example/x", "http://a.example/x"),
            ("postgres://ana:s3cret@host:5432/db", "postgres://ana:********@host:5432/db"),
            ("redis://:s3cret@host", "redis://:********@host"),
            ("a://u:p@x, b://v:q@y", "a://u:********@x, b://v:********@y"),
            ("postgres://ana:s/3@cret@host/db", "postgres://ana:********@host/db"),
            ("https://a.example/reset?id=7&token=abc", "https://a.example/reset?id=7&token=********"),
            ("host=db user=ana password=s3cret", HIDDEN),
        ] {
            assert_eq!(shown("URL", value), expected);
        }
        assert_eq!(target("/reset", Some("id=7&token=abc&x")), "/reset?id=7&token=********&x");
    }

    proptest! {
        #[test]
        fn a_password_of_a_url_is_never_shown(password in "[a-zA-Z0-9]{6,20}", user in "[a-z]{0,5}", host in "[a-z]{1,5}") {
            let shown = shown("DATABASE_URL", &format!("postgres://{user}:{password}@{host}/name")).into_owned();
            prop_assert!(!shown.contains(&password));
        }

        #[test]
        fn any_text_can_be_shown(value in ".*") {
            let _ = shown("X", &value);
        }
    }
}
