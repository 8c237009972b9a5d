//! A request, as extractors and middleware see it.

use std::borrow::Cow;
use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::AsHeaderName;
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderName, Method, Uri, Version};
use hyper::body::Incoming;

use crate::middleware::RequestId;
use crate::routing::{FlatRoute, Params, Verb, VerbSet, normalise};
use crate::server::Stopping;
use crate::{Error, Result, Settings};

use super::{BodyWatch, Context, Reads, RequestBody, spare};

/// Who is at the other end of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Peer {
    /// A client over TCP.
    Tcp(SocketAddr),
    /// A client on a unix socket, as a reverse proxy on the same machine.
    Unix,
    /// Nobody: the request was made in this process, as tests do.
    #[default]
    InProcess,
}

/// A request: its head, its body until somebody takes it, and the parameters of its route.
///
/// ```
/// use hyper_core::http::{Method, Request};
///
/// let request = Request::new(Method::GET, "/posts?page=2").unwrap();
/// assert_eq!((request.path(), request.query()), ("/posts", Some("page=2")));
/// ```
#[derive(Debug)]
pub struct Request {
    pub(super) parts: Parts,
    body: RequestBody,
    params: Params,
    /// The path in normal form, where it differs from the one in `parts`.
    normalised: Option<Box<str>>,
    pub(super) peer: Peer,
    secure: bool,
    id: Option<RequestId>,
    context: &'static Context,
    route: Option<&'static FlatRoute>,
    /// What the route's path allows, when it does not allow the method.
    refused: Option<VerbSet>,
    /// What was read of it, where somebody wants to know.
    pub(super) reads: Option<Box<Reads>>,
    /// Whether a page cache has let it pass.
    pub(super) has_passed: bool,
}

impl Request {
    /// A request made in this process, with an empty body.
    ///
    /// # Errors
    /// 400 when the target is no URI or its percent-encoding is malformed.
    pub fn new(method: Method, target: &str) -> Result<Self> {
        let parts = http::Request::builder().method(method).uri(target).body(());
        let (parts, ()) = parts.map_err(|error| Error::bad_request(error.to_string()))?.into_parts();
        let mut request =
            Self::from_parts(parts, RequestBody::empty(), (Peer::InProcess, false), Context::nowhere());
        request.normalise()?;
        Ok(request)
    }

    /// A request made in this process that comes to a site.
    pub(crate) fn in_process(request: http::Request<Bytes>, context: &'static Context) -> Self {
        let (parts, body) = request.into_parts();
        let body = RequestBody::bytes(body).limit(context.settings.max_body_size());
        Self::from_parts(parts, body, (Peer::InProcess, false), context)
    }

    #[inline]
    pub(crate) fn from_hyper(
        request: http::Request<Incoming>,
        watch: impl FnOnce() -> Arc<dyn BodyWatch>,
        limit: usize,
        from: (Peer, bool),
        context: &'static Context,
    ) -> Self {
        let (parts, body) = request.into_parts();
        let body = if http_body::Body::is_end_stream(&body) {
            RequestBody::empty()
        } else {
            RequestBody::incoming(body, watch(), limit)
        };
        Self::from_parts(parts, body, from, context)
    }

    #[inline]
    fn from_parts(
        parts: Parts,
        body: RequestBody,
        (peer, secure): (Peer, bool),
        context: &'static Context,
    ) -> Self {
        Self {
            parts,
            body,
            params: Params::default(),
            normalised: None,
            peer,
            secure,
            id: None,
            context,
            route: None,
            refused: None,
            reads: None,
            has_passed: false,
        }
    }

    /// Brings the path into normal form.
    pub(crate) fn normalise(&mut self) -> Result<()> {
        if let Cow::Owned(path) = normalise(self.parts.uri.path())? {
            self.normalised = Some(path.into_boxed_str());
        }
        Ok(())
    }

    /// With these bytes as its body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = RequestBody::bytes(body.into());
        self
    }

    /// The method as it was sent; `HEAD` stays `HEAD`.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    /// The target as it was sent.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.parts.uri
    }

    /// The path in normal form: unreserved characters decoded, all else percent-encoded.
    #[must_use]
    pub fn path(&self) -> &str {
        self.normalised.as_deref().unwrap_or_else(|| self.parts.uri.path())
    }

    /// What follows the `?`, as it was sent.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.parts.uri.query()
    }

    /// The version of the protocol.
    #[must_use]
    pub fn version(&self) -> Version {
        self.reads_itself();
        self.parts.version
    }

    /// The header fields. Nobody knows which of them count then: an answer that depends on one says [`Vary`](super::Vary), or
    /// [`header`](Self::header) is asked for it.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.reads_all_fields();
        &self.parts.headers
    }

    /// The header fields, to change them, as middleware does.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        self.reads_all_fields();
        &mut self.parts.headers
    }

    /// One header field; `None` when it is missing or not visible ASCII. [`PageCache`](crate::middleware::PageCache) keeps the answer
    /// for this value of it.
    #[must_use]
    pub fn header(&self, name: impl AsHeaderName + Display) -> Option<&str> {
        if self.reads.is_some()
            && let Ok(name) = HeaderName::try_from(name.to_string())
        {
            self.reads_field(&name);
        }
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// What middleware leaves for handlers, by type.
    #[must_use]
    pub fn extensions(&self) -> &Extensions {
        self.reads_itself();
        &self.parts.extensions
    }

    /// What middleware leaves for handlers, to add to it.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        self.reads_itself();
        &mut self.parts.extensions
    }

    /// Who is at the other end of the connection; behind a proxy, the proxy.
    #[must_use]
    pub fn peer(&self) -> Peer {
        self.reads_itself();
        self.peer
    }

    /// Whether it came over TLS to this server itself.
    pub(super) fn came_over_tls(&self) -> bool {
        self.secure
    }

    /// Tells when the server begins to stop, for answers that would otherwise go on.
    #[must_use]
    pub fn stopping(&self) -> &'static Stopping {
        &self.context.stopping
    }

    /// Its id, where [`RequestIds`](crate::middleware::RequestIds) stands around.
    #[must_use]
    pub fn id(&self) -> Option<&RequestId> {
        self.reads_itself();
        self.id.as_ref()
    }

    pub(crate) fn unnoted_id(&self) -> Option<&RequestId> {
        self.id.as_ref()
    }

    pub(crate) fn set_id(&mut self, id: RequestId) {
        self.id = Some(id);
    }

    /// Changes how many bytes of its body are accepted; `MAX_BODY_SIZE` is the default.
    pub fn limit_body(&mut self, bytes: usize) {
        self.body.set_limit(bytes);
    }

    /// The settings of the site it came to.
    #[must_use]
    pub fn settings(&self) -> &'static Settings {
        &self.context.settings
    }

    pub(crate) fn context(&self) -> &'static Context {
        self.context
    }

    /// It has come to this site.
    #[inline]
    pub(crate) fn set_context(&mut self, context: &'static Context) {
        self.context = context;
    }

    /// The route that answers it: known to handlers, and to middleware once the others have answered.
    #[must_use]
    pub fn route(&self) -> Option<&'static FlatRoute> {
        self.route
    }

    /// The request as libraries know it: a copy of its head, and its body.
    #[cfg(feature = "tower")]
    pub(crate) fn take_http(&mut self) -> http::Request<RequestBody> {
        self.reads_itself();
        http::Request::from_parts(self.parts.clone(), self.body.take())
    }

    /// What a library made of it. Once there is a route, the path stays.
    #[cfg(feature = "tower")]
    pub(crate) fn set_http(&mut self, request: http::Request<RequestBody>) -> Result<()> {
        let (mut parts, body) = request.into_parts();
        self.body = body;
        if self.route.is_some() || self.refused.is_some() {
            parts.uri = self.parts.uri.clone();
            self.parts = parts;
            return Ok(());
        }
        self.parts = parts;
        self.normalised = None;
        self.normalise()
    }

    /// Takes the body, to read it whole or in pieces.
    pub fn take_body(&mut self) -> RequestBody {
        self.reads_itself();
        self.body.take()
    }

    /// Whether a body that nobody has read may still be on its way.
    #[inline]
    pub(crate) fn body_is_pending(&self) -> bool {
        self.body.is_pending()
    }

    /// Ends it: what can be used again is kept.
    #[inline]
    pub(crate) fn finish(&mut self) {
        spare::keep(std::mem::take(&mut self.parts.headers));
    }

    /// Gets past the body, which nobody will read.
    #[cold]
    pub(crate) async fn discard_body(&mut self) {
        // A client that expects to be asked sends nothing until then.
        let comes_unasked = !self.parts.headers.contains_key(http::header::EXPECT);
        self.body.take().discard(comes_unasked).await;
    }

    /// Reads the whole body.
    ///
    /// # Errors
    /// As [`RequestBody::read`].
    pub async fn bytes(&mut self) -> Result<Bytes> {
        self.reads_itself();
        self.body.take().read().await
    }

    /// A parameter of the route as it stands in the path, by its number from the left.
    #[must_use]
    pub fn param(&self, index: usize) -> Option<&str> {
        self.path().get(self.params.range(index)?)
    }

    /// What leads to its route: the path, the verb, and where the parameters are to be noted.
    #[inline]
    pub(crate) fn way(&mut self) -> (&str, Option<Verb>, &mut Params) {
        let path = self.normalised.as_deref().unwrap_or_else(|| self.parts.uri.path());
        (path, Verb::of(&self.parts.method), &mut self.params)
    }

    #[inline]
    pub(crate) fn set_route(&mut self, route: &'static FlatRoute) {
        self.route = Some(route);
    }

    /// Has the middleware of the route's mounts run, but not its handler: the method is not allowed.
    pub(crate) fn refuse(&mut self, allowed: VerbSet) {
        self.refused = Some(allowed);
    }

    #[doc(hidden)]
    #[inline]
    #[must_use]
    pub fn refused(&self) -> Option<VerbSet> {
        self.refused
    }
}
