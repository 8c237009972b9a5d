//! One event of a `text/event-stream`.

use std::borrow::Cow;
use std::time::Duration;

use crate::Result;

/// One event.
///
/// ```
/// use hyper_core::http::Event;
///
/// let event = Event::data("one\ntwo").event("news").id("7").retry(std::time::Duration::from_secs(3));
/// assert_eq!(event.to_string(), "event: news\nid: 7\nretry: 3000\ndata: one\ndata: two\n\n");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    name: Option<Cow<'static, str>>,
    id: Option<Cow<'static, str>>,
    retry: Option<Duration>,
    data: Option<Cow<'static, str>>,
    comment: Option<Cow<'static, str>>,
}

impl Event {
    /// An event with this text, of any number of lines.
    #[must_use]
    pub fn data(text: impl Into<Cow<'static, str>>) -> Self {
        Self { data: Some(text.into()), ..Self::default() }
    }

    /// An event with a value as JSON.
    ///
    /// # Errors
    /// 500 when it cannot be written as JSON.
    pub fn json(value: &impl serde::Serialize) -> Result<Self> {
        Ok(Self::data(serde_json::to_string(value).map_err(crate::Error::internal)?))
    }

    /// A comment: clients pass it over.
    #[must_use]
    pub fn comment(text: impl Into<Cow<'static, str>>) -> Self {
        Self { comment: Some(text.into()), ..Self::default() }
    }

    /// Names it: scripts listen to it by `addEventListener(name, ..)`.
    #[must_use]
    pub fn event(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Gives it an id: a client that lost the connection comes back with the last it saw, see [`LastEventId`](super::LastEventId).
    #[must_use]
    pub fn id(mut self, id: impl Into<Cow<'static, str>>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Says after how long a client that lost the connection comes back.
    #[must_use]
    pub fn retry(mut self, after: Duration) -> Self {
        self.retry = Some(after);
        self
    }
}

/// As it is sent. What would end a line in a name or an id, or an id with NUL, which clients pass over, is left out.
impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let one_line = |text: &str| text.replace(['\r', '\n', '\0'], "");
        for line in self.comment.as_deref().into_iter().flat_map(lines) {
            writeln!(f, ": {line}")?;
        }
        if let Some(name) = &self.name {
            writeln!(f, "event: {}", one_line(name))?;
        }
        if let Some(id) = &self.id {
            writeln!(f, "id: {}", one_line(id))?;
        }
        if let Some(retry) = self.retry {
            writeln!(f, "retry: {}", retry.as_millis())?;
        }
        for line in self.data.as_deref().into_iter().flat_map(lines) {
            writeln!(f, "data: {line}")?;
        }
        f.write_str("\n")
    }
}

/// The lines of a text as clients of this protocol see them: they end with `\n`, `\r\n` and `\r`.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a client makes of a stream (HTML, 9.2.6): events of name, id and data.
    fn read(stream: &str) -> Vec<(String, String, String)> {
        let (mut events, mut name, mut id, mut data) =
            (Vec::new(), String::new(), String::new(), String::new());
        for line in lines(stream) {
            if line.is_empty() {
                if !data.is_empty() {
                    data.pop();
                    events.push((std::mem::take(&mut name), id.clone(), std::mem::take(&mut data)));
                }
                name.clear();
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => name = value.to_owned(),
                "id" => id = value.to_owned(),
                "data" => data += &(value.to_owned() + "\n"),
                _ => {}
            }
        }
        events
    }

    proptest! {
        #[test]
        fn every_event_arrives_as_one(data in "[a\r\n:é ]{1,20}", name in "[a-z\r\n]{0,5}", id in "[0-9\n]{0,5}") {
            let event = Event::data(data.clone()).event(name.clone()).id(id.clone());
            let plain = |text: &str| text.replace(['\r', '\n'], "");
            let lines: Vec<&str> = lines(&data).collect();
            prop_assert_eq!(read(&event.to_string()), [(plain(&name), plain(&id), lines.join("\n"))]);
        }
    }
}
