//! The libraries that compress, behind one face.

use std::io::{self, Write as _};

use bytes::Bytes;

use super::{Encoding, Levels};

/// Compresses one body.
pub(super) enum Encoder {
    #[cfg(feature = "gzip")]
    Gzip(flate2::write::GzEncoder<Vec<u8>>),
    #[cfg(feature = "brotli")]
    Brotli(Box<brotli::CompressorWriter<Vec<u8>>>),
    #[cfg(feature = "zstd")]
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
}

impl Encoder {
    /// `size` is that of the whole body, where it is known: a short one needs less memory.
    pub(super) fn new(encoding: Encoding, levels: Levels, size: Option<usize>) -> io::Result<Self> {
        let level = levels.of(encoding);
        let room = Vec::with_capacity(size.map_or(4096, |size| size / 2 + 64));
        match encoding {
            #[cfg(feature = "gzip")]
            Encoding::Gzip => {
                let level = flate2::Compression::new(level);
                Ok(Self::Gzip(flate2::write::GzEncoder::new(room, level)))
            }
            #[cfg(feature = "brotli")]
            Encoding::Brotli => {
                let window =
                    size.map_or(18, |size| (usize::BITS - size.leading_zeros()).clamp(10, 18) as i32);
                let parameters = brotli::enc::BrotliEncoderParams {
                    quality: level as i32,
                    lgwin: window,
                    size_hint: size.unwrap_or(0),
                    ..Default::default()
                };
                Ok(Self::Brotli(Box::new(brotli::CompressorWriter::with_params(room, 4096, &parameters))))
            }
            #[cfg(feature = "zstd")]
            Encoding::Zstd => {
                let mut encoder = zstd::stream::write::Encoder::new(room, level as i32)?;
                encoder.set_pledged_src_size(size.map(|size| size as u64))?;
                Ok(Self::Zstd(encoder))
            }
            #[cfg(not(all(feature = "gzip", feature = "brotli", feature = "zstd")))]
            other => Err(io::Error::other(format!("`{}` is not compiled in", other.name()))),
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            #[cfg(feature = "gzip")]
            Self::Gzip(encoder) => encoder.write_all(bytes),
            #[cfg(feature = "brotli")]
            Self::Brotli(encoder) => encoder.write_all(bytes),
            #[cfg(feature = "zstd")]
            Self::Zstd(encoder) => encoder.write_all(bytes),
        }
    }

    /// Has all that was written come out, so that the client can read it now.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        match self {
            #[cfg(feature = "gzip")]
            Self::Gzip(encoder) => encoder.flush(),
            #[cfg(feature = "brotli")]
            Self::Brotli(encoder) => encoder.flush(),
            #[cfg(feature = "zstd")]
            Self::Zstd(encoder) => encoder.flush(),
        }
    }

    /// What has come out since it was last asked.
    pub(super) fn take(&mut self) -> Bytes {
        let out = match self {
            #[cfg(feature = "gzip")]
            Self::Gzip(encoder) => encoder.get_mut(),
            #[cfg(feature = "brotli")]
            Self::Brotli(encoder) => encoder.get_mut(),
            #[cfg(feature = "zstd")]
            Self::Zstd(encoder) => encoder.get_mut(),
        };
        std::mem::take(out).into()
    }

    /// The rest.
    pub(super) fn finish(self) -> io::Result<Bytes> {
        match self {
            #[cfg(feature = "gzip")]
            Self::Gzip(encoder) => encoder.finish().map(Bytes::from),
            #[cfg(feature = "brotli")]
            Self::Brotli(encoder) => Ok(encoder.into_inner().into()),
            #[cfg(feature = "zstd")]
            Self::Zstd(encoder) => encoder.finish().map(Bytes::from),
        }
    }
}
