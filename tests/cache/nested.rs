//! A page cache inside another: the innermost word counts, whatever it is about.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use hyperdjango::app::{Running, start};
use hyperdjango::middleware::PageCache;
use hyperdjango::prelude::*;

use super::pages::ask;

static COMPUTED: AtomicU32 = AtomicU32::new(0);

/// Six bytes, others each time.
fn computed() -> String {
    format!("{:06}", COMPUTED.fetch_add(1, Relaxed) + 1)
}

mod inner {
    use super::*;

    #[get("/page")]
    pub(super) async fn page() -> String {
        computed()
    }

    #[get("/said", cache = 60)]
    pub(super) async fn said() -> String {
        computed()
    }

    routes! { pub(super) Urls: page, said }
    routes! {
        pub(super) Deeper:
            mount("/small", Urls, middleware = [PageCache::start(settings).await?.max_bytes(5)]),
            mount("/silent", Urls, middleware = [PageCache]),
    }
}

#[get("/page")]
async fn page() -> String {
    computed()
}

routes! {
    Sizes:
        page,
        mount("/small", inner::Urls, middleware = [PageCache::start(settings).await?.max_bytes(5)]),
        mount("/large", inner::Urls, middleware = [PageCache::start(settings).await?.max_bytes(6)]),
        mount("/silent", inner::Urls, middleware = [PageCache]),
        mount("/deeper", inner::Deeper, middleware = [PageCache::start(settings).await?.max_bytes(6)]),
}

/// Pages of five bytes at most, but for where a mount says otherwise.
#[derive(App)]
#[app(routes = Sizes, middleware = [PageCache::start(settings).await?.max_bytes(5)])]
struct Small {
    cache: Cache,
}

routes! {
    Others:
        page,
        mount("/ignoring", inner::Urls, middleware = [PageCache::start(settings).await?.ignore_cookies(["_in*"])]),
        mount("/marked", inner::Urls, middleware = [PageCache::start(settings).await?.marked_only()]),
        mount("/without", inner::Urls, middleware = [PageCache::start(settings).await?.exclude(["/without"])]),
}

#[derive(App)]
#[app(routes = Others, middleware = [PageCache::start(settings).await?.ignore_cookies(["_out"])])]
struct Site {
    cache: Cache,
}

async fn site<A: App>() -> &'static Running<A> {
    start::<A>(&Settings::from_pairs([("DEBUG", "false")]).unwrap()).await.unwrap()
}

#[tokio::test]
async fn how_large_pages_may_be() {
    let site = site::<Small>().await;
    for (target, expected) in [
        ("/page", "MISS"),
        ("/small/page", "MISS"),
        ("/small/said", "MISS"),
        ("/large/page", "HIT"),
        ("/large/said", "HIT"),
        ("/silent/page", "MISS"),
        ("/deeper/small/page", "MISS"),
        ("/deeper/silent/page", "HIT"),
    ] {
        ask(site, target, &[]).await;
        assert_eq!(ask(site, target, &[]).await.header("x-cache"), expected, "{target}");
    }
}

#[tokio::test]
async fn which_cookies_count_for_nothing() {
    let site = site::<Site>().await;
    // Around the mount those of the mount do count.
    for cookie in ["_in=1", "_in=1; _out=2"] {
        ask(site, "/page", &[("cookie", cookie)]).await;
        assert_eq!(ask(site, "/page", &[("cookie", cookie)]).await.header("x-cache"), "MISS", "{cookie}");
    }
    ask(site, "/ignoring/page", &[("cookie", "_other=1; _in=1")]).await;
    let first = ask(site, "/ignoring/page", &[("cookie", "_in=1")]).await;
    assert_eq!((first.header("x-cache"), first.vary().as_str()), ("MISS", "cookie"));
    for (cookie, expected) in [
        ("_in=1", "HIT"),
        ("_inner=2; _out=3", "HIT"),
        ("_out=3", "HIT"),
        ("_other=1", "MISS"),
        ("_in=1; _other=1", "MISS"),
        ("_in=1; nonsense", "MISS"),
    ] {
        let again = ask(site, "/ignoring/page", &[("cookie", cookie)]).await;
        assert_eq!(again.header("x-cache"), expected, "{cookie}");
        assert_eq!(again.text() == first.text(), expected == "HIT");
    }
    assert_eq!(ask(site, "/ignoring/page", &[]).await.text(), first.text());
    // Nor is it the word of another mount.
    ask(site, "/marked/said", &[("cookie", "_in=1")]).await;
    assert_eq!(ask(site, "/marked/said", &[("cookie", "_in=1")]).await.header("x-cache"), "MISS");
}

#[tokio::test]
async fn what_says_nothing_is_not_kept_where_only_the_marked_is() {
    let site = site::<Site>().await;
    for (target, expected) in [
        ("/marked/page", "MISS"),
        ("/marked/said", "HIT"),
        ("/without/page", "MISS"),
        // A route has the last word.
        ("/without/said", "HIT"),
    ] {
        ask(site, target, &[]).await;
        assert_eq!(ask(site, target, &[]).await.header("x-cache"), expected, "{target}");
    }
}
