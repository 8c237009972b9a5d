//! The listings as they are kept: never late, and never another's.

use crate::client::Answer;
use crate::served::Served;

fn x_cache(answer: &Answer) -> &str {
    answer.header("x-cache").unwrap_or("")
}

#[test]
fn a_kept_listing_is_never_late_and_never_anothers() {
    let database = hyper_tests::postgres();
    let kept = [("QUERY_CACHE", "true")];
    // Two instances of the site.
    let (site, other) = (Served::on(database.url(), &kept), Served::on(database.url(), &kept));
    let name = site.value("SELECT name FROM users WHERE id = 1");
    let (mut visitor, mut reader) = (site.client(), site.client_of(1));
    for listing in ["/", "/new", "/rising", "/top", "/controversial"] {
        let first = visitor.page(listing);
        assert!(first.header("vary").is_some());
        let again = visitor.page(listing);
        assert_eq!((x_cache(&again), &again.body), ("HIT", &first.body), "{listing}");
        // Who is logged in is, whoever asked before.
        let own = reader.page(listing);
        assert_eq!(x_cache(&own), "MISS");
        assert!(own.body.contains("/logout") && own.body.contains(&name), "{listing}");
        assert!(!visitor.page(listing).body.contains("/logout"), "{listing}");
    }
    // What is written in one instance is seen by all who ask afterwards, there at once, here as soon as it is heard.
    let (mut there, mut poster) = (other.client(), other.client_of(2));
    there.page("/new");
    assert_eq!(x_cache(&there.page("/new")), "HIT");
    let fields = [("title", "Never late"), ("url", "https://example.org/late"), ("body", "")];
    let posted = poster.form("/submit", &fields);
    assert_eq!(posted.status, 303, "{posted:?}");
    let seen = there.page("/new");
    assert!(seen.body.contains("Never late") && x_cache(&seen) == "MISS", "{}", x_cache(&seen));
    let begun = std::time::Instant::now();
    while !visitor.page("/new").body.contains("Never late") {
        assert!(
            begun.elapsed() < std::time::Duration::from_secs(2),
            "the other instance has not heard of it"
        );
    }
    // A vote changes the score that is shown.
    let post = site.value("SELECT max(id) FROM posts WHERE author_id = 2");
    let before = there.page("/new");
    assert_eq!(x_cache(&there.page("/new")), "HIT");
    let mut voter = other.client_of(3);
    let voted = voter.form(&format!("/posts/{post}/vote"), &[("value", "1"), ("next", "/")]);
    assert_eq!(voted.status, 303, "{voted:?}");
    let after = there.page("/new");
    assert_eq!(x_cache(&after), "MISS");
    assert_ne!(before.body, after.body);
}

#[test]
fn without_the_query_cache_nothing_is_kept() {
    let site = Served::new();
    let mut visitor = site.client();
    for _ in 0..2 {
        assert_eq!(x_cache(&visitor.page("/")), "");
    }
}
