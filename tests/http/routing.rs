//! Converters, slashes, and routes that are only known when the program runs.

use hyperdjango::app;
use hyperdjango::http::Method;
use hyperdjango::orm::field::Slug;
use hyperdjango::prelude::*;
use hyperdjango::routing::{Dynamic, Verb, describe};

/// Shows the post with a number.
#[get("/posts/{id:int}")]
async fn by_id(id: i64) -> String {
    format!("number {id}")
}

#[get("/posts/{slug:slug}")]
async fn by_slug(slug: Slug) -> String {
    format!("slug {slug}")
}

#[get("/posts/{key:uuid}")]
async fn by_key(key: Uuid) -> String {
    format!("key {key}")
}

#[post("/posts/{any}")]
async fn change(any: String) -> String {
    format!("any {any}")
}

#[get("/exact/", exact)]
async fn exact() -> &'static str {
    "exact"
}

#[get("/slashed/")]
async fn slashed() -> &'static str {
    "slashed"
}

#[get("/tree/{rest:path}")]
async fn tree(rest: String) -> String {
    rest
}

routes! { Urls: by_id, by_slug, by_key, change, exact, slashed, tree }

#[middleware]
async fn mark(request: &mut Request, next: impl Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert("x-marked", "yes".parse().expect("a header's value"));
    response
}

#[derive(App)]
#[app(routes = Urls, middleware = [mark], fallback = Dynamic, setup = plug_in)]
struct Site {
    plugins: Dynamic,
}

async fn plug_in(site: &'static Site) -> Result<()> {
    site.plugins.add(Verb::Get, "/plugins/{name}", |request, params| {
        Box::pin(async move { params.get("name").unwrap_or("").to_owned().into_response(request) })
    })?;
    // What the tree has stays the tree's.
    site.plugins
        .add(Verb::Get, "/posts/{id}", |request, _| Box::pin(async { "dynamic".into_response(request) }))
}

/// Status, `Location` or body, and whether the middleware saw it.
fn ask(method: Method, target: &str, append_slash: &str) -> (u16, String, bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let settings = Settings::from_pairs([("DEBUG", "true"), ("APPEND_SLASH", append_slash)]).unwrap();
        let site = app::start::<Site>(&settings).await.unwrap();
        let mut request = Request::new(method, target).unwrap();
        let response = site.respond(&mut request).await;
        let text = match response.headers().get("location") {
            Some(location) => location.to_str().unwrap().to_owned(),
            None => String::from_utf8_lossy(response.body().as_bytes().unwrap()).into_owned(),
        };
        (response.status().as_u16(), text, response.headers().contains_key("x-marked"))
    })
}

fn get(target: &str) -> (u16, String) {
    let (status, text, _) = ask(Method::GET, target, "true");
    (status, text)
}

#[test]
fn converters_choose_among_routes() {
    let ok = |text: &str| (200, text.to_owned());
    assert_eq!(get("/posts/007"), ok("number 7"));
    assert_eq!(get("/posts/a-7"), ok("slug a-7"));
    assert_eq!(get("/posts/-7"), ok("slug -7"));
    assert_eq!(get("/posts/%37"), ok("number 7"));
    let key = "1b4e28ba-2fa1-11d2-883f-b9a761bde3fb";
    assert_eq!(get(&format!("/posts/{key}")), ok(&format!("key {key}")));
    assert_eq!(get(&format!("/posts/{}", key.to_uppercase())).1, format!("slug {}", key.to_uppercase()));
    assert_eq!(get("/tree/a/b"), ok("a/b"));
    // `int` took it, and it is no `i64`.
    assert_eq!(get("/posts/99999999999999999999").0, 404);
    // Only the route of another method takes it.
    assert_eq!(get("/posts/a.b").0, 405);
    assert_eq!(ask(Method::POST, "/posts/a.b", "true").1, "any a.b");
    assert_eq!(ask(Method::POST, "/posts/7", "true").1, "any 7");
}

#[test]
fn slashes_are_redirected_where_that_is_wanted() {
    assert_eq!(get("/slashed?page=2"), (308, "/slashed/?page=2".to_owned()));
    assert_eq!(get("/posts/7/"), (308, "/posts/7".to_owned()));
    assert_eq!(get("/exact/"), (200, "exact".to_owned()));
    assert_eq!(get("/exact").0, 404);
    assert_eq!(ask(Method::POST, "/slashed", "true").0, 404);
    assert_eq!(ask(Method::GET, "/slashed", "false").0, 404);
    let error = Settings::from_pairs([("APPEND_SLASH", "maybe")]).unwrap_err();
    assert_eq!(error.to_string(), "APPEND_SLASH should be `true` or `false`, and is `maybe`");
}

#[test]
fn the_fallback_answers_behind_the_tree_and_inside_the_middleware() {
    assert_eq!(ask(Method::GET, "/plugins/caf%C3%A9", "true"), (200, "café".to_owned(), true));
    assert_eq!(ask(Method::HEAD, "/plugins/a", "true").0, 200);
    assert_eq!(ask(Method::DELETE, "/plugins/a", "true").0, 405);
    assert_eq!(get("/posts/a.b").0, 405);
    assert_eq!(ask(Method::GET, "/nowhere", "true"), (404, ask(Method::GET, "/nowhere", "true").1, true));
}

#[test]
fn routes_are_data() {
    let routes = describe::<Site>();
    let first = &routes[0];
    assert_eq!(
        (first.method, &*first.path, first.summary),
        ("GET", "/posts/{id:int}", "Shows the post with a number.")
    );
    assert_eq!((first.params[0].name, first.params[0].converter), ("id", "int"));
    assert_eq!(first.middleware, ["mark"]);
    assert!(first.name.ends_with("::by_id") && first.file.ends_with("routing.rs") && first.line > 0);
    assert_eq!(routes[6].params[0].converter, "path");
}
