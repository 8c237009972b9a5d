//! Sentences with slots, filled in from the words of a topic.

use super::rng::Rng;
use super::words::{ADJECTIVES, PLACES, SPANS, TRUTHS, Topic, WHO};

/// What a post is about: its comments come back to these words.
#[derive(Clone, Copy)]
pub(super) struct Subject {
    pub(super) topic: &'static Topic,
    many: &'static str,
    one: &'static str,
    side: &'static str,
    doing: &'static str,
}

impl Subject {
    pub(super) fn new(topic: &'static Topic, rng: &mut Rng) -> Self {
        Self {
            topic,
            many: rng.pick(topic.many),
            one: rng.pick(topic.one),
            side: rng.pick(topic.side),
            doing: rng.pick(topic.doing),
        }
    }

    /// Something else of the same topic, for talk that wanders.
    pub(super) fn beside(&self, rng: &mut Rng) -> Self {
        Self {
            many: other(self.topic.many, self.many, rng),
            doing: rng.pick(self.topic.doing),
            ..Self::new(self.topic, rng)
        }
    }

    /// Fills in the slots of a sentence and begins it with a capital.
    ///
    /// `{many}`, `{one}`, `{a one}`, `{side}` and `{doing}` are the subject's own; `{many+}` and so on are others of its topic.
    /// `{truth}`, `{who}`, `{span}`, `{place}`, `{adj}`, `{a adj}`, `{few}` and `{n}` are drawn anew each time.
    pub(super) fn say(&self, sentence: &str, rng: &mut Rng, to: &mut String) {
        let start = to.len();
        let mut rest = sentence;
        while let Some((before, slot_on)) = rest.split_once('{') {
            to.push_str(before);
            let (slot, after) = slot_on.split_once('}').unwrap_or((slot_on, ""));
            self.fill(slot, rng, to);
            rest = after;
        }
        to.push_str(rest);
        capitalise(to, start);
        let mut from = start;
        while let Some(stop) = to[from..].find(". ") {
            from += stop + 2;
            capitalise(to, from);
        }
    }

    fn fill(&self, slot: &str, rng: &mut Rng, to: &mut String) {
        let topic = self.topic;
        let word = match slot {
            "many" => self.many,
            "many+" => other(topic.many, self.many, rng),
            "one" => self.one,
            "one+" => other(topic.one, self.one, rng),
            "a one" => with_article(self.one, to),
            "a one+" => with_article(other(topic.one, self.one, rng), to),
            "side" => self.side,
            "side+" => other(topic.side, self.side, rng),
            "doing" => self.doing,
            "doing+" => rng.pick(topic.doing),
            "truth" if rng.chance(0.7) => rng.pick(topic.truth),
            "truth" => rng.pick(TRUTHS),
            "who" => rng.pick(WHO),
            "span" => rng.pick(SPANS),
            "place" => rng.pick(PLACES),
            "adj" => rng.pick(ADJECTIVES),
            "a adj" => with_article(rng.pick(ADJECTIVES), to),
            "n" => {
                use std::fmt::Write;
                let number = 3 + rng.below(9) * rng.below(12);
                write!(to, "{number}").expect("a string takes everything");
                return;
            }
            "few" => rng.pick(&["three", "five", "six", "seven", "nine", "ten", "twelve"]),
            unknown => unreachable!("no sentence has a slot {{{unknown}}}: the tests fill in all of them"),
        };
        to.push_str(word);
    }
}

/// One of the words, but not the one that is used already.
fn other(words: &[&'static str], used: &str, rng: &mut Rng) -> &'static str {
    let at = rng.below(words.len());
    if words[at] == used { words[(at + 1) % words.len()] } else { words[at] }
}

/// Writes the article that goes before a word.
fn with_article(word: &'static str, to: &mut String) -> &'static str {
    let an = word.starts_with(['a', 'e', 'i', 'o', 'u', 'F', 'S', 'h'])
        && !word.starts_with("one-")
        && !word.starts_with("uni")
        && (!word.starts_with('h') || word.starts_with("honest"))
        && !word.starts_with("Show");
    to.push_str(if an { "an " } else { "a " });
    word
}

/// Makes the first letter from `start` on a capital, past quotes.
fn capitalise(text: &mut str, start: usize) {
    let Some((at, first)) = text[start..].char_indices().find(|(_, c)| c.is_alphanumeric()) else { return };
    if first.is_ascii_lowercase() {
        text[start + at..=start + at].make_ascii_uppercase();
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::TOPICS;
    use super::*;

    #[test]
    fn slots_are_filled_and_sentences_begin_with_a_capital() {
        let mut rng = Rng::new(3);
        for topic in TOPICS {
            for _ in 0..40 {
                let subject = Subject::new(topic, &mut rng);
                let mut text = String::from("> ");
                subject.say(
                    "“{many} {truth},” said {who} of {place} about {a one+} and {n} {adj} {many+}.",
                    &mut rng,
                    &mut text,
                );
                assert!(text.starts_with("> “"), "{text}");
                assert!(!text.contains(['{', '}']) && !text.contains("  "), "{text}");
                assert!(!text.chars().nth(3).unwrap().is_ascii_lowercase(), "{text}");
            }
        }
    }

    #[test]
    fn articles() {
        for (word, article) in [
            ("embedded key-value store", "an "),
            ("SQL formatter", "an "),
            ("one-file web server", "a "),
            ("unit converter", "a "),
            ("honest", "an "),
            ("home seismometer", "a "),
            ("unloved", "an "),
            ("e-ink calendar", "an "),
        ] {
            let mut text = String::new();
            with_article(word, &mut text);
            assert_eq!(text, article, "{word}");
        }
    }
}
