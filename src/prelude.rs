//! What an application's files begin with: `use hyperdjango::prelude::*;`

pub use std::process::ExitCode;

pub use hyper_core::http::{
    Cookie, Cookies, Form, FromRequest, HeaderMap, Html, IntoResponse, Json, Method, PathParam, Query,
    RawHtml, Redirect, Request, Response, StatusCode, Text, Uri, Url,
};
pub use hyper_core::{App, Component, Error, Provides, Result, Settings, ValidationErrors};
pub use hyper_macros::{App, delete, get, patch, post, put, routes};

pub use crate::manage;
