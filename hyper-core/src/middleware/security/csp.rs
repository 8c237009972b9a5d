//! A content security policy: what a page may load, from where.

use std::fmt::Write as _;

use http::HeaderValue;

use super::super::lasting::lasting;
use super::CspNonce;
use crate::settings::SettingsError;

/// A content security policy, a directive a function.
///
/// Sources are hosts (`https://cdn.example`), schemes (`data:`), hashes (`'sha256-..'`), and the constants here. A
/// directive that is named twice has the sources of both.
///
/// ```
/// use hyper_core::middleware::Csp;
///
/// let policy = Csp::new()
///     .default_src([Csp::SELF])
///     .img_src([Csp::SELF, "data:", "https://images.example"])
///     .script_src([Csp::SELF, Csp::NONCE])
///     .frame_ancestors([Csp::NONE])
///     .upgrade_insecure_requests();
/// assert_eq!(
///     policy.to_string(),
///     "default-src 'self'; img-src 'self' data: https://images.example; script-src 'self' 'nonce'; \
///      frame-ancestors 'none'; upgrade-insecure-requests"
/// );
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Csp {
    directives: Vec<(String, Vec<String>)>,
}

/// Words that stand between quotes.
const KEYWORDS: [&str; 9] = [
    "self",
    "none",
    "nonce",
    "unsafe-inline",
    "unsafe-eval",
    "unsafe-hashes",
    "strict-dynamic",
    "report-sample",
    "wasm-unsafe-eval",
];

macro_rules! directives {
    ($($function:ident $name:literal $what:literal;)*) => { $(
        #[doc = concat!("`", $name, "`: ", $what, ".")]
        #[must_use]
        pub fn $function<S: AsRef<str>>(self, sources: impl IntoIterator<Item = S>) -> Self {
            self.directive($name, sources)
        }
    )* };
}

impl Csp {
    /// This site.
    pub const SELF: &'static str = "'self'";
    /// Nothing at all.
    pub const NONE: &'static str = "'none'";
    /// What has the page's [`CspNonce`] as its attribute.
    pub const NONCE: &'static str = "'nonce'";
    /// Inline scripts or styles, whoever wrote them. Without effect beside a nonce.
    pub const UNSAFE_INLINE: &'static str = "'unsafe-inline'";
    /// `eval`.
    pub const UNSAFE_EVAL: &'static str = "'unsafe-eval'";
    /// Event handlers and styles in attributes, by their hash.
    pub const UNSAFE_HASHES: &'static str = "'unsafe-hashes'";
    /// What is loaded by a script that is allowed itself.
    pub const STRICT_DYNAMIC: &'static str = "'strict-dynamic'";
    /// WebAssembly.
    pub const WASM_UNSAFE_EVAL: &'static str = "'wasm-unsafe-eval'";
    /// Reports have the beginning of what was refused.
    pub const REPORT_SAMPLE: &'static str = "'report-sample'";

    /// A policy that says nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    directives! {
        default_src "default-src" "what the others do not name";
        script_src "script-src" "scripts";
        script_src_elem "script-src-elem" "scripts in elements";
        script_src_attr "script-src-attr" "event handlers in attributes";
        style_src "style-src" "styles";
        style_src_elem "style-src-elem" "styles in elements";
        style_src_attr "style-src-attr" "styles in attributes";
        img_src "img-src" "images";
        font_src "font-src" "fonts";
        media_src "media-src" "audio and video";
        connect_src "connect-src" "what scripts may connect to";
        frame_src "frame-src" "frames in the page";
        child_src "child-src" "frames and workers";
        worker_src "worker-src" "workers";
        manifest_src "manifest-src" "manifests";
        object_src "object-src" "plugins";
        form_action "form-action" "where forms are sent";
        frame_ancestors "frame-ancestors" "who may frame the page";
        base_uri "base-uri" "what `<base>` may say";
        sandbox "sandbox" "what a sandboxed page may do all the same";
        report_to "report-to" "the name of an endpoint of `Reporting-Endpoints`";
        report_uri "report-uri" "where reports are sent";
    }

    /// `upgrade-insecure-requests`: what the page loads by HTTP is loaded by HTTPS.
    #[must_use]
    pub fn upgrade_insecure_requests(self) -> Self {
        self.directive("upgrade-insecure-requests", [""; 0])
    }

    /// Any directive.
    #[must_use]
    pub fn directive<S: AsRef<str>>(mut self, name: &str, sources: impl IntoIterator<Item = S>) -> Self {
        let place = self.directives.iter().position(|(other, _)| other == name).unwrap_or_else(|| {
            self.directives.push((name.to_owned(), Vec::new()));
            self.directives.len() - 1
        });
        self.directives[place].1.extend(sources.into_iter().map(|source| source.as_ref().to_owned()));
        self
    }

    /// Reads a policy as it stands in a header field, with `'nonce'` where the page's nonce belongs.
    pub(super) fn parse(setting: &str, text: &str) -> Result<Self, SettingsError> {
        let mut policy = Self::new();
        for directive in text.split(';') {
            let mut words = directive.split_ascii_whitespace();
            if let Some(name) = words.next() {
                policy = policy.directive(&name.to_ascii_lowercase(), words);
            }
        }
        policy.check(setting)?;
        Ok(policy)
    }

    fn check(&self, place: &str) -> Result<(), SettingsError> {
        for (name, sources) in &self.directives {
            let is_name = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
            if name.is_empty() || !name.bytes().all(is_name) {
                return Err(SettingsError::new(place, format!("has the directive {name:?}, which is none")));
            }
            let takes_words = matches!(name.as_str(), "sandbox" | "report-to" | "require-trusted-types-for");
            for source in sources {
                let problem = if KEYWORDS.contains(&source.as_str()) && !takes_words {
                    format!("which means a host of that name: write `'{source}'`")
                } else if source == Self::NONE && sources.len() > 1 {
                    "which stands alone".to_owned()
                } else if source.is_empty()
                    || !source.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';' && byte != b',')
                {
                    "which is none: a source is a word without `;` and `,`".to_owned()
                } else {
                    continue;
                };
                return Err(SettingsError::new(
                    place,
                    format!("has the source `{source}` in `{name}`, {problem}"),
                ));
            }
        }
        Ok(())
    }

    /// As it is sent to pages without a nonce.
    pub(super) fn plain(&self) -> Result<HeaderValue, SettingsError> {
        const PLACE: &str = "the content security policy";
        self.check(PLACE)?;
        let mut policy = self.clone();
        for (_, sources) in &mut policy.directives {
            let before = sources.len();
            sources.retain(|source| source != Self::NONCE);
            if sources.is_empty() && before > 0 {
                sources.push(Self::NONE.to_owned());
            }
        }
        lasting(PLACE, policy.to_string())
    }

    /// With this nonce; `None` where the policy has no place for one.
    pub(super) fn with(&self, nonce: &CspNonce) -> Option<HeaderValue> {
        if !self.directives.iter().any(|(_, sources)| sources.iter().any(|source| source == Self::NONCE)) {
            return None;
        }
        let text = self.to_string().replace(Self::NONCE, &format!("'nonce-{nonce}'"));
        HeaderValue::try_from(text).ok()
    }
}

/// As in a header field, with `'nonce'` in place of a page's nonce.
impl std::fmt::Display for Csp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (name, sources)) in self.directives.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { "; " })?;
            f.write_str(name)?;
            for source in sources {
                f.write_char(' ')?;
                f.write_str(source)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_nonce_its_place_is_empty() {
        let policy = Csp::new().script_src([Csp::NONCE]).style_src([Csp::SELF, Csp::NONCE]);
        assert_eq!(policy.plain().unwrap(), "script-src 'none'; style-src 'self'");
    }

    #[test]
    fn a_text_is_read_back() {
        let text = "default-src 'self'; upgrade-insecure-requests; script-src 'nonce' https:";
        assert_eq!(Csp::parse("X", text).unwrap().to_string(), text);
        assert_eq!(Csp::parse("X", " ; IMG-SRC  * ;; ").unwrap().to_string(), "img-src *");
    }

    #[test]
    fn what_is_no_source_is_named() {
        for (policy, expected) in [
            (Csp::new().img_src(["none"]), "which means a host of that name: write `'none'`"),
            (
                Csp::new().img_src(["a; script-src *"]),
                "which is none: a source is a word without `;` and `,`",
            ),
            (Csp::new().img_src([""]), "which is none: a source is a word without `;` and `,`"),
            (Csp::new().img_src([Csp::NONE, "*"]), "which stands alone"),
            (Csp::new().img_src([Csp::SELF]).img_src(["a,b"]), "without `;` and `,`"),
            (Csp::new().directive("img src", ["*"]), "has the directive \"img src\", which is none"),
        ] {
            let error = policy.plain().unwrap_err().to_string();
            assert!(error.ends_with(expected), "{error}");
        }
    }
}
