//! Which kind of answer a client prefers (RFC 9110, 12.5.1).

use http::HeaderMap;
use http::header::ACCEPT;

/// The kinds of body an error can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preferred {
    /// `application/json`, and whenever nothing speaks for another.
    Json,
    /// `application/problem+json` (RFC 9457), for those who name it and do not prefer plain JSON.
    Problem,
    /// `text/html`.
    Html,
}

/// Reads the `Accept` header: a page only for those who name `text/html` and do not prefer JSON of either kind.
///
/// ```
/// use hyper_core::http::{HeaderMap, accept::{Preferred, preferred}};
///
/// let mut headers = HeaderMap::new();
/// assert_eq!(preferred(&headers), Preferred::Json);
/// headers.insert("accept", "text/html,application/xml;q=0.9,*/*;q=0.8".parse().unwrap());
/// assert_eq!(preferred(&headers), Preferred::Html);
/// headers.insert("accept", "text/html;q=0.5, application/json".parse().unwrap());
/// assert_eq!(preferred(&headers), Preferred::Json);
/// ```
#[must_use]
pub fn preferred(headers: &HeaderMap) -> Preferred {
    let (mut html, mut json, mut problem) = (Match::NONE, Match::NONE, Match::NONE);
    for value in headers.get_all(ACCEPT) {
        for range in value.to_str().unwrap_or("").split(',') {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or("");
            let quality = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
            let quality = quality.map_or(1000, thousandths);
            html.consider(name, "text/html", "text/*", quality);
            json.consider(name, "application/json", "application/*", quality);
            // Only by its name: who takes anything has never heard of it.
            problem.consider(name, "application/problem+json", "", quality);
        }
    }
    let is_problem = problem.precision == 3 && problem.quality > 0 && problem.quality >= json.quality;
    let program = if is_problem { problem } else { json };
    // A tie goes to the kind that was named more exactly, and then to JSON.
    let page = html.quality > 0 && (html.quality, html.precision) > (program.quality, program.precision);
    let named =
        html.precision == 3 && html.quality > 0 && html.quality == program.quality && program.precision < 3;
    match (page || named, is_problem) {
        (true, _) => Preferred::Html,
        (false, true) => Preferred::Problem,
        (false, false) => Preferred::Json,
    }
}

/// The most exact range that fits a kind, and what the client gives for it.
#[derive(Clone, Copy)]
struct Match {
    precision: u8,
    quality: u16,
}

impl Match {
    const NONE: Self = Self { precision: 0, quality: 0 };

    fn consider(&mut self, name: &str, kind: &str, family: &str, quality: u16) {
        let precision = if name.eq_ignore_ascii_case(kind) {
            3
        } else if !family.is_empty() && name.eq_ignore_ascii_case(family) {
            2
        } else if !family.is_empty() && name == "*/*" {
            1
        } else {
            return;
        };
        if precision > self.precision {
            *self = Self { precision, quality };
        }
    }
}

/// `0.75` as 750; what is malformed counts as 1.
fn thousandths(quality: &str) -> u16 {
    match quality.parse::<f32>() {
        Ok(quality) if (0.0..=1.0).contains(&quality) => (quality * 1000.0).round() as u16,
        _ => 1000,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(accept: &str) -> Preferred {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        preferred(&headers)
    }

    #[test]
    fn qualities_and_precision_decide() {
        for (accept, expected) in [
            ("*/*", Preferred::Json),
            ("application/json", Preferred::Json),
            ("text/html", Preferred::Html),
            ("text/html, */*", Preferred::Html),
            ("text/html;q=0.4, */*;q=0.5", Preferred::Json),
            ("text/html, application/json", Preferred::Json),
            ("text/html, application/json;q=0.9", Preferred::Html),
            ("text/html;q=0", Preferred::Json),
            ("text/html;level=1;q=0.7, application/json;q=0.6", Preferred::Html),
            ("TEXT/HTML", Preferred::Html),
            (";;;,,", Preferred::Json),
            ("application/problem+json", Preferred::Problem),
            ("application/json, application/problem+json", Preferred::Problem),
            ("application/json, application/problem+json;q=0.9", Preferred::Json),
            ("application/problem+json;q=0, */*", Preferred::Json),
            ("text/html, application/problem+json", Preferred::Problem),
            ("text/html, application/problem+json;q=0.5", Preferred::Html),
            ("application/*", Preferred::Json),
        ] {
            assert_eq!(of(accept), expected, "{accept}");
        }
    }

    proptest! {
        #[test]
        fn who_asks_for_one_kind_gets_it(q in 1_u16..=1000, spaces in " {0,3}", other in "[a-z]{1,5}/[a-z]{1,5}") {
            for (kind, expected) in [
                ("text/html", Preferred::Html),
                ("application/json", Preferred::Json),
                ("application/problem+json", Preferred::Problem),
            ] {
                let accept = format!("{other}, {kind}{spaces};{spaces}q={:.3}", f32::from(q) / 1000.0);
                prop_assert!(other == "text/html" || of(&accept) == expected, "{accept}");
            }
        }

        #[test]
        fn any_field_is_read(accept in "[ -~]*") {
            let _ = of(&accept);
        }
    }
}
