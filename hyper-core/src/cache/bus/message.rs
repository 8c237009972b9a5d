//! What instances say, as texts that a notification has room for.

use std::borrow::Cow;
use std::fmt::Write;

/// The longest text, in bytes: PostgreSQL takes less than 8000.
const LONGEST: usize = 7900;

/// More things of a topic than these are said as one: anything.
const MOST: usize = 2000;

/// What one instance says in one notification.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message<'a> {
    /// Who says it.
    pub(super) id: u64,
    /// Which of all that it has said this is, from 1.
    pub(super) number: u64,
    /// Whether it is the last: the instance stops, and has nothing more to say.
    pub(super) is_last: bool,
    /// Topics and what has changed; without that, anything has.
    pub(super) changes: Vec<(&'a str, Option<Cow<'a, str>>)>,
}

impl<'a> Message<'a> {
    /// Reads one; none if it is none of ours.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let mut lines = text.split('\n');
        let mut head = lines.next()?.split(' ');
        let id = u64::from_str_radix(head.next()?, 16).ok()?;
        let number = head.next()?.parse().ok()?;
        let is_last = match head.next() {
            None => false,
            Some("last") => true,
            Some(_) => return None,
        };
        let change = |line: &'a str| match line.split_once(':') {
            None => (line, None),
            Some((topic, what)) => (topic, Some(unescape(what))),
        };
        Some(Self { id, number, is_last, changes: lines.map(change).collect() })
    }
}

/// As few texts as have room for all this, without their heads.
pub(super) fn bodies(changes: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Vec<String> {
    let mut changes: Vec<_> = changes.into_iter().collect();
    changes.sort_unstable();
    let mut bodies = vec![String::new()];
    for of_topic in changes.chunk_by(|(one, _), (other, _)| one == other) {
        let said = of_topic.iter().map(|(topic, what)| (topic, what.as_deref().unwrap_or_default()));
        let lines = said.map(|(topic, what)| format!("\n{topic}:{}", escape(what)));
        // None comes before all others.
        let too_many = of_topic.len() > MOST || of_topic[0].1.is_none();
        let all = too_many.then(|| format!("\n{}", of_topic[0].0));
        for line in lines.take(if too_many { 0 } else { usize::MAX }).chain(all) {
            // What no notification has room for is said as anything.
            let line = if line.len() > LONGEST { format!("\n{}", of_topic[0].0) } else { line };
            if bodies.last().is_some_and(|body| body.len() + line.len() > LONGEST) {
                bodies.push(String::new());
            }
            bodies.last_mut().expect("there is one").push_str(&line);
        }
    }
    bodies
}

pub(super) fn head(id: u64, number: u64, is_last: bool) -> String {
    let mut head = format!("{id:x} {number}");
    if is_last {
        let _ = write!(head, " last");
    }
    head
}

fn escape(text: &str) -> Cow<'_, str> {
    if text.contains(['\n', '\\', '\0']) {
        Cow::Owned(text.replace('\\', "\\\\").replace('\n', "\\n").replace('\0', "\\0"))
    } else {
        Cow::Borrowed(text)
    }
}

fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        plain.push(match (character, character == '\\') {
            (_, true) => match characters.next() {
                Some('n') => '\n',
                Some('0') => '\0',
                Some(other) => other,
                None => '\\',
            },
            (character, false) => character,
        });
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_said_is_heard(keys in proptest::collection::btree_set("(?s).{0,40}", 0..300), id: u64, last: bool) {
            let changes = keys.iter().map(|key| ("one", Some(key.clone())));
            let changes = changes.chain([("two", Some("x".to_owned()))]);
            let mut heard = BTreeSet::new();
            for (i, body) in bodies(changes).iter().enumerate() {
                let text = head(id, i as u64, last) + body;
                prop_assert!(text.len() < 8000 && !text.contains('\0'));
                let message = Message::read(&text).unwrap();
                prop_assert_eq!((message.id, message.number, message.is_last), (id, i as u64, last));
                for (topic, what) in message.changes {
                    heard.insert((topic.to_owned(), what.unwrap().into_owned()));
                }
            }
            let expected = keys.into_iter().map(|key| ("one".to_owned(), key));
            prop_assert_eq!(heard, expected.chain([("two".to_owned(), "x".to_owned())]).collect::<BTreeSet<_>>());
        }

        #[test]
        fn anything_can_be_heard(text in "(?s).{0,60}") {
            let _ = Message::read(&text);
        }
    }

    #[test]
    fn too_much_is_anything() {
        let many = (0..=MOST).map(|n| ("many", Some(n.to_string())));
        let long = [("long", Some("x".repeat(9000))), ("any", None), ("any", Some("x".to_owned()))];
        let bodies = bodies(many.chain(long));
        assert_eq!(bodies, ["\nany\nlong\nmany"]);
        let text = head(1, 2, false) + &bodies[0];
        assert_eq!(Message::read(&text).unwrap().changes, [("any", None), ("long", None), ("many", None)]);
        assert_eq!(super::bodies([]), [""]);
    }
}
