//! Two applications of one crate, with a set of routes in both.

use hyperdjango::app;
use hyperdjango::http::Method;
use hyperdjango::prelude::*;
use hyperdjango::routing::describe;

/// Private, as its handlers may be: the applications see the set alone.
mod shared {
    use hyperdjango::prelude::*;

    use super::Name;

    /// Says who answers.
    #[get("/who")]
    async fn who(name: &Name) -> String {
        name.0.to_owned()
    }

    #[get("/")]
    async fn root() -> &'static str {
        "root"
    }

    routes! { pub Urls: who, root }
}

struct Name(&'static str);

impl Component for Name {
    async fn start(settings: &Settings) -> Result<Self> {
        Ok(Self(if settings.debug() { "the one" } else { "the other" }))
    }
}

#[middleware]
async fn marked(request: &mut Request, next: impl Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert("x-marked", "yes".parse().expect("a header's value"));
    response
}

routes! { Inside: mount("/v1", shared::Urls, middleware = [marked]) }

#[derive(App)]
#[app(routes = shared::Urls)]
struct One {
    name: Name,
}

routes! { Urls: mount("/api", Inside) }

#[derive(App)]
#[app(routes = Urls, middleware = [hyperdjango::middleware::Timing])]
struct Other {
    name: Name,
}

/// Status, body, and whether the middleware saw it.
async fn ask<A: App>(debug: &str, target: &str) -> (u16, String, bool) {
    let settings = Settings::from_pairs([("DEBUG", debug)]).unwrap();
    let site = app::start::<A>(&settings).await.unwrap();
    let response = site.respond(&mut Request::new(Method::GET, target).unwrap()).await;
    let text = String::from_utf8_lossy(response.body().as_bytes().unwrap()).into_owned();
    (response.status().as_u16(), text, response.headers().contains_key("x-marked"))
}

#[tokio::test]
async fn each_has_its_own_tree_and_its_own_middleware() {
    assert_eq!(ask::<One>("true", "/who").await, (200, "the one".to_owned(), false));
    assert_eq!(ask::<One>("true", "/api/v1/who").await.0, 404);
    assert_eq!(ask::<Other>("false", "/api/v1/who").await, (200, "the other".to_owned(), true));
    assert_eq!(ask::<Other>("false", "/api/v1").await, (200, "root".to_owned(), true));
    assert_eq!(ask::<Other>("false", "/who").await.0, 404);
}

#[test]
fn each_is_described_by_itself() {
    let told = |routes: Vec<hyperdjango::routing::RouteInfo>| -> Vec<(String, Vec<&str>, &str)> {
        routes.into_iter().map(|route| (route.path, route.middleware, route.summary)).collect()
    };
    let one = [("/who".to_owned(), vec![], "Says who answers."), ("/".to_owned(), vec![], "")];
    assert_eq!(told(describe::<One>()), one);
    let around = vec!["hyperdjango::middleware::Timing", "marked"];
    let other =
        [("/api/v1/who".to_owned(), around.clone(), "Says who answers."), ("/api/v1".to_owned(), around, "")];
    assert_eq!(told(describe::<Other>()), other);
}

/// The sites that tests have are applications of the crate, too.
#[cfg(test)]
mod tests {
    use super::*;

    #[get("/only/{id}")]
    async fn only_here(id: i64) -> String {
        only_here::url(id).to_string()
    }

    routes! { Urls: only_here, mount("/shared", shared::Urls) }

    #[derive(App)]
    #[app(routes = Urls)]
    struct Site {
        name: Name,
    }

    #[tokio::test]
    async fn a_site_of_a_test_has_routes_of_its_own() {
        assert_eq!(ask::<Site>("true", "/only/7").await, (200, "/only/7".to_owned(), false));
        assert_eq!(ask::<Site>("true", "/shared/who").await, (200, "the one".to_owned(), false));
        let paths: Vec<String> = describe::<Site>().into_iter().map(|route| route.path).collect();
        assert_eq!(paths, ["/only/{id}", "/shared/who", "/shared"]);
    }
}
