//! Forms with files (`multipart/form-data`, RFC 7578).
//!
//! [`Multipart<T>`] decodes a whole form, [`MultipartStream`] hands out its parts as they arrive. Either holds as much in
//! memory as the settings say and not more, however large the files are.

mod head;
mod limits;
mod parser;
mod spool;
mod stream;

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

use super::fields::{self, Entry, Rules, Value, no_rules};
use super::valid::Extract;
use super::{Decodable, FromRequest, Request};
use crate::Result;

pub(crate) use head::Head;
pub(crate) use limits::UploadLimits;
pub(crate) use parser::{Event, Parser};
pub use stream::{MultipartStream, Part};

/// The fields and files of a form that was sent as `multipart/form-data`.
///
/// Text is decoded as by [`Form`](super::Form), a file is an [`Upload`](super::Upload); both in one struct:
///
/// ```
/// use hyper_core::{Result, http::{Multipart, Upload}};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct NewPicture {
///     title: String,
///     picture: Upload,
///     #[serde(default)]
///     attachments: Vec<Upload>,
/// }
///
/// async fn add(form: Multipart<NewPicture>) -> Result<String> {
///     let picture = &form.picture;
///     picture.save_to(format!("/srv/pictures/{}", picture.file_name())).await?;
///     Ok(format!("{} with {} bytes", form.title, picture.size()))
/// }
/// # drop(add);
/// ```
///
/// Files are in memory up to `FILE_UPLOAD_MAX_MEMORY_SIZE` (2.5 MiB, all of a request together), then in temporary files,
/// which go away with the form unless they are saved. Fields where no file was chosen are as if they were not there.
///
/// Answers 415 for another content type, 400 for what is malformed, cut off or has too many parts, 413 for what is too
/// large, 422 with all fields that do not fit, 507 when the disk is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Multipart<T>(pub T);

impl<T> Deref for Multipart<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Multipart<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Decodable> FromRequest for Multipart<T> {
    const READS_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Self::extract(request, no_rules).await
    }
}

#[diagnostic::do_not_recommend]
impl<T: Decodable> Extract for Multipart<T> {
    type Value = T;

    async fn extract(request: &mut Request, rules: Rules<T>) -> Result<Self> {
        let mut parts = MultipartStream::from_request(request).await?;
        let mut entries = Vec::new();
        while let Some(part) = parts.next().await? {
            let key = Cow::Owned(part.name().to_owned());
            let value = if part.is_file() {
                let upload = part.upload().await?;
                if upload.raw_file_name().is_empty() && upload.size() == 0 {
                    continue;
                }
                Value::File(upload)
            } else {
                Value::Text(Cow::Owned(part.text().await?))
            };
            entries.push(Entry { key, value });
        }
        fields::decode(&entries, rules).map(Self)
    }
}
