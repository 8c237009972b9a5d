//! Visits in the same process, where nothing has to be committed or seen from outside.

use hyperdjango::prelude::*;
use hyperdjango::test::{Answer, Client};
use hypernews::models::Post;
use hypernews::pages::account::{log_in, sign_up};
use hypernews::pages::post::vote;

use crate::served::Site;

/// All that stands between these two texts in the body.
fn all_between<'a>(answer: &'a Answer, before: &str, after: &str) -> Vec<&'a str> {
    let pieces = answer.text().split(before).skip(1);
    pieces.filter_map(|piece| piece.split_once(after)).map(|(found, _)| found).collect()
}

#[hyperdjango::test]
async fn the_stylesheet_and_the_icon_are_served(client: Client<Site>) {
    let page = client.get("/").await.expect(200);
    for (attribute, kind, content) in [
        ("rel=\"stylesheet\" href=\"", "text/css; charset=utf-8", "{"),
        ("rel=\"icon\" href=\"", "image/svg+xml", "<svg"),
    ] {
        let answer =
            client.get(all_between(&page, attribute, "\"")[0]).await.expect(200).expect_text(content);
        assert_eq!(answer.header("content-type"), Some(kind));
    }
}

#[hyperdjango::test]
async fn nobody_is_led_to_another_site(client: Client<Site>) -> Result<()> {
    client.set_signed_cookie("hypernews", "hypernews.account", "1");
    let posts = Post::objects().filter(Post.author.ne(1)).limit(1).all(client.db()).await?;
    let voted = vote::url(posts[0].id);
    for (number, next) in [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "///evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "/\r\nSet-Cookie: a=b",
        "",
    ]
    .into_iter()
    .enumerate()
    {
        client.post(&voted).form(&[("value", "1"), ("next", next)]).await.expect(303).expect_redirect("/");
        assert_eq!(client.cookie("a"), None);
        for form in ["/login", "/signup"] {
            client.get(form).query("next", next).await.expect(200).expect_text("name=\"next\" value=\"/\"");
        }
        let account = [("name", &*format!("visitor{number}")), ("password", "long enough"), ("next", next)];
        client.another().post(sign_up::url()).form(&account).await.expect(303).expect_redirect("/");
    }
    // A path that is not ASCII is one of this site all the same.
    client.post(&voted).form(&[("value", "0"), ("next", "/users/é?a=ü")]).await.expect(303);
    Ok(())
}

#[hyperdjango::test]
async fn a_browser_is_not_allowed_more_than_the_site(client: Client<Site>) {
    let page = client.get(sign_up::url()).await.expect(200);
    page.expect_text("minlength=\"2\" maxlength=\"20\"")
        .expect_text("type=\"password\" required minlength=\"8\"");
}

#[hyperdjango::test]
async fn logging_in_leads_back_to_the_page_it_began_on(client: Client<Site>) {
    for (target, expected) in [
        ("/", "/login"),
        ("/new?after=7", "/login?next=%2Fnew%3Fafter%3D7"),
        ("/login", "/login"),
        ("/login?next=%2Fsubmit", "/login?next=%2Fsubmit"),
        ("/signup?next=%2Fsubmit", "/login?next=%2Fsubmit"),
    ] {
        let page = client.get(target).await.expect(200);
        assert_eq!(all_between(&page, "class=\"quiet\" href=\"", "\""), [expected], "{target}");
    }
    let answer = client.post(log_in::url()).form(&[("name", "x"), ("next", "/submit")]).await;
    assert_eq!(all_between(&answer, "class=\"quiet\" href=\"", "\""), ["/login?next=%2Fsubmit"]);
}
