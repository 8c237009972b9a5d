//! Every page over HTTP, as a browser without JavaScript sees it.

use std::collections::BTreeSet;

use hypernews::data;
use hypernews::views::Tab;

use crate::client::{Answer, Client, unescaped};
use crate::served::{Served, signed};

/// The posts a page lists, by their ids.
fn posts_of(page: &Answer) -> Vec<i64> {
    page.all_between("href=\"/posts/", "#comments\"").into_iter().map(|id| id.parse().unwrap()).collect()
}

/// The comments a page shows, by their ids.
fn comments_of(page: &Answer) -> Vec<i64> {
    page.all_between("id=\"c", "\"").into_iter().filter_map(|id| id.parse().ok()).collect()
}

fn more(page: &Answer) -> Option<String> {
    page.all_between("rel=\"next\" href=\"", "\"").first().map(|target| unescaped(target))
}

/// Follows "More" to the end.
fn all_pages(client: &mut Client, first: &str) -> Vec<Answer> {
    let mut pages = vec![client.page(first)];
    while let Some(target) = more(pages.last().unwrap()) {
        pages.push(client.page(&target));
        assert!(pages.len() < 100, "{first} never ends");
    }
    pages
}

/// That every element that must be closed is.
#[track_caller]
fn assert_well_formed(page: &Answer) {
    let mut open = Vec::new();
    for tag in page.all_between("<", ">") {
        let name: String =
            tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        if tag.starts_with('!') || tag.ends_with('/') {
            continue;
        }
        if matches!(name.as_str(), "meta" | "link" | "input" | "br" | "hr" | "img") {
            continue;
        }
        if tag.starts_with('/') {
            assert_eq!(open.pop().as_ref(), Some(&name), "</{name}> closes something else");
        } else {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<String>::new(), "never closed");
}

#[test]
fn what_is_missing_has_a_page_in_the_sites_look() {
    let served = Served::new();
    let client = &mut served.client();
    client.accept = Some("text/html");
    let missing = client.get("/posts/0");
    assert_eq!(missing.status, 404);
    assert_well_formed(&missing);
    for part in ["There is nothing here", "class=\"brand\"", "href=\"/\""] {
        assert!(missing.body.contains(part), "{part:?} is missing in {}", missing.body);
    }
    assert!(client.get("/nowhere?%3Cb%3E").body.contains("class=\"brand\""));
}

#[test]
fn listings_are_followed_to_their_end() {
    let served = Served::new();
    let client = &mut served.client();
    for tab in Tab::ALL {
        let path = if tab == Tab::Hot { "/".to_owned() } else { format!("/{tab}") };
        let pages = all_pages(client, &path);
        assert_eq!(pages.len(), 17, "{path}");
        pages.iter().for_each(assert_well_formed);
        let shown: Vec<i64> = pages.iter().flat_map(posts_of).collect();
        assert_eq!(shown.iter().collect::<BTreeSet<_>>().len(), 500, "{path} shows each post once");
        assert_eq!(shown.len(), 500, "{path}");
        let first = served.wait(data::listing(&served.site.db, tab, None)).unwrap();
        assert_eq!(shown[..30], first.iter().map(|(post, _)| post.id).collect::<Vec<_>>(), "{path}");
    }
}

#[test]
fn a_thread_is_shown_whole_across_its_pages() {
    let served = Served::new();
    let client = &mut served.client();
    let busiest = served.value("SELECT id FROM posts ORDER BY comments DESC LIMIT 1");
    let expected: BTreeSet<i64> = served
        .sql(&format!("SELECT id FROM comments WHERE post_id = {busiest}"))
        .iter()
        .map(|id| id.parse().unwrap())
        .collect();
    for order in ["", "?comments=newest", "?comments=oldest", "?comments=discussed"] {
        let mut seen = BTreeSet::new();
        let mut targets = vec![format!("/posts/{busiest}{order}")];
        while let Some(target) = targets.pop() {
            let page = client.page(&target);
            assert_well_formed(&page);
            seen.extend(comments_of(&page));
            let deeper = page.all_between("class=\"deeper\"><a href=\"", "\"");
            targets.extend(deeper.into_iter().map(str::to_owned));
        }
        assert_eq!(seen, expected, "order {order:?}");
    }
    let title = served.value(&format!("SELECT title FROM posts WHERE id = {busiest}"));
    let page = client.page(&format!("/posts/{busiest}"));
    assert!(
        page.all_between("<title>", " · hypernews</title>").iter().any(|shown| unescaped(shown) == title)
    );

    // A comment's own page has what is below it, and nothing else.
    let parent = served.value(&format!(
        "SELECT parent_id FROM comments WHERE post_id = {busiest} AND parent_id IS NOT NULL LIMIT 1"
    ));
    let below = served.sql(&format!(
        "WITH RECURSIVE below AS (SELECT id FROM comments WHERE id = {parent} UNION ALL \
         SELECT c.id FROM comments c JOIN below ON c.parent_id = below.id) SELECT id FROM below ORDER BY id"
    ));
    let page = client.page(&format!("/comments/{parent}"));
    let mut shown = comments_of(&page);
    shown.sort_unstable();
    assert_eq!(shown.iter().map(i64::to_string).collect::<Vec<_>>(), below);
}

#[test]
fn what_one_person_wrote_is_followed_to_its_end() {
    let served = Served::new();
    let client = &mut served.client();
    let most = "SELECT name FROM users u ORDER BY (SELECT count(*) FROM comments WHERE author_id = u.id) DESC, id LIMIT 1";
    let name = served.value(most);
    let of = format!("author_id = (SELECT id FROM users WHERE name = '{name}')");
    for (path, table) in
        [(format!("/users/{name}"), "posts"), (format!("/users/{name}/comments"), "comments")]
    {
        let expected = served.sql(&format!("SELECT id FROM {table} WHERE {of} ORDER BY id DESC"));
        assert!(table == "posts" || expected.len() > 60, "{} comments", expected.len());
        let pages = all_pages(client, &path);
        pages.iter().for_each(assert_well_formed);
        let ids: Vec<String> = match table {
            "posts" => pages.iter().flat_map(posts_of).map(|id| id.to_string()).collect(),
            _ => {
                let ids =
                    pages.iter().flat_map(|page| page.all_between("class=\"when\" href=\"/comments/", "\""));
                ids.map(str::to_owned).collect()
            }
        };
        assert_eq!(ids, expected, "{path}");
    }
    assert_eq!(client.get("/users/nobody-of-that-name").status, 404);
}

#[test]
fn a_search_finds_all_posts_with_its_words() {
    let served = Served::new();
    let client = &mut served.client();
    // Words, in whole and in any form, whatever stands around them in the title.
    let word = |word: &str| format!(r"title ~* '\m{word}(s|ed|ing)?\M'");
    for (asked, condition) in [
        ("satellites", word("satellite")),
        ("SATELLITE  small", format!("{} AND {}", word("satellite"), word("small"))),
        ("explain -postal", format!("{} AND NOT {}", word("explain"), word("postal"))),
        ("\"label makers\"", "title ILIKE '%label makers%'".into()),
        ("%", "false".into()),
        ("\\", "false".into()),
        ("the", "false".into()),
        (
            "'; DROP TABLE posts; --",
            "title ILIKE '%drop%' AND title ILIKE '%table%' AND title ILIKE '%posts%'".into(),
        ),
    ] {
        let expected =
            served.sql(&format!("SELECT id FROM posts WHERE {condition} ORDER BY score DESC, id DESC"));
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", asked).finish();
        let pages = all_pages(client, &format!("/search?{query}"));
        pages.iter().for_each(assert_well_formed);
        let found: Vec<String> = pages.iter().flat_map(posts_of).map(|id| id.to_string()).collect();
        assert_eq!(found, expected, "{asked:?}");
        assert_eq!(found.is_empty(), ["%", "\\", "the", "'; DROP TABLE posts; --"].contains(&asked));
    }
    assert!(client.page("/search").body.contains("<h1>Search</h1>"));
    assert_eq!(posts_of(&client.page("/search?q=+")), [0_i64; 0]);
}

#[test]
fn the_life_of_an_account() {
    let served = Served::new();
    let mut client = served.client();

    // Signing up leads back to where it began, with a cookie that scripts cannot read.
    let shown = client.page("/signup?next=%2Fsubmit");
    assert!(shown.body.contains("name=\"next\" value=\"/submit\""));
    let answer = client
        .form("/signup", &[("name", "ada_l"), ("password", "correct horse battery"), ("next", "/submit")]);
    assert_eq!(answer.location(), "/submit");
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let page = client.follow(&answer);
    assert!(page.body.contains("Logged in as <bdi>ada_l</bdi>"));
    assert_ne!(served.value("SELECT left(password, 9) FROM users WHERE name = 'ada_l'"), "correct h");

    // Submitting.
    let answer = client.form("/submit", &[("title", "  What is new? "), ("url", ""), ("body", "Tell me.")]);
    let post = answer.location().to_owned();
    let page = client.follow(&answer);
    assert!(page.body.contains("Tell me.") && page.body.contains("What is new?"));
    assert_eq!(posts_of(&client.page("/new"))[0].to_string(), post["/posts/".len()..]);

    // Votes: up, down, taken back; not on one's own.
    let vote = |client: &mut Client, post: &str, value: &str| {
        client.form(&format!("{post}/vote"), &[("value", value), ("next", post)])
    };
    assert_eq!(vote(&mut client, &post, "1").status, 403);
    let other = format!("/posts/{}", served.value("SELECT id FROM posts ORDER BY id LIMIT 1"));
    let of_other = |what: &str| {
        served.value(&format!("SELECT {what} FROM posts WHERE id = {}", &other["/posts/".len()..]))
    };
    let before = of_other("(ups, downs)");
    for (value, pressed) in [("1", ("true", "false")), ("-1", ("false", "true")), ("0", ("false", "false"))] {
        let answer = vote(&mut client, &other, value);
        assert_eq!(answer.location(), other);
        let page = client.follow(&answer);
        let arrow = |class: &str| page.all_between(&format!("class=\"{class}\" aria-pressed=\""), "\"")[0];
        assert_eq!((arrow("up"), arrow("down")), pressed, "after {value}");
        // Pressing a pressed arrow takes the vote back.
        let clicks = page.all_between("name=\"value\" value=\"", "\"");
        let expected = if value == "1" { ["0", "-1"] } else { ["1", if value == "-1" { "0" } else { "-1" }] };
        assert_eq!(clicks, expected, "after {value}");
        served.assert_counted();
    }
    assert_eq!(of_other("(ups, downs)"), before);

    // A comment, and an answer to it.
    let answer = client.form(&format!("{post}/comments"), &[("body", "First!")]);
    let comment = answer.location().to_owned();
    assert!(client.follow(&answer).body.contains("First!"));
    let answer = client.form(&format!("{comment}/comments"), &[("body", "And second.")]);
    assert!(client.follow(&answer).body.contains("And second."));
    let page = client.page(&post);
    assert!(
        page.body.contains("First!") && page.body.contains("And second.") && page.body.contains("2 comments")
    );
    assert_well_formed(&page);

    // Out, and in again.
    let answer = client.form("/logout", &[]);
    assert_eq!(answer.location(), "/");
    assert!(client.cookies.is_empty());
    assert!(!client.follow(&answer).body.contains("Logged in as"));
    let wrong = client.form("/login", &[("name", "ada_l"), ("password", "correct horse"), ("next", "/new")]);
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("The name or the password is not right."));
    assert!(wrong.body.contains("value=\"ada_l\"") && wrong.body.contains("value=\"/new\""));
    assert!(!wrong.body.contains("correct horse"), "a password is never shown again");
    let answer =
        client.form("/login", &[("name", "ada_l"), ("password", "correct horse battery"), ("next", "/new")]);
    assert_eq!(answer.location(), "/new");
    assert!(client.follow(&answer).body.contains("Logged in as <bdi>ada_l</bdi>"));
    served.assert_counted();
}

#[test]
fn cookies_that_the_site_did_not_sign_log_nobody_in() {
    let served = Served::new();
    let own = signed(1);
    let mut client = served.client_of(1);
    assert!(client.page("/").body.contains("Logged in as"));
    let signature = own.split_once('.').unwrap().1;
    let other_site = hyperdjango::http::Signer::new(&[7; 32], "hypernews.account").sign("1");
    let other_purpose =
        hyperdjango::http::Signer::new(b"a secret key of the tests, and of nothing else", "hypernews.other")
            .sign("1");
    for forged in [
        "1",
        "1.",
        "",
        ".",
        &format!("2.{signature}"),
        &format!("01.{signature}"),
        &own[..own.len() - 1],
        &format!("{own}0"),
        &other_site,
        &other_purpose,
        &signed(999_999),
        &signed(-1),
        "\"1\"",
        &"9".repeat(4000),
    ] {
        client.cookies.insert("hypernews".to_owned(), forged.to_owned());
        assert!(!client.page("/").body.contains("Logged in as"), "{forged}");
        let answer = client.form("/submit", &[("title", "forged"), ("body", "x")]);
        assert!(answer.location().starts_with("/login"), "{forged}");
    }
    assert_eq!(served.value("SELECT count(*) FROM posts WHERE title = 'forged'"), "0");
}

#[test]
fn a_form_that_is_not_right_comes_back_with_what_was_typed() {
    let served = Served::new();
    let mut client = served.client_of(1);
    let long = "t".repeat(3000);
    let answer =
        client.form("/submit", &[("title", &long), ("url", "javascript:alert(1)"), ("body", "My <text>")]);
    assert_eq!((answer.status, answer.header("content-type")), (422, Some("text/html; charset=utf-8")));
    assert_well_formed(&answer);
    for part in [
        "Ensure this value has at most 200 characters (it has 3000).",
        "Enter a valid URL.",
        "value=\"javascript:alert(1)\"",
        "My &lt;text&gt;",
        &long,
        "Logged in as",
    ] {
        assert!(answer.body.contains(part), "{part}: {}", answer.body);
    }
    let answer = client.form("/submit", &[("title", ""), ("url", "https://a.example/"), ("body", "")]);
    assert!(answer.status == 422 && answer.body.contains("This field cannot be blank."));
    let answer = client.form("/submit", &[("title", "Nothing else")]);
    assert!(answer.status == 422 && answer.body.contains("Give a link, or write a text below."));
    assert!(answer.body.contains("value=\"Nothing else\""));

    let post = served.value("SELECT id FROM posts LIMIT 1");
    for target in [format!("/posts/{post}/comments"), {
        let comment = served.value("SELECT id FROM comments LIMIT 1");
        format!("/comments/{comment}/comments")
    }] {
        let answer = client.form(&target, &[("body", "   ")]);
        assert!(answer.status == 422 && answer.body.contains("This field cannot be blank."), "{answer:?}");
        assert_well_formed(&answer);
        // Whatever is clicked on that page leads to a page.
        for next in answer.all_between("name=\"next\" value=\"", "\"") {
            client.page(&unescaped(next));
        }
        let answer = client.form(&target, &[("body", &"c".repeat(10_001))]);
        assert!(answer.status == 422 && answer.body.contains("at most 10000 characters"), "{target}");
    }
    let taken = served.value("SELECT name FROM users LIMIT 1");
    for (name, password, message) in [
        (taken.as_str(), "long enough", "Somebody has this name already."),
        ("a b", "long enough", "Enter a valid"),
        ("a", "long enough", "at least 2 characters"),
        (&"n".repeat(21), "long enough", "at most 20 characters"),
        ("<script>", "short", "Take at least 8 characters."),
    ] {
        let answer = served.client().form("/signup", &[("name", name), ("password", password)]);
        assert_eq!(answer.status, 422, "{name}");
        assert!(answer.body.contains(message), "{name}: {}", answer.body);
        let typed = name.replace('<', "&lt;").replace('>', "&gt;");
        assert!(answer.body.contains(&format!("value=\"{typed}\"")), "{name}");
        assert!(!answer.body.contains(&format!("\"{password}\"")), "a password is never shown again");
    }
}

#[test]
fn what_people_write_is_never_markup() {
    let served = Served::new();
    let mut client = served.client_of(1);
    let evil = "<script>alert(\"1\")</script><img src=x onerror='a&b'>";
    let answer =
        client.form("/submit", &[("title", evil), ("url", "https://a.example/?<b>\"'"), ("body", evil)]);
    let post = answer.location().to_owned();
    client.form(&format!("{post}/comments"), &[("body", evil)]);
    served.sql("UPDATE users SET about = '<script>alert(\"1\")</script>' WHERE id = 1; SELECT 1");
    let name = served.value("SELECT name FROM users WHERE id = 1");
    for target in [
        "/new",
        &post,
        &format!("/users/{name}"),
        &format!("/users/{name}/comments"),
        "/search?q=%3Cscript%3E",
        "/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "/login?next=/%22%3E%3Cscript%3E",
        "/nowhere/%22%3E%3Cscript%3E",
        "/posts/%3Cscript%3E",
        "/?after=%3Cscript%3E",
        "/posts/1?comments=%3Cscript%3E",
    ] {
        client.accept = Some("text/html");
        let page = client.get(target);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{target}");
        let body = page.body.to_lowercase();
        assert!(!body.contains("<script") && !body.contains("<img"), "{target}: {body}");
        assert_well_formed(&page);
    }
}
