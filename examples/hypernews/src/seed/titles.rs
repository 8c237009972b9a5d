//! Titles: of links, of questions, and of what people made.

use super::grammar::Subject;
use super::rng::Rng;

/// What kind of post a title makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Leads to somebody's page.
    Link,
    /// Leads to what the author made.
    Show,
    /// Leads nowhere: a question.
    Ask,
}

/// Writes a title of the given kind.
pub(super) fn title(kind: Kind, subject: &Subject, rng: &mut Rng) -> String {
    let pattern = rng.pick(match kind {
        Kind::Link => LINKS,
        Kind::Show => SHOWS,
        Kind::Ask => ASKS,
    });
    let mut text = String::with_capacity(80);
    subject.say(pattern, rng, &mut text);
    if kind == Kind::Link && rng.chance(0.04) {
        text.push_str(rng.pick(TAGS));
    }
    text
}

const TAGS: &[&str] = &[" [pdf]", " [video]", " (2014)", " (2009)", " [audio]", " (1998)", " [slides]"];

const LINKS: &[&str] = &[
    "Why {many} {truth}",
    "Why {many} {truth}, and what {many+} have to do with it",
    "{many} {truth}",
    "{many} {truth}. {many+} {truth}",
    "The quiet return of {many} in {place}",
    "A short history of {many} and {many+}",
    "What {span} of {doing} {many} taught me about {side+}",
    "What {who} can teach us about {many}",
    "How {who} in {place} started {doing} {many}",
    "How {place} learned to love {many}",
    "{few} things nobody tells you about {doing} {many}",
    "{few} {adj} ideas about {side} from {place}",
    "Notes on {side}, {many} and {side+}",
    "“{many} {truth}”: a conversation with {who}",
    "“You do not need more {side}, you need better {many}”",
    "In praise of the {adj} {one}",
    "In defence of {many}: {side} is not the enemy",
    "{side}, explained with {many+}",
    "{side} is a people problem, says {who}",
    "Against {doing} {many}",
    "Stop {doing} {many} and look at {side+}",
    "We tried {doing} {n} {many} in {span}. Here is what broke",
    "The {adj} art of {doing} {many}",
    "The {one} that ran for {span} in {place}",
    "The case for {adj} {many}",
    "Inside {place}'s {adj} {many}",
    "{doing} {many} with nothing but {a one+}",
    "{doing} {many} for {span}: a field report from {place}",
    "A {place} story: {who}, {n} {many} and {a one+}",
    "Everything we believed about {side} and {many} was half right",
    "{many}, {many+} and the limits of {side}",
    "Measuring {side} in {many} turns out to be hard",
    "Is {side} the real reason {many} {truth}?",
    "What if {many} never needed {side}?",
    "Who pays for {many}? {place} has an answer",
    "It took {who} {span} to understand {many}",
    "Letter from {place}: {doing} {many} after {span}",
    "The hidden cost of {side} in {many}",
    "{place} bets on {many}",
    "An unreasonably detailed guide to {doing} {many}",
    "{a adj} look at {many} through {side+}",
    "Lessons on {side} from {span} of {doing+} {many}",
    "From {many+} to {many}: {span} of {side}",
    "How not to think about {side} when {doing} {many}",
    "Do not trust your intuition about {many} and {side}",
    "{many} in {place}, before and after {side+}",
];

const SHOWS: &[&str] = &[
    "Show: {a one} that fits on one page",
    "Show: {a one} I built in {span}",
    "Show: {a adj} {one} for people who like {many}",
    "Show: {doing} {many} in the browser, with {a one}",
    "Show: I made {a one} to learn about {side}",
    "Show: {a one} without {side}",
    "Show: {n} {many} on one map, made with {a one+}",
    "Show: after {span} of {doing} {many}, {a one}",
    "Show: {a one} for {who}",
    "Show: an open collection of {many} from {place}",
];

const ASKS: &[&str] = &[
    "Ask: how do you deal with {side} in {many}?",
    "Ask: what is your favourite {one}, and why?",
    "Ask: who here is still {doing} {many}?",
    "Ask: what did {span} of {doing} {many} teach you?",
    "Ask: is {side} worth it for {many+}?",
    "Ask: best book on {side} and {many+}?",
    "Ask: how would you explain {side} to {who}?",
    "Ask: {a one} or {a one+}, for {many}?",
    "Ask: what do people get wrong about {many} and {side}?",
    "Ask: moving to {place}, anybody there into {many}?",
    "Ask: how did you start {doing} {many}?",
    "Ask: when did you give up on {side} for {many}?",
];

#[cfg(test)]
mod tests {
    use super::super::words::TOPICS;
    use super::*;

    #[test]
    fn every_pattern_makes_a_title_that_fits() {
        let mut rng = Rng::new(5);
        for topic in TOPICS {
            for pattern in [LINKS, SHOWS, ASKS].concat() {
                let subject = Subject::new(topic, &mut rng);
                let mut text = String::new();
                subject.say(pattern, &mut rng, &mut text);
                assert!((12..=160).contains(&text.chars().count()), "{text}");
                assert!(!text.contains(['{', '}']), "{text}");
            }
        }
    }
}
