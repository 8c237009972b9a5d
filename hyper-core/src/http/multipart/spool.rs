//! Where a file is kept while it arrives: in memory, and on disk once it is too large for that.

use std::path::Path;

use bytes::{Bytes, BytesMut};
use tempfile::TempPath;
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};

use crate::Result;
use crate::http::upload::{Content, disk_error};

/// How much goes to the disk at a time, in bytes.
const PIECE: usize = 256 * 1024;

/// A file that is not yet complete. The one on disk goes away with it.
pub(super) enum Spool {
    Memory(BytesMut),
    Disk(BufWriter<File>, TempPath),
}

impl Spool {
    pub(super) fn new() -> Self {
        Self::Memory(BytesMut::new())
    }

    /// How much of it is in memory.
    pub(super) fn in_memory(&self) -> usize {
        match self {
            Self::Memory(bytes) => bytes.len(),
            Self::Disk(..) => 0,
        }
    }

    /// Adds to it; more than `memory` bytes go to a file in `folder`.
    pub(super) async fn write(&mut self, piece: &[u8], memory: usize, folder: &Path) -> Result<()> {
        if let Self::Memory(bytes) = self {
            if bytes.len() + piece.len() <= memory {
                bytes.extend_from_slice(piece);
                return Ok(());
            }
            let (folder, before) = (folder.to_owned(), std::mem::take(bytes));
            let created = tokio::task::spawn_blocking(move || {
                tempfile::Builder::new().prefix("upload-").tempfile_in(folder)
            });
            let (file, path) =
                created.await.map_err(crate::Error::internal)?.map_err(disk_error)?.into_parts();
            let mut file = BufWriter::with_capacity(PIECE, File::from_std(file));
            file.write_all(&before).await.map_err(disk_error)?;
            *self = Self::Disk(file, path);
        }
        match self {
            Self::Disk(file, _) => file.write_all(piece).await.map_err(disk_error),
            Self::Memory(_) => Ok(()),
        }
    }

    /// What was written.
    pub(super) async fn finish(self) -> Result<Content> {
        match self {
            Self::Memory(bytes) => Ok(Content::Memory(Bytes::from(bytes))),
            Self::Disk(mut file, path) => {
                file.flush().await.map_err(disk_error)?;
                Ok(Content::Disk(path))
            }
        }
    }
}
