//! Smaller answers.

mod accepted;
mod encoder;
mod stream;

use http::header::{
    ACCEPT_ENCODING, ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    HeaderMap, HeaderValue, IF_RANGE, RANGE, SET_COOKIE,
};
use http_body::Body as _;

pub use accepted::{AcceptedEncodings, Encoding};
use encoder::Encoder;
use stream::Compressed;

use super::conditional::says;
use super::vary::vary;
use super::{COMPRESSION, Capability, Layer, Middleware, Next};
use crate::http::{Body, EntityTag, IntoResponse, Request, Response, StatusCode};
use crate::{Error, Result, Settings};

/// A body of so many bytes is compressed at once, a longer one while it is sent, so much at a time.
const PIECE: usize = 64 * 1024;

const VARY: HeaderValue = HeaderValue::from_static("Accept-Encoding");

/// Compresses answers, as the client accepts it: by zstd, brotli or gzip, whichever of these features are on.
///
/// | setting | default | |
/// |---|---|---|
/// | `COMPRESSION_MIN_SIZE` | `500` | bytes below which an answer stays as it is |
/// | `COMPRESSION_GZIP_LEVEL` | `6` | 1 to 9 |
/// | `COMPRESSION_BROTLI_LEVEL` | `4` | 0 to 11 |
/// | `COMPRESSION_ZSTD_LEVEL` | `3` | 1 to 19 |
///
/// The client's weights decide (`Accept-Encoding: gzip;q=1, br;q=0.5`), and among equals zstd before brotli before gzip.
/// A stream is compressed as it comes, and each of its pieces can be read when it arrives. A body of more than 64 KiB
/// is compressed while it is sent, in pieces, between which other requests have their turn.
///
/// An answer stays as it is when it
/// - is no 2xx, or a 204, 205 or 206;
/// - has `Content-Encoding`, `Content-Range` or `Cache-Control: no-transform`;
/// - sets a cookie: who can make a visitor's browser ask, and sees how long answers are, can guess a secret in
///   them from how well it is compressed (BREACH). Pages with secrets that set no cookie have to mask them anew for each
///   answer, as tokens against forged requests are, or say `no-transform`;
/// - is an image, audio, video, an archive or a font, which are compressed already, or does not say what it is;
/// - is `text/event-stream`, as many of these are open at a time, and each would hold some 300 KiB.
///
/// Others vary by `Accept-Encoding`, and a strong `ETag` becomes weak, for it stood for other bytes. So did the date of
/// the last change: `If-Range` with a date gets the whole, where the client accepts one of the encodings.
///
/// ```
/// use hyper_core::middleware::{Compression, Layer};
/// use hyper_core::Settings;
///
/// # async fn start() -> hyper_core::Result<()> {
/// let settings = Settings::from_pairs([("DEBUG", "true"), ("COMPRESSION_GZIP_LEVEL", "9")])?;
/// let compression = Compression::start(&settings).await?;
/// # let _ = compression; Ok(()) }
/// ```
///
/// It stands inside of `Cors` and `SecurityHeaders`, and around all that looks at bodies: `ConditionalGet`, the page cache.
#[derive(Debug, Clone, Copy)]
pub struct Compression {
    min_size: usize,
    levels: Levels,
}

/// How hard each encoding tries.
#[derive(Debug, Clone, Copy)]
struct Levels {
    gzip: u32,
    brotli: u32,
    zstd: u32,
}

impl Levels {
    fn of(self, encoding: Encoding) -> u32 {
        match encoding {
            Encoding::Gzip => self.gzip,
            Encoding::Brotli => self.brotli,
            Encoding::Zstd => self.zstd,
        }
    }
}

impl Layer for Compression {
    const PROVIDES: &'static [Capability] = &[COMPRESSION];

    async fn start(settings: &Settings) -> Result<Self> {
        let level = |key, range, default| settings.number(key, range, default).map(|level| level as u32);
        Ok(Self {
            min_size: settings.number("COMPRESSION_MIN_SIZE", 0..=usize::MAX, 500)?,
            levels: Levels {
                gzip: level("COMPRESSION_GZIP_LEVEL", 1..=9, 6)?,
                brotli: level("COMPRESSION_BROTLI_LEVEL", 0..=11, 4)?,
                zstd: level("COMPRESSION_ZSTD_LEVEL", 1..=19, 3)?,
            },
        })
    }
}

impl<S: Sync + 'static> Middleware<S> for Compression {
    async fn call(&self, _: &'static S, request: &mut Request, next: impl Next) -> Response {
        let encoding = AcceptedEncodings::of(request.headers()).best(Encoding::AVAILABLE);
        // The date is that of the compressed body, too, and then a range is of other bytes than those the client has.
        let is_tag = |value: &HeaderValue| EntityTag::parse(value.as_bytes()).is_some();
        if encoding.is_some() && request.headers().get(IF_RANGE).is_some_and(|value| !is_tag(value)) {
            request.headers_mut().remove(RANGE);
        }
        let mut response = next.run(request).await;
        if response.status() == StatusCode::NOT_MODIFIED {
            // What would have been sent, and is kept by the client, was of this kind.
            vary(response.headers_mut(), &ACCEPT_ENCODING, &VARY);
            if encoding.is_some() {
                weaken(response.headers_mut());
            }
            return response;
        }
        if !self.is_compressible(&response) {
            return response;
        }
        vary(response.headers_mut(), &ACCEPT_ENCODING, &VARY);
        let Some(encoding) = encoding else { return response };
        match self.compress(encoding, response) {
            Ok(response) => response,
            Err(error) => Error::internal(error).into_response(request),
        }
    }
}

impl Compression {
    fn is_compressible(&self, response: &Response) -> bool {
        let status = response.status();
        let headers = response.headers();
        status.is_success()
            && !matches!(status.as_u16(), 204..=206)
            && response.body().as_bytes().is_none_or(|bytes| bytes.len() >= self.min_size.max(1))
            && headers.get(CONTENT_TYPE).is_some_and(is_worth_it)
            && ![CONTENT_ENCODING, CONTENT_RANGE, SET_COOKIE].iter().any(|name| headers.contains_key(name))
            && !says(headers, "no-transform")
    }

    fn compress(&self, encoding: Encoding, response: Response) -> std::io::Result<Response> {
        let (mut parts, body) = response.into_parts();
        let size = body.size_hint().exact().and_then(|size| usize::try_from(size).ok());
        let mut encoder = Encoder::new(encoding, self.levels, size)?;
        let body = match body.as_bytes() {
            Some(bytes) if bytes.len() <= PIECE => {
                encoder.write(bytes)?;
                let compressed = encoder.finish()?;
                if compressed.len() >= bytes.len() {
                    return Ok(Response::from_parts(parts, body));
                }
                Body::from(compressed)
            }
            _ => Body::stream(Compressed::new(body, encoder)),
        };
        parts.headers.insert(CONTENT_ENCODING, encoding.header());
        // The length and the ranges of other bytes.
        parts.headers.remove(CONTENT_LENGTH);
        parts.headers.remove(ACCEPT_RANGES);
        weaken(&mut parts.headers);
        Ok(Response::from_parts(parts, body))
    }
}

/// Makes a strong `ETag` weak.
fn weaken(headers: &mut HeaderMap) {
    let strong = headers.get(ETAG).map(HeaderValue::as_bytes).filter(|tag| tag.starts_with(b"\""));
    if let Some(Ok(weak)) = strong.map(|tag| HeaderValue::from_bytes(&[b"W/", tag].concat())) {
        headers.insert(ETAG, weak);
    }
}

/// Whether bodies of this type become smaller.
fn is_worth_it(content_type: &HeaderValue) -> bool {
    let text = content_type.to_str().unwrap_or("");
    let kind = text.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let Some((family, name)) = kind.split_once('/') else { return false };
    match family {
        "text" => name != "event-stream",
        "image" => matches!(name, "svg+xml" | "bmp" | "x-icon" | "vnd.microsoft.icon"),
        "font" => matches!(name, "ttf" | "otf" | "collection"),
        "audio" | "video" => false,
        _ => {
            const PACKED: [&str; 13] = [
                "octet-stream",
                "zip",
                "gzip",
                "x-gzip",
                "zstd",
                "x-bzip2",
                "x-xz",
                "x-7z-compressed",
                "x-rar-compressed",
                "vnd.rar",
                "java-archive",
                "font-woff",
                "pdf",
            ];
            !PACKED.contains(&name) && !name.ends_with("+zip") && !name.starts_with("vnd.openxmlformats-")
        }
    }
}

#[cfg(test)]
mod tests;
