//! A file that a client sent.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::{StreamExt, once, try_unfold};
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use tempfile::TempPath;
use tokio::io::AsyncReadExt;

use crate::{Error, Result};

/// What a handler reads of a file at a time, in bytes.
const PIECE: usize = 256 * 1024;

/// A file that a client sent: a field of what [`Multipart<T>`](super::Multipart) decodes.
///
/// A small one is in memory, a larger one in a temporary file, which goes away with the last clone of this. Nothing the
/// client says of it is to be believed: not its name, and not its type. An `Option<Upload>` is `None` when no file was
/// chosen, a `Vec<Upload>` takes those of an `<input type="file" multiple>`.
///
/// ```
/// use hyper_core::http::Upload;
///
/// let upload = Upload::new("../../etc/pass\u{0}wd", "text/plain", "root");
/// assert_eq!((upload.file_name().as_str(), upload.size()), ("passwd", 4));
/// ```
#[derive(Clone)]
pub struct Upload(Arc<Inner>);

struct Inner {
    file_name: String,
    content_type: Option<String>,
    content: Content,
    size: u64,
    /// The permissions of the file it is saved as.
    mode: u32,
}

pub(super) enum Content {
    Memory(Bytes),
    Disk(TempPath),
}

impl Upload {
    /// A file in memory, as tests make one.
    #[must_use]
    pub fn new(
        file_name: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> Self {
        let content = content.into();
        let size = content.len() as u64;
        Self::of(file_name.into(), Some(content_type.into()), Content::Memory(content), size, 0o644)
    }

    pub(super) fn of(
        file_name: String,
        content_type: Option<String>,
        content: Content,
        size: u64,
        mode: u32,
    ) -> Self {
        Self(Arc::new(Inner { file_name, content_type, content, size, mode }))
    }

    /// A name that can stand in a folder: the last part of what the client says, without control characters, leading
    /// dots and what shells and file systems take amiss, at most 100 characters; `upload` when nothing is left.
    ///
    /// Others may use the same name.
    #[must_use]
    pub fn file_name(&self) -> String {
        cleaned(&self.0.file_name)
    }

    /// The name as the client says it, with whatever folders, dots and control characters it has.
    #[must_use]
    pub fn raw_file_name(&self) -> &str {
        &self.0.file_name
    }

    /// The type as the client says it, such as `image/png`; the content may be anything.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.0.content_type.as_deref()
    }

    /// How many bytes it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.0.size
    }

    /// The temporary file it is in; `None` when it is in memory.
    #[must_use]
    pub fn temporary_path(&self) -> Option<&Path> {
        match &self.0.content {
            Content::Memory(_) => None,
            Content::Disk(path) => Some(path),
        }
    }

    /// All of it, in memory.
    ///
    /// # Errors
    /// 500 when the temporary file cannot be read.
    pub async fn bytes(&self) -> Result<Bytes> {
        match &self.0.content {
            Content::Memory(bytes) => Ok(bytes.clone()),
            Content::Disk(path) => tokio::fs::read(path).await.map(Bytes::from).map_err(Error::internal),
        }
    }

    /// Piece by piece, each of at most 256 KiB when it is in a file.
    pub fn stream(&self) -> impl Stream<Item = Result<Bytes>> + Send + use<> {
        let upload = self.clone();
        match &self.0.content {
            Content::Memory(bytes) => once(std::future::ready(Ok(bytes.clone()))).left_stream(),
            Content::Disk(_) => try_unfold((upload, None), async |(upload, file)| {
                let mut file = match (file, upload.temporary_path()) {
                    (Some(file), _) => file,
                    (None, Some(path)) => tokio::fs::File::open(path).await.map_err(Error::internal)?,
                    (None, None) => return Ok(None),
                };
                let mut piece = Vec::with_capacity(PIECE);
                let read = (&mut file).take(PIECE as u64).read_to_end(&mut piece).await;
                match read.map_err(Error::internal)? {
                    0 => Ok(None),
                    _ => Ok(Some((Bytes::from(piece), (upload, Some(file))))),
                }
            })
            .right_stream(),
        }
    }

    /// Saves it under a path that must not exist yet, with the permissions of `FILE_UPLOAD_PERMISSIONS`.
    ///
    /// A temporary file on the same file system is not copied. What could not be saved whole is taken away again.
    ///
    /// # Errors
    /// 409 when there is such a file, 507 when the disk is full, else 500.
    pub async fn save_to(&self, path: impl AsRef<Path>) -> Result<()> {
        let (upload, path) = (self.clone(), path.as_ref().to_owned());
        let saved = tokio::task::spawn_blocking(move || upload.save(&path)).await;
        saved.map_err(Error::internal)?.map_err(disk_error)
    }

    fn save(&self, path: &Path) -> io::Result<()> {
        let permissions = std::fs::Permissions::from_mode(self.0.mode);
        if let Content::Disk(temporary) = &self.0.content {
            match std::fs::hard_link(temporary, path) {
                Ok(()) => return std::fs::set_permissions(path, permissions),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
                // Another file system, or one without links.
                Err(_) => {}
            }
        }
        let mut file = std::fs::File::create_new(path)?;
        let written = match &self.0.content {
            Content::Memory(bytes) => io::Write::write_all(&mut file, bytes),
            Content::Disk(temporary) => {
                std::fs::File::open(temporary).and_then(|mut from| io::copy(&mut from, &mut file).map(drop))
            }
        };
        let done = written.and_then(|()| file.set_permissions(permissions));
        if done.is_err() {
            let _ = std::fs::remove_file(path);
        }
        done
    }
}

/// What a failing disk is answered with.
pub(super) fn disk_error(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            let sentence = "There is no room for this file on the server.";
            Error::new(http::StatusCode::INSUFFICIENT_STORAGE, sentence).with_source(error)
        }
        io::ErrorKind::AlreadyExists => {
            Error::conflict("There is a file of this name already.").with_source(error)
        }
        _ => Error::internal(error),
    }
}

/// Nothing, in no file.
impl Default for Upload {
    fn default() -> Self {
        Self::new("", "", Bytes::new())
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("file_name", &self.raw_file_name())
            .field("content_type", &self.content_type())
            .field("size", &self.size())
            .finish_non_exhaustive()
    }
}

/// A name for a folder, of a name from anywhere.
pub(crate) fn cleaned(name: &str) -> String {
    const LONGEST: usize = 100;
    let base = name.rsplit(['/', '\\']).next().unwrap_or("");
    // Those that turn the direction of text make `exe.txt` of `txt.exe`.
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let kept = base.chars().filter(|c| !hidden(*c));
    let replaced: String = kept
        .map(
            |c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '`' | '$' | '\'') { '_' } else { c },
        )
        .collect();
    let trimmed = replaced.trim_start_matches(['.', ' ', '-']).trim_end_matches(['.', ' ']);
    let length = trimmed.chars().count();
    if length <= LONGEST {
        return if trimmed.is_empty() { "upload".to_owned() } else { trimmed.to_owned() };
    }
    // The ending says what it is.
    let ending = trimmed.rsplit_once('.').map_or("", |(_, ending)| ending);
    let ending = if ending.chars().count() < 16 { ending } else { "" };
    let dot = usize::from(!ending.is_empty());
    let stem: String = trimmed.chars().take(LONGEST - ending.chars().count() - dot).collect();
    let stem = stem.trim_end_matches(['.', ' ']);
    if dot == 1 { format!("{stem}.{ending}") } else { stem.to_owned() }
}

/// What `deserialize_newtype_struct` is asked for, so that a decoder of forms knows it is a file that is wanted.
pub(super) const NAME: &str = "$hyperdjango::Upload";

thread_local! {
    /// On its way from the decoder to the visitor, which are called one after the other.
    static HANDED_OVER: RefCell<Option<Upload>> = const { RefCell::new(None) };
}

/// Gives a file to the visitor of an `Upload`: serde has no way for what is not made of its own types.
pub(super) fn hand_over<'de, V: Visitor<'de>, E: serde::de::Error>(
    upload: Upload,
    visitor: V,
) -> Result<V::Value, E> {
    HANDED_OVER.set(Some(upload));
    let value = visitor.visit_unit();
    HANDED_OVER.set(None);
    value
}

impl<'de> Deserialize<'de> for Upload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(NAME, UploadVisitor)
    }
}

struct UploadVisitor;

impl<'de> Visitor<'de> for UploadVisitor {
    type Value = Upload;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a file, which only `multipart/form-data` has")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Upload, E> {
        HANDED_OVER.take().ok_or_else(|| E::invalid_type(serde::de::Unexpected::Unit, &self))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Upload, D::Error> {
        deserializer
            .deserialize_any(self)
            .and(Err(D::Error::custom("a file is only in `multipart/form-data`")))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_cleaned() {
        for (name, expected) in [
            ("photo.JPG", "photo.JPG"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\a b.txt", "a b.txt"),
            (".htaccess", "htaccess"),
            ("..", "upload"),
            ("", "upload"),
            ("a/", "upload"),
            ("-rf", "rf"),
            ("a\u{0}\r\nb", "ab"),
            ("exe\u{202e}txt.sh", "exetxt.sh"),
            ("ünï ☃.png", "ünï ☃.png"),
            ("a:b?.txt. ", "a_b_.txt"),
        ] {
            assert_eq!(cleaned(name), expected, "{name}");
        }
        let long = cleaned(&format!("{}.tar", "ü".repeat(300)));
        assert!(long.chars().count() == 100 && long.ends_with("ü.tar"), "{long}");
    }

    proptest! {
        #[test]
        fn any_name_is_one_plain_name(name in "\\PC{0,200}|[./\\\\a]{0,9}") {
            let cleaned = cleaned(&name);
            prop_assert!(!cleaned.is_empty() && !cleaned.contains(['/', '\\', '\0']) && !cleaned.starts_with('.'));
            prop_assert!(cleaned.chars().count() <= 100);
            prop_assert_eq!(super::cleaned(&cleaned), cleaned);
        }
    }

    #[test]
    fn a_file_is_not_in_json() {
        for json in ["1", "\"a\"", "{}", "null"] {
            assert!(serde_json::from_str::<Upload>(json).is_err(), "{json}");
        }
    }

    #[tokio::test]
    async fn it_is_saved_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let upload = Upload::new("a.txt", "text/plain", "content");
        upload.save_to(&path).await.unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"content");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(upload.save_to(&path).await.unwrap_err().status(), 409);
        assert_eq!(upload.save_to(folder.path().join("no/a.txt")).await.unwrap_err().status(), 500);
        for full in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::FileTooLarge] {
            assert_eq!(disk_error(full.into()).status(), 507);
        }
    }
}
