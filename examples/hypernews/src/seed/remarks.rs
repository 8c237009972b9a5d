//! What people say: in comments, and in the text of a post.

use super::grammar::Subject;
use super::rng::Rng;

/// Writes the text of a post: one to three paragraphs.
pub(super) fn post_text(subject: &Subject, rng: &mut Rng) -> String {
    let mut text = String::with_capacity(400);
    subject.say(rng.pick(POST_STARTS), rng, &mut text);
    for _ in 0..1 + rng.below(3) {
        text.push(' ');
        subject.say(rng.pick(STATEMENTS), rng, &mut text);
    }
    text.push_str("\n\n");
    if rng.chance(0.4) {
        subject.say(rng.pick(ANECDOTES), rng, &mut text);
        text.push_str("\n\n");
    }
    subject.say(rng.pick(POST_ENDS), rng, &mut text);
    text
}

/// Writes a comment of one to five sentences: on a post, or as an answer to another comment.
pub(super) fn comment(subject: &Subject, answered: Option<&str>, rng: &mut Rng) -> String {
    let mut text = String::with_capacity(240);
    if let Some(sentence) = answered.and_then(first_sentence)
        && rng.chance(0.08)
    {
        text.push_str("> ");
        text.push_str(sentence);
        text.push_str("\n\n");
    }
    let stance = rng.below(100);
    let (opening, middle) = match (answered.is_some(), stance) {
        (true, 0..24) => (AGREEING, STATEMENTS),
        (true, 24..50) => (DISAGREEING, STATEMENTS),
        (true, 50..66) => (ASKING, STATEMENTS),
        (true, 66..84) => (ANECDOTES, STATEMENTS),
        (true, _) => (SHORT, ANECDOTES),
        (false, 0..30) => (ANECDOTES, STATEMENTS),
        (false, 30..62) => (STATEMENTS, ANECDOTES),
        (false, 62..78) => (ON_THE_ARTICLE, STATEMENTS),
        (false, 78..92) => (ASKING, ANECDOTES),
        (false, _) => (SHORT, STATEMENTS),
    };
    let mut said = [rng.pick(opening), "", ""];
    subject.say(said[0], rng, &mut text);
    // Most people stop after two or three sentences, and few stay with what they began with.
    let aside = subject.beside(rng);
    let more = rng.below(3) + usize::from(rng.chance(0.35)) + usize::from(rng.chance(0.15));
    for nth in 0..more {
        text.push_str(if nth > 0 && rng.chance(0.25) { "\n\n" } else { " " });
        let last = nth + 1 == more;
        let pool = if last && rng.chance(0.4) {
            ENDINGS
        } else if rng.chance(0.6) {
            middle
        } else {
            STATEMENTS
        };
        let about = if rng.chance(0.5) { &aside } else { subject };
        let mut sentence = rng.pick(pool);
        while said.contains(&sentence) {
            sentence = rng.pick(pool);
        }
        said[1 + nth % 2] = sentence;
        about.say(sentence, rng, &mut text);
    }
    if rng.chance(0.03) {
        let host = rng.pick_front(subject.topic.hosts);
        text.push_str(&format!(" See https://{host}.example/notes/{} for more.", 100 + rng.below(9000)));
    }
    text
}

/// The first sentence of what a comment says itself, without what it quotes.
fn first_sentence(text: &str) -> Option<&str> {
    let own = text.lines().find(|line| !line.is_empty() && !line.starts_with('>'))?;
    let end = own.find(['.', '?', '!']).map_or(own.len(), |at| at + 1);
    Some(&own[..end])
}

const POST_STARTS: &[&str] = &[
    "I have been {doing} {many} for {span} now.",
    "We run {n} {many} in {place}, and lately {side} has become the main topic at lunch.",
    "My background is in {many+}, so forgive me if this is obvious.",
    "After {span} with {a one} I am no longer sure about {side}.",
    "This started as an argument with {who}.",
    "Last month {who} asked me about {many}, and I had no good answer.",
    "There is plenty of advice on {side}, and none of it mentions {many}.",
    "I inherited {n} {many} and {a adj} {one+}.",
];

const POST_ENDS: &[&str] = &[
    "How do you handle this? I am most curious about {side+}.",
    "What would you do differently? Even short answers help.",
    "If you have tried {doing+} {many}, I would love to hear how it went.",
    "Happy to answer questions about {many}, or about {place}.",
    "What am I missing about {side}?",
    "Is there {a one+} that does this already?",
    "Books, talks and war stories are welcome.",
    "Tell me why this is a bad idea before I spend {span} on it.",
];

const AGREEING: &[&str] = &[
    "This matches what we saw with {many}.",
    "Exactly, and the same holds for {many+}.",
    "Agreed: {side} is where it goes wrong first.",
    "Yes, and {many+} {truth} for the same reason.",
    "I came here to say this about {side}.",
    "You put that better than {who} I once asked.",
    "Same here, except that in {place} it took {span}.",
    "Right, {doing} {many} is the easy half.",
    "That is my experience too, at least with {a adj} {one+}.",
    "Seconded. It took me {span} to see it.",
    "Good point, I had only thought of {side+}.",
    "True, and it is worse than you describe.",
    "Well said. People who like {doing+} {many} rarely admit it.",
];

const DISAGREEING: &[&str] = &[
    "I am not convinced that {side} is to blame.",
    "That was true once, but {many} {truth} now.",
    "I would put it the other way round: {many+} are the problem, not {many}.",
    "With respect, this confuses {side} with {side+}.",
    "Counterexample: {place}, where {who} spent {span} {doing+} {many}.",
    "Only if you ignore {side+}.",
    "We measured this and found the opposite.",
    "That advice cost us {span}.",
    "I think you are describing a symptom.",
    "Maybe in {place}. Not where I live.",
    "That does not follow.",
    "Respectfully, have you asked {who}?",
    "{many} are not {many+}, and it shows as soon as you start {doing} them.",
    "No, {side} gets cheaper the longer you keep at it.",
    "I hear this a lot, usually from people who never tried {doing+} {many}.",
];

const ASKING: &[&str] = &[
    "How does this work once {side} comes into it?",
    "Has anybody tried {doing+} {many} with {a one+}?",
    "Genuine question: what is wrong with {many+}?",
    "Does that still hold for {n} {many}, or only for a handful?",
    "What do you use instead of {a one+}?",
    "Is there any data on {side} from outside {place}?",
    "Could you say more about {side+}?",
    "Where would somebody new to {many} start?",
    "How long did {doing} {many} take you?",
    "Why {many}, though, and not {many+}?",
    "Who pays for {side} in the end?",
    "Is that still the case?",
    "What would change your mind?",
    "Do you have a source for that?",
    "How do you know when to stop?",
];

const ANECDOTES: &[&str] = &[
    "I spent {span} {doing+} {many} in {place}, and {side+} was never the hard part.",
    "My neighbour, {who} back then, kept {n} {many} and a notebook about {side}.",
    "At my first job we had {a adj} {one+} that everybody was afraid to touch.",
    "We once gave {who} {a one+} and {span}, and got more than we asked for.",
    "When I lived in {place}, {many+} were simply part of the week.",
    "I tried {doing+} {many} after reading something like this and gave up within {span}.",
    "My father was {doing+} {many} long before anybody talked about {side}.",
    "There is a small museum in {place} with {n} {many} in one room.",
    "I keep {a adj} {one+} on my desk to remind me of {side}.",
    "Somebody in {place} showed me how {many+} {truth}, and I still think about it.",
    "We had {n} {many} at the school where I taught, and one of them worked.",
    "In {span} of {doing+} {many} I have seen this twice, both times on a Friday.",
    "A friend in {place} makes a living {doing+} {many+}.",
];

const STATEMENTS: &[&str] = &[
    "{many} {truth}, and so do {many+}.",
    "People underestimate {side} because it never shows up in a demo.",
    "The trouble with {many} is rarely {side}; it is what happens after {span}.",
    "Most of the work in {doing+} {many} is deciding what not to do.",
    "{side} and {side+} are the same problem seen from two ends.",
    "Once you have {a one+}, everything looks like {many}.",
    "You can have {adj} {many} or good {side}, and rarely both.",
    "{many+} {truth}, which is why nobody talks about {side}.",
    "For {n} {many} you need a plan; for three you need a pencil.",
    "The older {many} were built by people who had to live with {side}.",
    "Good {many} {truth}; bad ones only look as if they did.",
    "It is cheaper to teach {side} to {who} than to replace {many}.",
    "The interesting part is how {many} change once {side+} is measured.",
    "What matters in the end is who is still {doing+} {many} in {span}.",
    "Nobody regrets {a adj} {one+}.",
    "In {place} they solved this with {a one+} and a lot of patience.",
    "A bit of {side} goes further than {n} {many}.",
    "{many} and {many+} fail in different ways, and you want both.",
    "There are {few} ways of {doing+} {many}, and the {adj} one usually wins.",
    "Everything else about {side} is taste.",
    "The cheap version lasts longer than you would think.",
    "It looks like a detail until {who} asks about it.",
    "Somewhere between the plan and {span} later, the reasons get lost.",
    "I trust people who can explain it to {who}.",
    "There is a reason {place} does it differently.",
    "The numbers are fine; it is the definition of {side} that moves.",
    "Take away {side} and the rest follows by itself.",
    "Once it works, nobody remembers why it was hard.",
    "What gets written down is never the part that took {span}.",
    "The best ones I have seen were made by {who} for a single person.",
    "It depends on the weather, and I mean that literally.",
    "Half of it is maintenance, and the other half is pretending that it is not.",
    "Every rule about {side} was somebody's bad afternoon.",
    "People copy the result and forget the constraints.",
    "You only notice {side} when it is gone.",
    "That is the difference between {a one} and {a adj} one.",
    "The second attempt is where you learn something.",
    "Whoever pays for {side} decides what {many} look like.",
    "A checklist beats talent here, sadly.",
    "The question is what you are willing to throw away.",
    "Small {many} are easy to love and hard to fund.",
    "This is one of the few things that got better since I started.",
];

const ON_THE_ARTICLE: &[&str] = &[
    "The part about {side} is the best explanation I have read.",
    "The headline promises {many} and the article delivers {side}.",
    "Nice piece, although it skips {side+} entirely.",
    "The diagram of {many} halfway down is worth the visit alone.",
    "I wish the author had compared this with {many+}.",
    "The author was {doing} {many} long before it was fashionable, and it shows.",
    "Skip the introduction; the paragraph on {side} is the point.",
    "Saved for the next time somebody tells me that {many} {truth}.",
    "The comparison with {many+} does not quite hold.",
];

const SHORT: &[&str] = &[
    "Thanks, I did not know that about {many+}.",
    "{many} in {place}: now I have seen everything.",
    "This is why I read the comments on {many} first.",
    "Somebody should turn this into {a one+}.",
    "I feel personally attacked, as the owner of {n} {many}.",
    "Bookmarked, next to {n} other pages about {side}.",
    "Can confirm, and I was there for {span}.",
    "Never underestimate {who} with {a one+}.",
    "{side}: the gift that keeps on giving.",
    "My {one} just nodded.",
];

const ENDINGS: &[&str] = &[
    "Your mileage will vary, of course.",
    "I would still not do it without {a one+}.",
    "That said, I have been wrong about {side} before.",
    "In any case, {many} are here to stay.",
    "Ask me again in {span}.",
    "But then I am biased: I like {many+}.",
    "Start small, and leave {side+} for later.",
    "It is not glamorous, but it works.",
    "I would love to see numbers for {place}.",
    "Whether that is good for {many} is another question.",
    "The rest is {side}.",
    "I may be wrong about that.",
    "Anyway, good luck.",
    "We are still in touch.",
    "I have not looked back.",
    "Not that anybody asked.",
];

#[cfg(test)]
mod tests {
    use super::super::words::TOPICS;
    use super::*;

    #[test]
    fn every_sentence_can_be_said() {
        let all = [
            POST_STARTS,
            POST_ENDS,
            AGREEING,
            DISAGREEING,
            ASKING,
            ANECDOTES,
            STATEMENTS,
            ON_THE_ARTICLE,
            SHORT,
            ENDINGS,
        ]
        .concat();
        let mut rng = Rng::new(5);
        for topic in TOPICS {
            for sentence in &all {
                let mut text = String::new();
                Subject::new(topic, &mut rng).say(sentence, &mut rng, &mut text);
                assert!(text.ends_with(['.', '?']) && !text.contains(['{', '}']), "{text}");
            }
        }
    }

    #[test]
    fn a_quote_is_the_other_persons_own_words() {
        assert_eq!(first_sentence("> quoted\n\nMine. More."), Some("Mine."));
        assert_eq!(first_sentence(""), None);
    }
}
