//! Parameters of a path, coming from requests and going into reverse URLs.

use std::borrow::Cow;
use std::fmt::Display;

use percent_encoding::percent_decode_str;

use super::Request;
use crate::{Error, Result};

/// What can stand for a `{param}` of a path.
///
/// A text that is no value of the type is a 404 as in Django: there is no such page.
/// A type of your own is one by its `FromStr` and `Display`:
///
/// ```
/// use hyper_core::http::PathParam;
///
/// #[derive(Debug, PartialEq)]
/// struct Slug(String);
///
/// impl PathParam for Slug {
///     fn parse(text: &str) -> Option<Self> {
///         text.bytes().all(|byte| byte.is_ascii_lowercase()).then(|| Self(text.to_owned()))
///     }
///     fn text(&self) -> String {
///         self.0.clone()
///     }
/// }
/// assert_eq!(Slug::parse("NO"), None);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a path segment",
    label = "cannot stand for a `{{param}}`",
    note = "path parameters are integers, `bool`, `String`, `char` or `Uuid`",
    note = "a type of your own can be one when it implements `PathParam`"
)]
pub trait PathParam: Sized {
    /// Reads it from the percent-decoded text; `None` is a 404.
    fn parse(text: &str) -> Option<Self>;

    /// Writes it for a reverse URL; the percent-encoding is not its business.
    fn text(&self) -> String;
}

macro_rules! by_from_str {
    ($($type:ty),*) => { $(
        impl PathParam for $type {
            fn parse(text: &str) -> Option<Self> {
                // `+7` would be a second address of `7`.
                if text.starts_with('+') { None } else { text.parse().ok() }
            }

            fn text(&self) -> String {
                self.to_string()
            }
        }
    )* };
}
by_from_str!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, bool, char, uuid::Uuid);

impl PathParam for String {
    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn text(&self) -> String {
        self.clone()
    }
}

/// Reads the parameter with this number, as the code of a route does.
///
/// # Errors
/// 400 for a NUL character, 404 for a text that is no `T`.
#[doc(hidden)]
pub fn path_param<T>(
    request: &Request,
    index: usize,
    name: &'static str,
    parse: fn(&str) -> Option<T>,
) -> Result<T> {
    let raw = request.param(index).unwrap_or("");
    let text: Cow<'_, str> = if raw.contains('%') {
        // Paths were checked to be UTF-8 when they were normalised.
        percent_decode_str(raw).decode_utf8_lossy()
    } else {
        Cow::Borrowed(raw)
    };
    if text.contains('\0') {
        return Err(Error::bad_request(format!("The path parameter `{name}` has a NUL character.")));
    }
    parse(&text).ok_or_else(|| no_value::<T>(name, &text))
}

#[cold]
fn no_value<T>(name: &str, text: &dyn Display) -> Error {
    let kind = std::any::type_name::<T>();
    let kind = kind.rsplit("::").next().unwrap_or(kind);
    Error::not_found(format!("`{text}` is not a valid `{name}`: it should be a `{kind}`."))
}
