//! Files as answers: from disk in constant memory, with conditions and ranges.

mod attachment;
pub(super) mod disposition;
mod parts;
mod ranges;
mod within;

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    LAST_MODIFIED, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use http::{Method, StatusCode};

use super::conditions::{EntityTag, Outcome, Validators, is_over};
use super::{Body, IntoResponse, Request, Response};
use crate::{Error, Result};
pub use attachment::Attachment;
use disposition::disposition;
pub(super) use ranges::{Wanted, parse as parse_ranges};

/// A file as an answer.
///
/// It is read while it is sent, 64 KiB at a time. Its type comes from the extension of its name; `ETag` and
/// `Last-Modified` from its time and size, the latter once the second of its last change is over. `If-None-Match`,
/// `If-Modified-Since`, `If-Match` and `If-Unmodified-Since` are answered with 304 and 412, `Range` (also of several
/// parts, and with `If-Range`) with 206 and 416.
///
/// ```
/// use hyper_core::Result;
/// use hyper_core::http::File;
///
/// /// What people have uploaded, by the rest of the path.
/// async fn upload(path: String) -> Result<File> {
///     File::within("uploads", &path).await
/// }
///
/// /// To be saved under another name.
/// async fn report() -> Result<File> {
///     Ok(File::open("reports/2026-11.pdf").await?.attachment("Übersicht November.pdf"))
/// }
/// ```
#[derive(Debug)]
pub struct File {
    file: tokio::fs::File,
    length: u64,
    version: Version,
    kind: HeaderValue,
    disposition: Option<HeaderValue>,
}

impl File {
    /// Opens a file of the program's own; for a path from a client there is [`File::within`].
    ///
    /// # Errors
    /// 404 when there is no such file, or it is a folder; 500 when it cannot be read.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_owned();
        found(blocking(move || open(&path)).await)
    }

    /// Opens a file in a folder by a path from a client, such as that of `{*path}`.
    ///
    /// # Errors
    /// 404 when there is no such file in the folder: where the path has `..`, where a link leads out of the folder, and
    /// where the name of the file or of a folder on the way begins with a dot. 500 when it cannot be read.
    pub async fn within(folder: impl AsRef<Path>, path: &str) -> Result<Self> {
        Self::somewhere_within(folder.as_ref(), path, false).await
    }

    /// As [`File::within`], files and folders whose names begin with a dot included.
    ///
    /// # Errors
    /// As [`File::within`], but for these.
    pub async fn within_with_hidden(folder: impl AsRef<Path>, path: &str) -> Result<Self> {
        Self::somewhere_within(folder.as_ref(), path, true).await
    }

    async fn somewhere_within(folder: &Path, path: &str, hidden: bool) -> Result<Self> {
        let (folder, path) = (folder.to_owned(), path.to_owned());
        found(blocking(move || within::within(&folder, &path, hidden).and_then(|path| open(&path))).await)
    }

    /// Has browsers save it under this name instead of showing it: right for what users have uploaded, which may be a
    /// page with scripts. The name may have any characters; of a path the last part is taken.
    #[must_use]
    pub fn attachment(mut self, name: &str) -> Self {
        self.disposition = Some(disposition("attachment", name));
        self
    }

    /// Has browsers show it, and suggest this name where it is saved.
    #[must_use]
    pub fn inline(mut self, name: &str) -> Self {
        self.disposition = Some(disposition("inline", name));
        self
    }

    /// Says what it is, where the extension does not: `image/png`.
    ///
    /// # Errors
    /// 500 when it is no value of a header field.
    pub fn content_type(mut self, kind: &str) -> Result<Self> {
        self.kind = HeaderValue::try_from(kind).map_err(Error::internal)?;
        Ok(self)
    }

    /// Its size, in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    fn send(self, request: &Request) -> Response {
        let ranges = request.unnoted_headers().get_all(RANGE).iter();
        let mut ranges = ranges.filter_map(|value| value.to_str().ok());
        let wanted = match (ranges.next(), ranges.next()) {
            (Some(field), None)
                if *request.method() == Method::GET && self.version.range_is_of_this(request) =>
            {
                parse_ranges(field, self.length)
            }
            _ => Wanted::Whole,
        };
        let kind = self.kind.clone();
        match wanted {
            Wanted::Whole => {
                answer(StatusCode::OK, parts::one(self.file, 0..self.length), [(CONTENT_TYPE, kind)])
            }
            Wanted::Parts(mut all) if all.len() == 1 => {
                let range = all.remove(0);
                let field = ascii(parts::content_range(&range, self.length));
                let fields = [(CONTENT_TYPE, kind), (CONTENT_RANGE, field)];
                answer(StatusCode::PARTIAL_CONTENT, parts::one(self.file, range), fields)
            }
            Wanted::Parts(all) => {
                let inner = kind.to_str().unwrap_or("application/octet-stream").to_owned();
                let (kind, body) = parts::several(self.file, all, self.length, &inner);
                answer(StatusCode::PARTIAL_CONTENT, body, [(CONTENT_TYPE, ascii(kind))])
            }
            Wanted::Nothing => {
                let detail = format!("The file has {} bytes, and others were asked for.", self.length);
                let mut response =
                    Error::new(StatusCode::RANGE_NOT_SATISFIABLE, detail).into_response(request);
                response.headers_mut().insert(CONTENT_RANGE, ascii(format!("bytes */{}", self.length)));
                response
            }
        }
    }
}

impl IntoResponse for File {
    fn into_response(self, request: &Request) -> Response {
        let (tag, modified) = (self.version.tag.clone(), self.version.given_out());
        let disposition = self.disposition.clone();
        let mut response =
            match self.version.validators().evaluate(request.method(), request.unnoted_headers()) {
                Outcome::Send => self.send(request),
                Outcome::NotModified => answer(StatusCode::NOT_MODIFIED, Body::empty(), []),
                Outcome::Failed => {
                    let detail =
                        "The file is not the one that was asked for: a condition of the request is not met.";
                    return Error::new(StatusCode::PRECONDITION_FAILED, detail).into_response(request);
                }
            };
        if response.status().is_client_error() {
            return response;
        }
        let headers = response.headers_mut();
        headers.insert(ETAG, tag);
        if let Some(modified) = modified {
            headers.insert(LAST_MODIFIED, ascii(httpdate::fmt_http_date(modified)));
        }
        headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        // What the extension says is what it is: a text is not taken for a page.
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(disposition) = disposition {
            headers.insert(CONTENT_DISPOSITION, disposition);
        }
        response
    }
}

/// By what a file is told from an earlier one of its name.
#[derive(Debug)]
struct Version {
    /// Strong, with its quotes.
    tag: HeaderValue,
    /// In whole seconds, as the header fields are.
    modified: Option<SystemTime>,
    /// Whether nothing else can have this date, which is then given out.
    is_strong: bool,
}

impl Version {
    fn of(metadata: &Metadata, now: SystemTime) -> Self {
        let modified = metadata.modified().ok();
        let age = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        let modified = modified.map(|_| UNIX_EPOCH + Duration::from_secs(age.as_secs()));
        Self {
            tag: ascii(format!("\"{:x}-{:x}\"", age.as_nanos(), metadata.len())),
            modified,
            is_strong: modified.is_some_and(|modified| is_over(modified, now)),
        }
    }

    fn validators(&self) -> Validators<'_> {
        Validators { tag: EntityTag::parse(self.tag.as_bytes()), modified: self.modified }
    }

    fn range_is_of_this(&self, request: &Request) -> bool {
        self.validators().range_is_of_this(request.unnoted_headers(), self.is_strong)
    }

    /// No date while its second lasts: the file may change again in it, and who has a part of the file as it is now would
    /// take the rest of another for its own. Nor one that is to come (RFC 9110, 8.8.2).
    fn given_out(&self) -> Option<SystemTime> {
        self.modified.filter(|_| self.is_strong)
    }
}

fn answer<const N: usize>(
    status: StatusCode,
    body: Body,
    fields: [(HeaderName, HeaderValue); N],
) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().extend(fields);
    response
}

/// A value that the program made of visible ASCII.
fn ascii(value: String) -> HeaderValue {
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static(""))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

fn found(opened: io::Result<File>) -> Result<File> {
    opened.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::InvalidFilename => Error::not_found("There is no such file.").with_source(error),
        _ => Error::internal(error),
    })
}

fn open(path: &PathBuf) -> io::Result<File> {
    // Looked at before it is opened: opening a pipe waits for somebody at its other end.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let file = std::fs::File::open(path)?;
    let metadata = file.metadata()?;
    Ok(File {
        file: tokio::fs::File::from_std(file),
        length: metadata.len(),
        version: Version::of(&metadata, SystemTime::now()),
        kind: kind_of(path),
        disposition: None,
    })
}

/// The type that the extension of a name stands for; texts are UTF-8.
fn kind_of(path: &Path) -> HeaderValue {
    let kind = mime_guess::from_path(path).first_raw().unwrap_or("application/octet-stream");
    if kind.starts_with("text/") || kind == "application/javascript" {
        ascii(format!("{kind}; charset=utf-8"))
    } else {
        HeaderValue::from_static(kind)
    }
}
