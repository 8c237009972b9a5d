//! The figures of all caches, for those who run the site.

use hyper_core::cache::{CacheReport, LayerStats};
use hyper_core::http::accept::{Preferred, preferred};
use hyper_core::http::{CacheControl, Vary};
use hyper_core::middleware::CspNonce;
use sailfish::TemplateSimple;
use serde::{Serialize, Serializer};

use crate::prelude::*;

/// How it is to be shown.
struct Shown {
    as_page: bool,
    /// Where `SecurityHeaders` stands around, its policy has it; elsewhere it says nothing.
    nonce: CspNonce,
}

impl FromRequest for Shown {
    async fn from_request(request: &mut Request) -> Result<Self> {
        let as_page = preferred(request.headers()) == Preferred::Html;
        Ok(Self { as_page, nonce: CspNonce::from_request(request).await? })
    }
}

/// Shows what became of what the caches of this process were asked.
#[get("/cache")]
async fn figures(report: CacheReport, shown: Shown) -> (CacheControl, (Vary<1>, Answer)) {
    let layers: Vec<Layer> = report.layers().iter().map(Layer::of).collect();
    let answer = match shown.as_page {
        true => Answer::Page(Html(Page { layers, nonce: shown.nonce })),
        false => Answer::Program(Json(Figures { layers })),
    };
    (CacheControl::never(), (Vary(["accept"]), answer))
}

routes! { pub Urls: figures }

/// Either of the two.
enum Answer {
    Page(Html<Page>),
    Program(Json<Figures>),
}

impl IntoResponse for Answer {
    fn into_response(self, request: &Request) -> Response {
        match self {
            Self::Page(page) => page.into_response(request),
            Self::Program(figures) => figures.into_response(request),
        }
    }
}

/// What programs read.
#[derive(Debug, Serialize)]
struct Figures {
    layers: Vec<Layer>,
}

/// A cache, or a layer of one.
#[derive(Debug, Serialize)]
struct Layer {
    name: String,
    hits: u64,
    misses: u64,
    /// From 0 to 1.
    hit_rate: f64,
    expired: u64,
    evictions: u64,
    sets: u64,
    deletes: u64,
    errors: u64,
    entries: Option<u64>,
    bytes: Option<u64>,
    #[serde(serialize_with = "as_map")]
    more: Vec<(&'static str, u64)>,
}

fn as_map<S: Serializer>(more: &[(&'static str, u64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(more.iter().copied())
}

impl Layer {
    fn of(layer: &LayerStats) -> Self {
        let stats = &layer.stats;
        Self {
            name: layer.name.clone(),
            hits: stats.hits,
            misses: stats.misses,
            hit_rate: stats.hit_rate(),
            expired: stats.expired,
            evictions: stats.evictions,
            sets: stats.sets,
            deletes: stats.deletes,
            errors: stats.errors,
            entries: stats.entries,
            bytes: stats.bytes,
            more: layer.more.clone(),
        }
    }

    /// `97.5`, as it is shown and drawn; nothing as long as nobody has asked.
    fn percent(&self) -> Option<String> {
        (self.hits + self.misses > 0).then(|| format!("{:.1}", self.hit_rate * 100.0))
    }

    /// All figures but those above, with what they are called.
    fn figures(&self) -> Vec<(String, String, bool)> {
        let known = [
            ("expired", Some(self.expired)),
            ("evictions", Some(self.evictions)),
            ("sets", Some(self.sets)),
            ("deletes", Some(self.deletes)),
            ("entries", self.entries),
        ];
        let mut all: Vec<_> = known
            .into_iter()
            .filter_map(|(name, figure)| Some((name.to_owned(), grouped(figure?), false)))
            .collect();
        all.extend(self.bytes.map(|bytes| ("size".to_owned(), size(bytes), false)));
        all.extend(self.more.iter().map(|(name, figure)| {
            let is_bad = name.contains("error") && *figure > 0;
            (name.replace('_', " "), grouped(*figure), is_bad)
        }));
        all.push(("errors".to_owned(), grouped(self.errors), self.errors > 0));
        all
    }
}

/// `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1.5 MiB`.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let (mut number, mut unit) = (bytes as f64 / 1024.0, UNITS[0]);
    for next in &UNITS[1..] {
        // As it is written, rounded.
        if number < 1023.95 {
            break;
        }
        (number, unit) = (number / 1024.0, next);
    }
    format!("{number:.1} {unit}")
}

/// What people read.
#[derive(TemplateSimple)]
#[template(source = r##"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Caches</title>
<style nonce="<%= nonce %>">
:root { color-scheme: light dark; --line: #d5d9de; --quiet: #57606a; --good: #1a7f5a; --bar: #e4e8ec; --bad: #b3261e; --card: #fff; --page: #f5f6f8; --text: #1c2024; }
@media (prefers-color-scheme: dark) { :root { --line: #33393f; --quiet: #a3acb5; --good: #4cc38a; --bar: #2c3238; --bad: #ff8a80; --card: #1a1e22; --page: #101316; --text: #eceff2; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.25rem 1rem 3rem; background: var(--page); color: var(--text); font: 1rem/1.45 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; }
h1 { margin: 0; font-size: 1.5rem; }
.about { margin: .25rem 0 1.25rem; color: var(--quiet); }
.layers { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); align-items: start; }
section { padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
h2 { margin: 0; font-size: 1.05rem; overflow-wrap: anywhere; }
.rate { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 1rem; margin: .5rem 0 .25rem; }
.rate strong { font-size: 1.6rem; font-weight: 650; }
.rate span, dt { color: var(--quiet); font-size: .875rem; }
.bar { height: .5rem; border-radius: .25rem; background: var(--bar); overflow: hidden; }
.bar svg { display: block; width: 100%; height: 100%; fill: var(--good); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); gap: .75rem 1rem; margin: 1rem 0 0; }
dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
dl > div { min-width: 0; }
.bad dt, .bad dd { color: var(--bad); font-weight: 650; }
</style>
</head>
<body>
<main>
<h1>Caches</h1>
<p class="about">Of this process, since it started.</p>
<% if layers.is_empty() { %><p>This application has no cache.</p>
<% } %><div class="layers">
<% for layer in &layers { %><section>
<h2><%= layer.name %></h2>
<% if let Some(percent) = layer.percent() { %><p class="rate"><strong><%= percent %> %</strong> <span><%= grouped(layer.hits) %> hits, <%= grouped(layer.misses) %> misses</span></p>
<div class="bar"><svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="<%= percent %>" height="1"/></svg></div>
<% } else { %><p class="rate"><span>Nobody has asked yet.</span></p>
<% } %><dl>
<% for (name, figure, is_bad) in layer.figures() { %><div<% if is_bad { %> class="bad"<% } %>><dt><%= name %></dt><dd><%= figure %></dd></div>
<% } %></dl>
</section>
<% } %></div>
</main>
</body>
</html>
"##)]
struct Page {
    layers: Vec<Layer>,
    nonce: CspNonce,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1_048_575, "1.0 MiB"),
            (1_572_864, "1.5 MiB"),
            (u64::MAX, "16384.0 PiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
