//! What an application's files begin with: `use hyperdjango::prelude::*;`

pub use std::process::ExitCode;

pub use hyper_core::cache::Cache;
pub use hyper_core::db::{Db, Executor, Reader};
pub use hyper_core::http::{
    Attachment, CacheControl, ClientAddr, Cookie, Cookies, Created, Event, File, Form, FromRequest, Header,
    HeaderField, HeaderMap, Html, IntoResponse, Json, LastEventId, Method, Multipart, PathParam, Query,
    RawHtml, Redirect, Request, Response, Sse, StatusCode, Text, Upload, Uri, Url, Valid, Validate,
};
pub use hyper_core::middleware::{Layer, Middleware, Next};
pub use hyper_core::{App, Component, Error, Provides, Result, Settings, ValidationErrors};
pub use hyper_macros::{
    App, Choices, Field, HttpError, Input, Model, Part, Patch, Shape, cached, delete, get, middleware, patch,
    post, put, routes, sql,
};

pub use hyper_orm::expr::{count, row};
pub use hyper_orm::field::{Binary, Choices, Interval, Jsonb};
pub use hyper_orm::functions::{case, coalesce, value};
pub use hyper_orm::input::{Input, Patch};
pub use hyper_orm::model::{ForeignKey, Model, OneToOne};
// By its path, `orm::Query`, as the name is that of a handler's argument.
pub use hyper_orm::Query as _;
pub use hyper_orm::query::{Cte, DynamicCondition, RawSql, exists, grouped, joined, nth, outer, subquery};
pub use hyper_orm::shape::Shape;
pub use hyper_orm::sql_function;
pub use hyper_orm::write::{Instance, excluded};
pub use jiff::Timestamp;
pub use jiff::civil::{Date, DateTime, Time};
#[cfg(feature = "decimal")]
pub use rust_decimal::Decimal;
pub use uuid::Uuid;

pub use crate::{manage, orm, url};
// What derives for templates and input name without a path.
pub use {sailfish, serde};
