//! The conditions of a request: what the client has, or means to change (RFC 9110, 13).

mod entity_tag;

use std::time::{Duration, SystemTime};

use http::Method;
use http::header::{
    HeaderMap, HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE,
};

pub use entity_tag::EntityTag;

/// What the conditions come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The answer is sent.
    Send,
    /// The client has it: 304.
    NotModified,
    /// It is not the one the client means: 412.
    Failed,
}

/// By what the answer that would be sent is told from an earlier one.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Validators<'a> {
    pub(crate) tag: Option<EntityTag<'a>>,
    /// In whole seconds, as the header fields are.
    pub(crate) modified: Option<SystemTime>,
}

impl Validators<'_> {
    /// Looks at the conditions in the order of 13.2.2, all but `If-Range`. There is an answer, so a star is met.
    pub(crate) fn evaluate(&self, method: &Method, conditions: &HeaderMap) -> Outcome {
        // For these nothing is selected that could be compared (13.2.1).
        if matches!(*method, Method::CONNECT | Method::OPTIONS | Method::TRACE) {
            return Outcome::Send;
        }
        let reads = matches!(*method, Method::GET | Method::HEAD);
        let date = |name| Some((date(conditions, name)?, self.modified?));
        if let Some(is_one_of) = self.is_one_of(conditions, IF_MATCH, |a, b| a.is_strongly(b)) {
            if !is_one_of {
                return Outcome::Failed;
            }
        } else if date(IF_UNMODIFIED_SINCE).is_some_and(|(since, modified)| modified > since) {
            return Outcome::Failed;
        }
        match self.is_one_of(conditions, IF_NONE_MATCH, |a, b| a.is_weakly(b)) {
            Some(true) if reads => Outcome::NotModified,
            Some(true) => Outcome::Failed,
            Some(false) => Outcome::Send,
            None if reads && date(IF_MODIFIED_SINCE).is_some_and(|(since, modified)| modified <= since) => {
                Outcome::NotModified
            }
            None => Outcome::Send,
        }
    }

    /// Whether a range may be sent: the client has a part of this very answer, or does not say (13.1.5).
    ///
    /// `date_is_strong` is whether no client can have this date with other bytes: [`is_over`] when it was given out.
    pub(crate) fn range_is_of_this(&self, conditions: &HeaderMap, date_is_strong: bool) -> bool {
        let mut values = conditions.get_all(IF_RANGE).iter();
        match (values.next(), values.next()) {
            (None, _) => true,
            (Some(_), Some(_)) => false,
            (Some(value), None) => match EntityTag::parse(value.as_bytes()) {
                Some(tag) => self.tag.is_some_and(|own| own.is_strongly(&tag)),
                None => {
                    date_is_strong && self.modified.is_some() && date(conditions, IF_RANGE) == self.modified
                }
            },
        }
    }

    /// Whether one of the tags in a field is that of the answer; `None` without the field.
    fn is_one_of(
        &self,
        conditions: &HeaderMap,
        name: HeaderName,
        same: fn(&EntityTag<'_>, &EntityTag<'_>) -> bool,
    ) -> Option<bool> {
        let mut values = conditions.get_all(name).iter().peekable();
        values.peek()?;
        Some(values.any(|value| {
            let value = value.as_bytes();
            value.trim_ascii() == b"*"
                || self.tag.is_some_and(|tag| EntityTag::list(value).any(|one| same(&one, &tag)))
        }))
    }
}

/// The time in a field; none when it is no HTTP date, or there are two.
pub(crate) fn date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    let mut values = headers.get_all(name).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    httpdate::parse_http_date(value.to_str().ok()?).ok()
}

/// Whether the second of a time is over at `now`: until then it may change again and have the same date (8.8.2.2).
pub(crate) fn is_over(modified: SystemTime, now: SystemTime) -> bool {
    modified.checked_add(Duration::from_secs(1)).is_some_and(|end| end <= now)
}

#[cfg(test)]
mod tests;
