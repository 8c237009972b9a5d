//! The parts of a multipart body one after the other, as they arrive.

use bytes::{Bytes, BytesMut};
use http::StatusCode;

use super::head::Head;
use super::limits::UploadLimits;
use super::parser::{Event, Parser};
use super::spool::Spool;
use crate::http::content_type::ContentType;
use crate::http::upload::{Upload, cleaned};
use crate::http::{FromRequest, Request, RequestBody};
use crate::{Error, Result};

const KIND: &str = "multipart/form-data";

/// The parts of a multipart body, in their order, while they arrive: nothing is kept but the piece at hand.
///
/// For uploads that go elsewhere at once, or that are looked at before the rest is taken; else there is
/// [`Multipart<T>`](super::Multipart). The body may have `MAX_UPLOAD_SIZE` bytes unless [`limit`](Self::limit) says
/// otherwise, and `DATA_UPLOAD_MAX_NUMBER_FIELDS` and `DATA_UPLOAD_MAX_NUMBER_FILES` count.
///
/// ```
/// use hyper_core::{Result, http::MultipartStream};
///
/// async fn sizes(mut parts: MultipartStream) -> Result<String> {
///     let mut answer = String::new();
///     while let Some(mut part) = parts.next().await? {
///         let mut size = 0;
///         while let Some(bytes) = part.chunk().await? {
///             size += bytes.len();
///         }
///         answer += &format!("{}: {size} bytes\n", part.name());
///     }
///     Ok(answer)
/// }
/// # drop(sizes);
/// ```
#[derive(Debug)]
pub struct MultipartStream {
    body: RequestBody,
    parser: Parser,
    received: usize,
    limits: &'static UploadLimits,
    fields: usize,
    files: usize,
    /// Bytes left for text.
    text: usize,
    /// Bytes of files that are in memory.
    in_memory: usize,
    /// Whether a part was begun and is not read to its end.
    open: bool,
    /// The head of a part that was met while the one before it was passed over.
    met: Option<Head>,
}

impl MultipartStream {
    /// Changes how many bytes the body may have; `MAX_UPLOAD_SIZE` is the default.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        self.body = self.body.limit(bytes);
        self
    }

    /// The next part, once the rest of the one before was passed over; `None` after the last.
    ///
    /// # Errors
    /// 400 for what is malformed, cut off, or has more parts than are accepted; 413 when the body is too large.
    pub async fn next(&mut self) -> Result<Option<Part<'_>>> {
        while self.open {
            self.data().await?;
        }
        let Some(head) = self.head().await? else { return Ok(None) };
        let limits = self.limits;
        let (count, most, what) = match head.file_name {
            Some(_) => (&mut self.files, limits.files, "files"),
            None => (&mut self.fields, limits.fields, "fields"),
        };
        *count += 1;
        if *count > most {
            return Err(Error::bad_request(format!("The form has more than {most} {what}.")));
        }
        self.open = true;
        Ok(Some(Part { stream: self, head }))
    }

    async fn head(&mut self) -> Result<Option<Head>> {
        if let Some(head) = self.met.take() {
            return Ok(Some(head));
        }
        loop {
            match self.parser.next()? {
                Event::Part(head) => return Ok(Some(head)),
                Event::Data(_) => {}
                Event::Starving => self.feed().await?,
                Event::End => {
                    // The connection can go on only when all was read.
                    while let Some(piece) = self.body.chunk(self.received).await? {
                        self.received += piece.len();
                    }
                    return Ok(None);
                }
            }
        }
    }

    /// Some bytes of the part at hand; `None` at its end.
    async fn data(&mut self) -> Result<Option<Bytes>> {
        if !self.open {
            return Ok(None);
        }
        loop {
            match self.parser.next()? {
                Event::Data(data) => return Ok(Some(data)),
                Event::Starving => self.feed().await?,
                Event::Part(head) => {
                    self.met = Some(head);
                    self.open = false;
                    return Ok(None);
                }
                Event::End => {
                    self.open = false;
                    return Ok(None);
                }
            }
        }
    }

    async fn feed(&mut self) -> Result<()> {
        match self.body.chunk(self.received).await? {
            Some(piece) => {
                self.received += piece.len();
                self.parser.feed(&piece);
                Ok(())
            }
            None => Err(Error::bad_request("The multipart body ends before its last boundary.")),
        }
    }
}

impl FromRequest for MultipartStream {
    const READS_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self> {
        let limits = &request.context().uploads;
        let kind = ContentType::of(request);
        if !kind.is(KIND) {
            return Err(kind.unsupported(KIND));
        }
        let boundary = kind.parameter("boundary").ok_or_else(|| {
            Error::bad_request("The content type of the multipart body does not name its boundary.")
        })?;
        let parser = Parser::new(&boundary)?;
        let usual = request.settings().max_body_size();
        let body = request.take_body();
        // What middleware allows for these routes counts more than what is allowed for all.
        let body = if body.has_limit_of_its_own(usual) { body } else { body.limit(limits.all) };
        body.check_declared()?;
        Ok(Self {
            body,
            parser,
            received: 0,
            limits,
            fields: 0,
            files: 0,
            text: limits.text,
            in_memory: 0,
            open: false,
            met: None,
        })
    }
}

/// A part of a multipart body: a field or a file.
#[derive(Debug)]
pub struct Part<'s> {
    stream: &'s mut MultipartStream,
    head: Head,
}

impl Part<'_> {
    /// The name of the field.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.head.name
    }

    /// Whether it is a file.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.head.file_name.is_some()
    }

    /// The name of the file, cleaned as [`Upload::file_name`] does; `None` for what is no file.
    #[must_use]
    pub fn file_name(&self) -> Option<String> {
        self.raw_file_name().map(cleaned)
    }

    /// The name of the file as the client says it; empty when none was chosen.
    #[must_use]
    pub fn raw_file_name(&self) -> Option<&str> {
        self.head.file_name.as_deref()
    }

    /// The type as the client says it.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.head.content_type.as_deref()
    }

    /// Some more of its bytes; `None` at its end.
    ///
    /// # Errors
    /// As [`MultipartStream::next`].
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        self.stream.data().await
    }

    /// All of it as text.
    ///
    /// # Errors
    /// As [`MultipartStream::next`]; 413 when all fields together are larger than `DATA_UPLOAD_MAX_MEMORY_SIZE`, 415
    /// for another encoding than UTF-8, 400 for what is not in it and for NUL characters.
    pub async fn text(mut self) -> Result<String> {
        self.head.require_utf8()?;
        let mut text = BytesMut::new();
        while let Some(piece) = self.chunk().await? {
            let left = self.stream.text.checked_sub(piece.len());
            self.stream.text = left.ok_or_else(|| self.text_too_large())?;
            text.extend_from_slice(&piece);
        }
        let name = self.name();
        if text.contains(&0) {
            return Err(Error::bad_request(format!(
                "The form has a NUL character, in the value of `{name}`."
            )));
        }
        String::from_utf8(text.into())
            .map_err(|_| Error::bad_request(format!("The form is not UTF-8, in the value of `{name}`.")))
    }

    /// All of it as a file: in memory while the files of this request are not larger than
    /// `FILE_UPLOAD_MAX_MEMORY_SIZE`, then on disk.
    ///
    /// # Errors
    /// As [`MultipartStream::next`]; 413 when it is larger than `FILE_UPLOAD_MAX_SIZE`, 507 when the disk is full, 500
    /// for its other failures.
    pub async fn upload(mut self) -> Result<Upload> {
        let limits = self.stream.limits;
        let mut spool = Spool::new();
        let mut size = 0;
        while let Some(piece) = self.chunk().await? {
            size += piece.len() as u64;
            if size > limits.file {
                let message = format!(
                    "The file `{}` is larger than the {} bytes accepted here.",
                    self.name(),
                    limits.file
                );
                return Err(Error::new(StatusCode::PAYLOAD_TOO_LARGE, message));
            }
            let memory = limits.memory.saturating_sub(self.stream.in_memory);
            spool.write(&piece, memory, &limits.folder).await?;
        }
        self.stream.in_memory += spool.in_memory();
        let content = spool.finish().await?;
        let name = self.head.file_name.unwrap_or_default();
        Ok(Upload::of(name, self.head.content_type, content, size, limits.mode))
    }

    fn text_too_large(&self) -> Error {
        let most = self.stream.limits.text;
        let message = format!(
            "With `{}` the fields of the form are larger than the {most} bytes accepted.",
            self.name()
        );
        Error::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method, header::CONTENT_TYPE};

    use super::*;

    async fn read(request: &mut Request) -> Result<String> {
        let mut parts = MultipartStream::from_request(request).await?;
        let mut names = String::new();
        while let Some(part) = parts.next().await? {
            names += part.name();
        }
        Ok(names)
    }

    #[tokio::test]
    async fn a_limit_given_before_is_kept() {
        let body = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--";
        let request = || {
            let mut request = Request::new(Method::POST, "/").unwrap().with_body(body);
            request
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static("multipart/form-data; boundary=b"));
            request
        };
        assert_eq!(read(&mut request()).await.unwrap(), "a");
        let limited = request().take_body().limit(10);
        assert!(limited.has_limit_of_its_own(20) && !limited.has_limit_of_its_own(10));
        let parts = MultipartStream::from_request(&mut request()).await.unwrap();
        assert_eq!(parts.limit(10).next().await.unwrap_err().status(), 413);
    }
}
