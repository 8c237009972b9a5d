//! Requests and answers.
//!
//! A handler's arguments come from a [`Request`] by [`FromRequest`], its return value becomes a
//! [`Response`] by [`IntoResponse`]. Errors answer as JSON or as a page, whichever the client
//! prefers; see [`accept`].

pub mod accept;
mod answers;
mod body;
mod context;
mod cookies;
mod created;
mod debug_page;
mod event;
mod extract;
mod failure;
mod file;
mod form;
mod incoming;
mod into_response;
mod json;
mod path;
mod produced;
mod redirect;
mod request;
mod serde_errors;
mod signing;
mod sse;
mod stream;
mod url;

pub use answers::{Html, RawHtml, Text};
pub use body::{Body, BoxError};
pub(crate) use context::Context;
pub use context::OnError;
pub use cookies::{Cookie, Cookies, SameSite};
pub use created::{Created, Empty};
pub use event::Event;
pub use extract::FromRequest;
pub use file::{Attachment, File};
pub use form::{Form, Query};
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
pub(crate) use incoming::BodyWatch;
pub use incoming::RequestBody;
pub use into_response::{IntoError, IntoResponse};
pub use json::{Decodable, Encodable, Json};
pub use path::{PathParam, path_param};
pub use produced::{Gone, Producer};
pub use redirect::Redirect;
pub use request::{Peer, Request};
pub use signing::{BadSignature, Signer};
pub use sse::{LastEventId, Sse};
pub use stream::Stream;
pub use url::Url;

/// An answer as it goes to the client.
pub type Response = http::Response<Body>;
