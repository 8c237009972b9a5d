//! Requests and answers.
//!
//! A handler's arguments come from a [`Request`] by [`FromRequest`], its return value becomes a
//! [`Response`] by [`IntoResponse`]. Errors answer as JSON or as a page, whichever the client
//! prefers; see [`accept`].

pub mod accept;
mod answers;
mod body;
mod body_stream;
mod cache_control;
mod client;
pub(crate) mod conditions;
mod content_type;
mod context;
mod cookies;
mod created;
mod debug_page;
mod event;
mod extension;
mod extract;
mod failure;
mod fields;
mod file;
mod form;
mod forwarded;
pub(crate) mod fuzz;
mod header_field;
mod incoming;
mod into_response;
mod json;
#[cfg(feature = "tower")]
mod layered;
mod multipart;
mod path;
mod produced;
mod proxies;
mod reads;
mod redirect;
mod request;
mod serde_errors;
mod signing;
mod spare;
mod sse;
mod stream;
mod upgrade;
mod upload;
mod url;
mod valid;
mod vary;

pub use ::bytes::Bytes;
pub use answers::{Html, RawHtml, Text};
pub use body::{Body, BoxError};
pub use body_stream::BodyStream;
pub use cache_control::CacheControl;
pub(crate) use client::name_and_port;
pub use client::{ClientAddr, Host, Scheme};
pub use conditions::EntityTag;
pub use context::OnError;
pub(crate) use context::{Context, n_plus_one};
pub use cookies::{Cookie, Cookies, SameSite};
pub use created::{Created, Empty};
pub use event::Event;
pub use extension::{Extended, Extension};
pub use extract::FromRequest;
pub use file::{Attachment, File};
pub use form::{Form, Query};
pub use header_field::{Bearer, Header, HeaderField, Origin, Referer, UserAgent};
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
pub(crate) use incoming::BodyWatch;
pub use incoming::RequestBody;
pub use into_response::{IntoError, IntoResponse};
pub use json::{Decodable, Encodable, Json};
#[cfg(feature = "tower")]
pub(crate) use layered::Layered;
pub use multipart::{Multipart, MultipartStream, Part};
pub use path::{PathParam, path_param};
pub use produced::{Gone, Producer};
pub(crate) use reads::Reads;
pub use redirect::Redirect;
pub use request::{Peer, Request};
pub use signing::{BadSignature, Signer};
pub use sse::{LastEventId, Sse};
pub use stream::Stream;
pub use upgrade::{Upgrade, Upgraded};
pub use upload::Upload;
pub use url::Url;
pub use valid::{Extract, Valid, Validate};
pub use vary::Vary;
pub(crate) use vary::{varies_on, vary_on};

/// An answer as it goes to the client.
pub type Response = http::Response<Body>;
