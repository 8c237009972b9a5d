//! Every page, filled with what people should not have typed, is still well-formed and safe.

use std::collections::HashSet;

use hypernews::thread::{CommentRow, Order, lay_out};
use hypernews::views::{
    Chrome, CommentPage, Credentials, CurrentUser, Errors, FailurePage, ListingPage, LogInPage, PostForm,
    PostPage, PostRow, Profile, Remark, ReplyForm, SearchPage, SignUpPage, SubmitPage, Tab, UserPage,
    UserTab,
};
use jiff::Timestamp;
use proptest::prelude::*;
use sailfish::TemplateSimple;

const TAGS: &[&str] = &[
    "html",
    "head",
    "meta",
    "title",
    "link",
    "body",
    "a",
    "header",
    "svg",
    "path",
    "span",
    "b",
    "form",
    "input",
    "nav",
    "button",
    "ul",
    "ol",
    "li",
    "main",
    "footer",
    "p",
    "h1",
    "h2",
    "bdi",
    "time",
    "article",
    "section",
    "div",
    "details",
    "summary",
    "abbr",
    "blockquote",
    "br",
    "label",
    "textarea",
    "kbd",
    "small",
    "dl",
    "dt",
    "dd",
    "q",
];
const EMPTY_TAGS: &[&str] = &["meta", "link", "input", "br", "path"];
const LINKS: &[&str] = &["href", "action"];

/// All pages, with `text` wherever somebody's text goes.
fn pages(text: &str) -> Vec<(&'static str, String)> {
    let now = Timestamp::from_second(1_790_000_000).unwrap();
    let s = || text.to_owned();
    let chrome = |logged_in: bool| Chrome {
        user: logged_in.then(|| CurrentUser { name: s(), karma: -3 }),
        tab: Some(Tab::New),
        path: s(),
        now,
    };
    let post = |id| PostRow {
        id,
        title: s(),
        url: (id % 2 == 0).then(s),
        author: s(),
        score: 1,
        comments: 2,
        created: now,
        voted: [None, Some(true), Some(false)][id as usize % 3],
    };
    let posts = || (1..5).map(post).collect::<Vec<_>>();
    let comments = || {
        let row = |id: i64| CommentRow {
            id,
            parent: (id % 5 > 0).then_some(id - 1),
            author: s(),
            body: s(),
            created: now,
        };
        lay_out(
            (0..40)
                .map(row)
                .chain((40..60).map(|id| CommentRow { parent: Some(id - 1), ..row(id) }))
                .collect(),
            Order::Newest,
        )
    };
    let errors = || Errors::none().with("", s()).with("body", s()).with("title", s()).with("name", s());
    let credentials = || Credentials { name: s(), password: "never shown".into(), next: s() };
    let user = |tab| UserPage {
        chrome: chrome(true),
        profile: Profile { name: s(), karma: 7, joined: now, about: s(), posts: 1, comments: 0 },
        tab,
        posts: posts(),
        remarks: vec![Remark { id: 1, body: s(), created: now, post_id: 2, post_title: s() }],
        more: Some(hypernews::links::user(text, tab, Some(text))),
    };
    let search =
        |query: String, posts| SearchPage { chrome: chrome(false), query, posts, total: Some(4), more: None };
    let listing = |posts| ListingPage { chrome: chrome(true), tab: Tab::Hot, posts, more: None };
    let reply = || ReplyForm { body: s() };
    let form = PostForm { title: s(), url: s(), body: s() };
    let thread = PostPage {
        chrome: chrome(false),
        post: post(2),
        body: Some(s()),
        comments: comments(),
        order: Order::Newest,
        reply: reply(),
        errors: errors(),
    };
    let comment = CommentPage {
        chrome: chrome(true),
        post_id: 1,
        post_title: s(),
        id: 5,
        comments: comments(),
        reply: reply(),
        errors: errors(),
    };
    let pages = [
        ("listing", listing(posts()).render_once()),
        ("empty listing", listing(vec![]).render_once()),
        ("post", thread.render_once()),
        ("comment", comment.render_once()),
        ("user", user(UserTab::Posts).render_once()),
        ("user's comments", user(UserTab::Comments).render_once()),
        ("submit", SubmitPage { chrome: chrome(true), form, errors: errors() }.render_once()),
        ("log in", LogInPage { chrome: chrome(false), form: credentials(), errors: errors() }.render_once()),
        (
            "sign up",
            SignUpPage { chrome: chrome(false), form: credentials(), errors: errors() }.render_once(),
        ),
        (
            "failure",
            FailurePage { chrome: chrome(true), status: 404, heading: s(), detail: s(), errors: errors() }
                .render_once(),
        ),
        ("search", search(s(), posts()).render_once()),
        ("nothing found", search(s(), vec![]).render_once()),
        ("no search", search(String::new(), vec![]).render_once()),
    ];
    pages.into_iter().map(|(name, html)| (name, html.expect("plain values render"))).collect()
}

/// Reads a page tag by tag and says what is wrong with it.
fn check(html: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut ids = HashSet::new();
    let mut headings = 0;
    let mut rest = html.strip_prefix("<!DOCTYPE html>").ok_or("no doctype")?;
    while let Some(start) = rest.find('<') {
        if rest[..start].contains('>') {
            return Err(format!("a stray > in {:?}", &rest[..start]));
        }
        rest = &rest[start + 1..];
        if let Some(closing) = rest.strip_prefix('/') {
            let (name, after) = closing.split_once('>').ok_or("an unclosed tag")?;
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes nothing"));
            }
            rest = after;
            continue;
        }
        let end = rest.find([' ', '>', '/', '\n']).ok_or("an unclosed tag")?;
        let name = &rest[..end];
        if !TAGS.contains(&name) {
            return Err(format!("no template writes <{name}>"));
        }
        headings += usize::from(name == "h1");
        rest = rest[end..].trim_start();
        while !rest.starts_with(['>', '/']) {
            let end = rest.find(['=', ' ', '>']).ok_or("an unclosed tag")?;
            let attribute = &rest[..end];
            if attribute.starts_with("on") || attribute == "style" {
                return Err(format!("{attribute} on <{name}>"));
            }
            let Some(value) = rest[end..].strip_prefix("=\"") else {
                rest = rest[end..].trim_start();
                continue;
            };
            let (value, after) = value.split_once('"').ok_or("an unclosed value")?;
            if LINKS.contains(&attribute)
                && !["/", "#", "http://", "https://"]
                    .iter()
                    .any(|good| value.to_ascii_lowercase().starts_with(good))
            {
                return Err(format!("{attribute} leads to {value:?}"));
            }
            if attribute == "id" && !ids.insert(value) {
                return Err(format!("two elements have the id {value}"));
            }
            rest = after.trim_start();
        }
        rest = rest.split_once('>').ok_or("an unclosed tag")?.1;
        if !EMPTY_TAGS.contains(&name) {
            open.push(name);
        }
    }
    match (open.is_empty(), headings) {
        (true, 1) => Ok(()),
        (true, headings) => Err(format!("{headings} first headings")),
        (false, _) => Err(format!("{open:?} are not closed")),
    }
}

#[test]
fn the_usual_suspects() {
    for text in [
        "Plain",
        "",
        " ",
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</textarea><script>",
        "</title><script>",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "https://x.example/\"onclick=\"alert(1)",
        "https://x.example/<b>",
        "data:text/html,<script>",
        "//evil.example",
        "<!-- ",
        "<![CDATA[",
        "&lt;script&gt;",
        "👩‍👩‍👧‍👦 مرحبا שלום\u{202e}txet",
        "<%= 1 %>",
    ] {
        for (name, html) in pages(text) {
            check(&html).unwrap_or_else(|wrong| panic!("{name} with {text:?}: {wrong}\n{html}"));
        }
    }
}

#[test]
fn text_is_escaped_once() {
    for (name, html) in pages("Tom & <Jerry>") {
        assert!(!html.contains("&amp;amp;") && !html.contains("&amp;lt;"), "{name}: {html}");
        if name != "no search" {
            assert!(html.contains("Tom &amp; &lt;Jerry&gt;"), "{name}: {html}");
        }
    }
}

#[test]
fn a_password_is_never_shown_again() {
    for (name, html) in pages("x") {
        assert!(!html.contains("never shown"), "{name}");
    }
}

#[test]
fn the_checker_finds_what_it_looks_for() {
    let (_, page) = pages("x").swap_remove(0);
    assert_eq!(check(&page), Ok(()));
    for (from, to) in [
        ("</main>", "<script></script></main>"),
        ("</main>", "</div></main>"),
        ("</main>", "<h1></h1></main>"),
        ("</main>", "<a href=\"javascript:x\"></a></main>"),
        ("</main>", "<b onclick=\"x\"></b></main>"),
        ("</main>", "<b id=\"content\"></b></main>"),
        ("</main>", ""),
    ] {
        assert!(check(&page.replace(from, to)).is_err(), "{to}");
    }
}

#[test]
fn no_template_writes_raw_html() {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"))];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                seen += 1;
                assert!(!std::fs::read_to_string(&path).unwrap().contains("<%-"), "{}", path.display());
            }
        }
    }
    assert!(seen > 10, "{seen} templates");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_is_safe(text in "([ \n<>\"'&/=-]|https?://|</?(script|p|a|details|textarea)>|javascript:|[a-z]{1,9}|\\PC){0,24}") {
        for (name, html) in pages(&text) {
            prop_assert_eq!(check(&html), Ok(()), "{} with {:?}", name, text);
        }
    }
}
