//! A request of a client's, until its answer is there.

use std::future::{IntoFuture, poll_fn};
use std::pin::{Pin, pin};

use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use hyper_core::App;
use hyper_core::db::in_test::as_request;
use hyper_core::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use serde::Serialize;

use super::answer::Answer;
use super::client::{self, Client};
use super::multipart::Multipart;
use super::queries::count_queries;

/// How many redirects are followed, as many as browsers do.
const REDIRECTS: usize = 20;

/// A request of a [`Client`]: sent when it is awaited, which gives an [`Answer`].
///
/// ```
/// # use hyperdjango::prelude::*;
/// # use hyperdjango::test::Client;
/// # async fn f<A: App>(client: Client<A>) {
/// let answer = client.post("/posts").query("draft", true).header("accept", "text/html").form(&[("title", "Hi")]).await;
/// # }
/// ```
#[must_use = "it is sent when it is awaited"]
pub struct ClientRequest<'c, A: App> {
    client: &'c Client<A>,
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Bytes,
    follow: bool,
    first_bytes: Option<usize>,
}

impl<'c, A: App> ClientRequest<'c, A> {
    pub(super) fn new(client: &'c Client<A>, method: Method, url: &str) -> Self {
        let (headers, body) = (client.headers.clone(), Bytes::new());
        Self { client, method, url: url.to_owned(), headers, body, follow: false, first_bytes: None }
    }

    /// Adds `key=value` to the query string, encoded.
    pub fn query(mut self, key: &str, value: impl std::fmt::Display) -> Self {
        self.url = hyper_core::http::Url::from_path(self.url).query(key, value).into();
        self
    }

    /// Sets a header; one of this name that is there already is replaced.
    ///
    /// # Panics
    /// When name or value cannot be those of a header.
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let (name, value) = client::header(name, value);
        self.headers.insert(name, value);
        self
    }

    /// Sends these bytes with this `Content-Type`.
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        let length = HeaderValue::from(self.body.len());
        self.headers.insert(header::CONTENT_LENGTH, length);
        self.header("content-type", content_type)
    }

    /// Sends a value as JSON.
    ///
    /// # Panics
    /// When the value cannot be written as JSON.
    #[track_caller]
    pub fn json(self, value: &(impl Serialize + ?Sized)) -> Self {
        let json =
            serde_json::to_vec(value).unwrap_or_else(|error| panic!("no JSON can be made of it: {error}"));
        self.body("application/json", json)
    }

    /// Sends a value as an HTML form does: a struct, a map or `[("name", "value")]`; a list is its name several times.
    ///
    /// # Panics
    /// When the value cannot be written as a form, such as a struct in a struct.
    #[track_caller]
    pub fn form(self, value: &(impl Serialize + ?Sized)) -> Self {
        let form = serde_html_form::to_string(value)
            .unwrap_or_else(|error| panic!("no form can be made of it: {error}"));
        self.body("application/x-www-form-urlencoded", form)
    }

    /// Sends a form with files.
    pub fn multipart(self, form: Multipart) -> Self {
        let (content_type, body) = form.finish();
        self.body(&content_type, body)
    }

    /// Follows redirects on this site, 20 at most, as browsers do: with `GET` after a 303, and after a 301 or 302 to a
    /// `POST`; else with the same method and body. One to another site is the answer.
    pub fn follow(mut self) -> Self {
        self.follow = true;
        self
    }

    /// Reads the body only until it has at least so many bytes, then goes away, as a reader of server-sent events does:
    /// for answers that have no end.
    pub fn first_bytes(mut self, bytes: usize) -> Self {
        self.first_bytes = Some(bytes);
        self
    }

    async fn send(mut self) -> Answer {
        let mut redirects = Vec::new();
        loop {
            let mut answer = self.send_once().await;
            let next = if self.follow { answer.redirect(&self.url, &self.client.host()) } else { None };
            let Some(next) = next else {
                answer.redirects = redirects;
                return answer;
            };
            redirects.push((answer.status().as_u16(), next.clone()));
            assert!(redirects.len() <= REDIRECTS, "more than {REDIRECTS} redirects: {redirects:?}");
            let becomes_get = match answer.status() {
                StatusCode::SEE_OTHER => !matches!(self.method, Method::GET | Method::HEAD),
                StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => self.method == Method::POST,
                _ => false,
            };
            if becomes_get {
                self.method = Method::GET;
                self.body = Bytes::new();
                for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
                    self.headers.remove(name);
                }
            }
            self.url = next;
        }
    }

    async fn send_once(&self) -> Answer {
        let Self { client, method, url, .. } = self;
        let target = url.split('#').next().unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        let mut request = http::Request::new(self.body.clone());
        *request.method_mut() = method.clone();
        *request.uri_mut() = target.parse().unwrap_or_else(|error| panic!("`{target}` is no URL: {error}"));
        *request.headers_mut() = self.headers.clone();
        if !request.headers().contains_key(header::COOKIE)
            && let Some(cookies) = client.jar().header(path)
        {
            request.headers_mut().insert(header::COOKIE, cookies);
        }
        // The body too: it may come out of the database while it is read.
        let answered = as_request(async {
            let response = client.site.answer(request).await;
            client.jar().keep(response.headers(), path, &client.host());
            self.collect(response).await
        });
        let answered = async {
            let Some(limit) = client.n_plus_one else { return answered.await };
            let (answer, log) = count_queries(answered).await;
            if let Some(found) = log.n_plus_one(limit).first() {
                panic!(
                    "{method} {url} asks for each row (N+1), which `.allow_n_plus_one()` of the client allows: {found}"
                );
            }
            answer
        };
        match tokio::time::timeout(client.timeout, answered).await {
            Ok(answer) => answer,
            Err(_) => panic!(
                "{method} {url} was not answered to its end within {:?}; of an answer that has no end, `.first_bytes(n)` \
                 reads the beginning",
                client.timeout
            ),
        }
    }

    async fn collect(&self, response: Response) -> Answer {
        let (mut parts, body) = response.into_parts();
        let has_body = self.method != Method::HEAD
            && !matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
            && !parts.status.is_informational();
        if let Some(length) = body.as_bytes().map(<[u8]>::len)
            && (has_body || self.method == Method::HEAD)
        {
            // As the server does.
            parts.headers.entry(header::CONTENT_LENGTH).or_insert(HeaderValue::from(length));
        }
        let mut answer = Answer {
            method: self.method.clone(),
            url: self.url.clone(),
            status: parts.status,
            headers: parts.headers,
            body: Bytes::new(),
            redirects: Vec::new(),
        };
        if !has_body {
            return answer;
        }
        let mut all = BytesMut::new();
        let mut body = pin!(body);
        loop {
            if self.first_bytes.is_some_and(|wanted| all.len() >= wanted) {
                break;
            }
            match poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
                None => break,
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        all.extend_from_slice(&data);
                    }
                }
                Some(Err(error)) => {
                    panic!("{} {} broke off after {} bytes: {error}", self.method, self.url, all.len())
                }
            }
            assert!(
                all.len() <= self.client.body_limit,
                "the body of {} {} is longer than {} bytes; `Client::body_limit` allows more",
                self.method,
                self.url,
                self.client.body_limit
            );
        }
        answer.body = all.freeze();
        answer
    }
}

impl<'c, A: App> IntoFuture for ClientRequest<'c, A> {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send + 'c>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl<A: App> std::fmt::Debug for ClientRequest<'_, A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ClientRequest({} {})", self.method, self.url)
    }
}
