//! Somebody who visits the site.

use std::fmt;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use hyper_core::app::Running;
use hyper_core::db::Db;
use hyper_core::http::{Cookie, HeaderMap, HeaderName, HeaderValue, Method, Signer};
use hyper_core::{App, Provides, Settings};

use super::cookies::Jar;
use super::request::ClientRequest;
use super::site;

/// Somebody who visits the site: requests go to the application in the same process, without a socket, and cookies are kept
/// as a browser keeps them.
///
/// Handlers run in the test's own task. A panic in one is answered with a 500 as in production, and its message is shown with
/// the output of the test if that fails, as is what the application logs.
///
/// ```
/// # extern crate hyperdjango as _; mod hyperdjango { pub use ::hyperdjango::{*, __test_in_docs as test}; }
/// # use hyperdjango::prelude::*;
/// use hyperdjango::test::Client;
///
/// #[get("/hello/{name}")]
/// async fn hello(name: String) -> Text<String> {
///     Text(format!("Hello, {name}!"))
/// }
/// # routes! { pub Urls: hello }
/// # #[derive(App)] #[app(routes = Urls)] pub struct Site;
///
/// #[hyperdjango::test]
/// async fn everybody_is_greeted(client: Client<Site>) {
///     let answer = client.get(hello::url("Ana")).await.expect(200);
///     assert_eq!(answer.text(), "Hello, Ana!");
/// }
/// # fn main() { everybody_is_greeted(); }
/// ```
pub struct Client<A: App> {
    pub(super) site: &'static Running<A>,
    pub(super) headers: HeaderMap,
    pub(super) timeout: Duration,
    pub(super) body_limit: usize,
    /// How often a request may not run one statement.
    pub(super) n_plus_one: Option<usize>,
    jar: Mutex<Jar>,
}

impl<A: App> Client<A> {
    /// A visitor of an application that has started.
    ///
    /// Outside `#[hyperdjango::test]` nothing is rolled back.
    #[must_use]
    pub fn of(site: &'static Running<A>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("testserver"));
        Self {
            site,
            headers,
            timeout: Duration::from_secs(30),
            body_limit: 64 * 1024 * 1024,
            n_plus_one: Some(limit(site.settings())),
            jar: Mutex::default(),
        }
    }

    /// A visitor of the application with these settings beside those of the environment, which is started by the first test
    /// that wants it. Under `#[hyperdjango::test]` without settings it is an argument, `client: Client<Site>`.
    ///
    /// ```
    /// # extern crate hyperdjango as _; mod hyperdjango { pub use ::hyperdjango::{*, __test_in_docs as test}; }
    /// # use hyperdjango::prelude::*;
    /// # #[get("/")] async fn index(settings: &Settings) -> String { settings.get("GREETING").unwrap().to_owned() }
    /// # routes! { pub Urls: index }
    /// # #[derive(App)] #[app(routes = Urls)] pub struct Site { settings: Settings }
    /// use hyperdjango::test::Client;
    ///
    /// #[hyperdjango::test]
    /// async fn it_greets_as_it_is_told() {
    ///     let client = Client::<Site>::start(&[("GREETING", "Moin")]).await;
    ///     assert_eq!(client.get("/").await.text(), "Moin");
    /// }
    /// # fn main() { it_greets_as_it_is_told(); }
    /// ```
    ///
    /// # Panics
    /// When the application cannot be started.
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        Self::of(site::shared(settings).await)
    }

    /// Another visitor of the same application, with no cookies and no headers of one's own.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::of(self.site)
    }

    /// The application.
    #[must_use]
    pub fn app(&self) -> &'static A {
        self.site
    }

    /// Its database, on which the test reads what handlers wrote and the other way round.
    #[must_use]
    pub fn db(&self) -> &'static Db
    where
        A: Provides<Db>,
    {
        self.app().provide()
    }

    /// Sends a header with each request. Default: `host: testserver`.
    ///
    /// # Panics
    /// When name or value cannot be those of a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let (name, value) = header(name, value);
        self.headers.insert(name, value);
        self
    }

    /// Sets how long a request may take, the body of its answer included. Default: 30 s.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Sets how long the body of an answer may be, in bytes. Default: 64 MiB.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Lets requests run one statement as often as they do. Without it a request fails the test that runs the same statement
    /// `PERFORMANCE_N_PLUS_ONE_THRESHOLD` times (5) or more, whatever the values of its parameters: as a rule a query
    /// for each row of another one. The message has the statement, the line it is from, and what asks once instead.
    ///
    /// ```
    /// # use hyperdjango::prelude::*;
    /// # use hyperdjango::test::Client;
    /// # async fn f<A: App>(client: Client<A>) {
    /// let client = client.allow_n_plus_one();
    /// client.post("/import").await.expect(204);
    /// # }
    /// ```
    #[must_use]
    pub fn allow_n_plus_one(mut self) -> Self {
        self.n_plus_one = None;
        self
    }

    /// A `GET` request. It is sent when it is awaited.
    pub fn get(&self, url: impl AsRef<str>) -> ClientRequest<'_, A> {
        self.request(Method::GET, url)
    }

    /// A `HEAD` request.
    pub fn head(&self, url: impl AsRef<str>) -> ClientRequest<'_, A> {
        self.request(Method::HEAD, url)
    }

    /// A `POST` request.
    pub fn post(&self, url: impl AsRef<str>) -> ClientRequest<'_, A> {
        self.request(Method::POST, url)
    }

    /// A `PUT` request.
    pub fn put(&self, url: impl AsRef<str>) -> ClientRequest<'_, A> {
        self.request(Method::PUT, url)
    }

    /// A `PATCH` request.
    pub fn patch(&self, url: impl AsRef<str>) -> ClientRequest<'_, A> {
        self.request(Method::PATCH, url)
    }

    /// A `DELETE` request.
    pub fn delete(&self, url: impl AsRef<str>) -> ClientRequest<'_, A> {
        self.request(Method::DELETE, url)
    }

    /// An `OPTIONS` request.
    pub fn options(&self, url: impl AsRef<str>) -> ClientRequest<'_, A> {
        self.request(Method::OPTIONS, url)
    }

    /// A request with any method.
    pub fn request(&self, method: Method, url: impl AsRef<str>) -> ClientRequest<'_, A> {
        ClientRequest::new(self, method, url.as_ref())
    }

    /// The value of a cookie it has, of several the one with the longest path.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar().get(name).map(str::to_owned)
    }

    /// Gives it a cookie, as if an answer had set it.
    ///
    /// ```
    /// # use hyperdjango::prelude::*;
    /// # use hyperdjango::test::Client;
    /// # fn f<A: App>(client: Client<A>) {
    /// client.set_cookie("theme", "dark");
    /// client.set_cookie_of(&Cookie::new("draft", "1").path("/posts").max_age(60));
    /// # }
    /// ```
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.set_cookie_of(&Cookie::new(name, value));
    }

    /// The same with path, life time and the rest.
    pub fn set_cookie_of(&self, cookie: &Cookie) {
        self.jar().set(&cookie.to_string(), "/", &self.host());
    }

    /// Gives it a cookie whose value is signed with the site's `SECRET_KEY`, as a [`Signer`] for this purpose signs it.
    ///
    /// # Panics
    /// When the application was started without a `SECRET_KEY`, which tests have.
    pub fn set_signed_cookie(&self, name: &str, purpose: &str, value: &str) {
        let Some(key) = self.site.settings().secret_key() else {
            panic!("There is no SECRET_KEY to sign the cookie `{name}` with: give the application one.");
        };
        self.set_cookie(name, &Signer::new(key.expose().as_bytes(), purpose).sign(value));
    }

    /// Forgets a cookie, whatever its path.
    pub fn remove_cookie(&self, name: &str) {
        self.jar().remove(name);
    }

    /// Forgets all cookies.
    pub fn clear_cookies(&self) {
        self.jar().clear();
    }

    pub(super) fn jar(&self) -> MutexGuard<'_, Jar> {
        self.jar.lock().expect("no panic while held")
    }

    /// The host that it asks, without the port.
    pub(super) fn host(&self) -> String {
        let host = self.headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or("testserver");
        host.rsplit_once(':').map_or(host, |(host, _)| host).to_ascii_lowercase()
    }
}

/// How often is too often.
fn limit(settings: &Settings) -> usize {
    settings
        .number("PERFORMANCE_N_PLUS_ONE_THRESHOLD", 2..=1_000_000, 5)
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A header as a test writes it.
pub(super) fn header(name: &str, value: &str) -> (HeaderName, HeaderValue) {
    let name: HeaderName = name.parse().unwrap_or_else(|_| panic!("`{name}` cannot be the name of a header"));
    let value = HeaderValue::from_bytes(value.as_bytes())
        .unwrap_or_else(|_| panic!("`{value:?}` cannot be the value of the header `{name}`"));
    (name, value)
}

impl<A: App> fmt::Debug for Client<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("headers", &self.headers).field("cookies", &*self.jar()).finish()
    }
}
