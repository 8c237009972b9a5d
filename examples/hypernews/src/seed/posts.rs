//! The posts: who, what about, and where they lead.

use std::collections::HashSet;
use std::fmt::Write;

use super::grammar::Subject;
use super::remarks;
use super::rng::Rng;
use super::rows::SeedPost;
use super::times;
use super::titles::{Kind, title};
use super::users::Crowd;
use super::words::TOPICS;

/// Makes `count` posts without votes and comments, and what each is about.
pub(super) fn make(count: usize, crowd: &Crowd, rng: &mut Rng) -> (Vec<SeedPost>, Vec<Subject>) {
    let mut titles = HashSet::with_capacity(count);
    let mut posts = Vec::with_capacity(count);
    let mut subjects = Vec::with_capacity(count);
    for (nth, age) in times::posts(count, rng).into_iter().enumerate() {
        let author = crowd.anybody(crowd.size_at(age), rng);
        let topic = match rng.below(10) {
            0..4 => crowd.tastes[author][0],
            4..6 => crowd.tastes[author][1],
            _ => rng.below(TOPICS.len()).min(rng.below(TOPICS.len())),
        };
        let kind = match rng.below(100) {
            0..12 => Kind::Ask,
            12..20 => Kind::Show,
            _ => Kind::Link,
        };
        let mut subject = Subject::new(TOPICS[topic], rng);
        let mut said = title(kind, &subject, rng);
        // Now and then two people do post the same thing.
        while titles.contains(&said) && !rng.chance(0.02) {
            subject = Subject::new(TOPICS[topic], rng);
            said = title(kind, &subject, rng);
        }
        titles.insert(said.clone());
        let url = (kind != Kind::Ask && !rng.chance(0.03))
            .then(|| url(kind, &said, &subject, &crowd.users[author].name, rng));
        let body = (url.is_none() || kind == Kind::Show && rng.chance(0.5))
            .then(|| remarks::post_text(&subject, rng));
        posts.push(SeedPost {
            id: nth as i64 + 1,
            author: author as i64 + 1,
            title: said,
            url,
            body,
            ups: 0,
            downs: 0,
            comments: 0,
            age,
        });
        subjects.push(subject);
    }
    (posts, subjects)
}

/// A link to where such a thing would be published, under `.example` (RFC 2606), where nothing ever is.
fn url(kind: Kind, title: &str, subject: &Subject, author: &str, rng: &mut Rng) -> String {
    let host = rng.pick_front(subject.topic.hosts);
    let mut url = match (kind, rng.below(10)) {
        (Kind::Show, 0..6) => format!("https://codeberth.example/{author}/"),
        (Kind::Show, _) => format!("https://{}.example/", author.replace('_', "-")),
        (_, 0) => format!("https://{}.example/posts/", author.replace('_', "-")),
        (_, 1) => format!("https://blog.{host}.example/"),
        (_, 2) => format!("https://www.{host}.example/articles/{}-", 100 + rng.below(9_900)),
        (_, 3) => format!("https://{host}.example/issue-{}/", 1 + rng.below(80)),
        _ => format!("https://{host}.example/"),
    };
    write_slug(title, if kind == Kind::Show { 3 } else { 6 }, &mut url);
    if title.ends_with("[pdf]") {
        url.push_str(".pdf");
    }
    url
}

/// Writes the first words of a title as they stand in an address.
fn write_slug(title: &str, words: usize, to: &mut String) {
    let title = title.strip_prefix("Show: ").unwrap_or(title);
    let significant = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() > 2);
    for (nth, word) in significant.take(words).enumerate() {
        let joint = if nth > 0 { "-" } else { "" };
        write!(to, "{joint}{}", word.to_ascii_lowercase()).expect("a string takes everything");
    }
}
