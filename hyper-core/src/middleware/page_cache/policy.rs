//! What may be kept, and who may have it.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use http::header::{
    ACCEPT_ENCODING, AGE, AUTHORIZATION, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_SECURITY_POLICY, COOKIE,
    EXPIRES, HeaderMap, HeaderName, HeaderValue, IF_RANGE, RANGE, SET_COOKIE, UPGRADE,
};

use super::asked::{Asked, Wish};
use super::cookies::Counting;
use super::kept::{Kept, Learned};
use super::wishes::{PageVersion, Said};
use crate::Settings;
use crate::http::conditions::date;
use crate::http::{CacheControl, Method, Request, Response, varies_on, vary_on};
use crate::middleware::CspNonce;
use crate::settings::SettingsError;

/// How many fields a page may depend on; what depends on more is hardly asked for twice.
const MOST_FIELDS: usize = 8;

/// What is kept, and for whom.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) seconds: u32,
    pub(super) exclude: Vec<String>,
    /// What was set for this one; as those around say, if not.
    pub(super) max_bytes: Option<usize>,
    max_bytes_of_site: usize,
    pub(super) ignored_cookies: Vec<String>,
    pub(super) marked_only: bool,
    reload: bool,
}

/// How an answer is kept.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) seconds: u32,
    /// What it depends on: what its `Vary` names, and what its handler has read.
    pub(super) fields: Vec<HeaderName>,
    /// Cookies that do not count for it, beside those of the whole site.
    pub(super) ignored_cookies: Vec<String>,
    pub(super) is_for_all: bool,
    /// How old it is already, in seconds.
    pub(super) age: u64,
}

impl Policy {
    pub(super) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let list = |key| settings.list(key).map(str::to_owned).collect();
        let seconds = settings.number("CACHE_MIDDLEWARE_SECONDS", 0..=u32::MAX as usize, 60)?;
        Ok(Self {
            seconds: u32::try_from(seconds).unwrap_or(u32::MAX),
            exclude: list("CACHE_MIDDLEWARE_EXCLUDE"),
            max_bytes: None,
            max_bytes_of_site: settings.number("CACHE_MIDDLEWARE_MAX_BYTES", 0..=usize::MAX, 1 << 20)?,
            ignored_cookies: list("CACHE_MIDDLEWARE_IGNORE_COOKIES"),
            marked_only: false,
            reload: settings.flag("CACHE_MIDDLEWARE_RELOAD", false)?,
        })
    }

    /// Whether a path is one of those that are not kept, or under one: `/api` is `/api/users` as well, and not `/apiary`.
    pub(super) fn is_excluded(&self, path: &str) -> bool {
        self.exclude.iter().any(|prefix| {
            let prefix = prefix.strip_prefix('/').unwrap_or(prefix);
            let rest = path.strip_prefix('/').unwrap_or(path).strip_prefix(prefix);
            let is_segment = |rest: &str| {
                prefix.is_empty() || prefix.ends_with('/') || rest.is_empty() || rest.starts_with('/')
            };
            rest.is_some_and(is_segment)
        })
    }

    /// Says inside another cache what this one would do.
    pub(super) fn say(&self, is_excluded: bool, response: &mut Response) {
        let said = Said::of(response);
        let seconds = if is_excluded || self.marked_only { 0 } else { self.seconds };
        said.seconds.get_or_insert(seconds);
        said.max_bytes = said.max_bytes.or(self.max_bytes);
        said.ignored_cookies.extend_from_slice(&self.ignored_cookies);
    }

    /// What a request asks for; none if it is nothing that is kept.
    pub(super) fn wish(&self, request: &Request) -> Option<Wish> {
        let headers = request.unnoted_headers();
        let is_other = [RANGE, IF_RANGE, UPGRADE].iter().any(|name| headers.contains_key(name));
        if is_other || !super::reads(request.method()) || self.is_excluded(request.path()) {
            return None;
        }
        let version = match request.unnoted_extensions().get::<PageVersion>() {
            Some(version) => version.0.clone()?,
            None => String::new(),
        };
        let said = CacheControl::of(headers);
        let of = [
            request.scheme().to_string(),
            request.host().ok()?.to_string(),
            // As it was sent: a handler that shows it shows this.
            request.uri().to_string(),
            version,
        ];
        Some(Wish {
            of,
            has_passed: request.has_passed_page_cache(),
            cookies: Counting::of(headers, &self.ignored_cookies),
            has_authorization: headers.contains_key(AUTHORIZATION),
            keeps: *request.method() == Method::GET && !said.is_no_store(),
            anew: self.reload && said.asks_anew(),
        })
    }

    /// Whether one who asks may have what is kept under his key.
    pub(super) fn may_have(&self, asked: &Asked<'_>, learned: Option<&Learned>, kept: &Kept) -> bool {
        // Under the cookie it was made for.
        let by_cookie = || learned.is_some_and(|learned| learned.has(&COOKIE));
        let has_cookie = asked.has_cookie(learned);
        kept.is_for_all || (!asked.wish.has_authorization && (!has_cookie || by_cookie()))
    }

    /// How an answer is kept; none if it is not.
    pub(super) fn plan(&self, asked: &Asked<'_>, request: &Request, response: &Response) -> Option<Plan> {
        let headers = response.headers();
        let wished = response.extensions().get::<Said>().cloned().unwrap_or_default();
        let max_bytes = wished.max_bytes.or(self.max_bytes).unwrap_or(self.max_bytes_of_site);
        let said = CacheControl::of(headers);
        let is_for_all = said.is_for_all();
        let is_whole = matches!(
            response.status(),
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION | StatusCode::NO_CONTENT
        ) && response.body().as_bytes().is_some_and(|body| body.len() <= max_bytes);
        let is_one_visitors = [SET_COOKIE, CONTENT_RANGE].iter().any(|name| headers.contains_key(name));
        if !is_whole || is_one_visitors || said.forbids_sharing() || has_nonce(request, headers) {
            return None;
        }
        let own = varies_on(headers)?;
        if headers.contains_key(CONTENT_ENCODING) && !own.contains(&ACCEPT_ENCODING) {
            return None;
        }
        let reads = request.noted_reads()?;
        if !is_for_all {
            let says_for_whom = own.contains(&COOKIE) || !asked.wish.cookies.any_but(&wished.ignored_cookies);
            let is_known = !reads.itself() && (!reads.all_fields() || !own.is_empty());
            if asked.wish.has_authorization || !says_for_whom || !is_known {
                return None;
            }
        }
        let mut fields = own;
        // Of a page for all, who asks has not counted, whoever looked.
        let counts = |name: &&HeaderName| !is_for_all || ![COOKIE, AUTHORIZATION].contains(*name);
        for name in reads.fields().iter().filter(counts) {
            if !fields.contains(name) {
                fields.push(name.clone());
            }
        }
        fields.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
        let age = headers.get(AGE).map_or(Some(0), |age| age.to_str().ok()?.trim().parse::<u64>().ok())?;
        let seconds = self.seconds(wished.seconds, headers, &said)?;
        let seconds = seconds.checked_sub(u32::try_from(age).ok()?).filter(|seconds| *seconds > 0)?;
        let ignored_cookies = wished.ignored_cookies;
        (fields.len() <= MOST_FIELDS).then_some(Plan { seconds, fields, ignored_cookies, is_for_all, age })
    }

    /// For how long: as those inside say, or else this; no longer than the answer itself says.
    fn seconds(&self, wished: Option<u32>, headers: &HeaderMap, said: &CacheControl) -> Option<u32> {
        let own = match wished {
            Some(seconds) => seconds,
            None if self.marked_only => return None,
            None => self.seconds,
        };
        let expires = || {
            headers.contains_key(EXPIRES).then(|| {
                // What is no date is over.
                let left = date(headers, EXPIRES).and_then(|end| end.duration_since(SystemTime::now()).ok());
                left.map_or(0, |left| u32::try_from(left.as_secs()).unwrap_or(u32::MAX))
            })
        };
        let most = said.shared_age().or_else(expires);
        Some(most.map_or(own, |most| own.min(most)))
    }
}

/// Whether it has what only this request's page may have.
fn has_nonce(request: &Request, headers: &HeaderMap) -> bool {
    let has = |value: &HeaderValue| value.as_bytes().windows(7).any(|part| part == b"'nonce-");
    request.unnoted_extensions().get::<CspNonce>().is_some()
        || headers.get_all(CONTENT_SECURITY_POLICY).iter().any(has)
}

impl Plan {
    /// Says in the answer what it depends on, and for how long it is good.
    pub(super) fn announce(&self, headers: &mut HeaderMap) {
        for name in &self.fields {
            vary_on(headers, name);
        }
        if !self.is_for_all {
            // With one he is not sent this.
            vary_on(headers, &COOKIE);
        }
        let said = CacheControl::of(headers);
        if !said.has_age() && !headers.contains_key(EXPIRES) {
            let end = SystemTime::now() + Duration::from_secs(self.seconds.into());
            if let Ok(date) = HeaderValue::try_from(httpdate::fmt_http_date(end)) {
                headers.insert(EXPIRES, date);
            }
            said.max_age(self.seconds).write(headers);
        }
    }
}
