//! Values as they travel: as [`Value::to_wire`] has them, or compressed.

use bytes::{Bytes, BytesMut};

use super::super::error::{CacheError, CacheErrorKind};
use super::super::value::Value;

/// Neither a number nor a value that is not compressed begins with it.
const COMPRESSED: u8 = b'l';

/// No block of LZ4 becomes more times longer than this.
const MOST_RATIO: usize = 255;

/// Writes values, and reads what any other has written.
#[derive(Debug, Clone, Copy)]
pub(in crate::cache) struct Wire {
    /// From how many bytes on they are compressed.
    pub(in crate::cache) compress_from: Option<usize>,
}

impl Wire {
    /// A value as bytes.
    pub(in crate::cache) fn write(self, value: &Value) -> Bytes {
        let plain = value.to_wire();
        if self.compress_from.is_none_or(|from| plain.len() < from.max(1)) {
            return plain;
        }
        // One mark, the length in four bytes, the block.
        let mut wire = BytesMut::zeroed(5 + lz4_flex::block::get_maximum_output_size(plain.len()));
        let Ok(length) = u32::try_from(plain.len()) else { return plain };
        wire[0] = COMPRESSED;
        wire[1..5].copy_from_slice(&length.to_le_bytes());
        match lz4_flex::block::compress_into(&plain, &mut wire[5..]) {
            Ok(compressed) if 5 + compressed < plain.len() => {
                wire.truncate(5 + compressed);
                // What is kept should not keep the room that was not needed.
                Bytes::copy_from_slice(&wire)
            }
            _ => plain,
        }
    }

    /// A value from bytes.
    ///
    /// # Errors
    /// That it is nothing of this cache's.
    pub(in crate::cache) fn read(wire: Bytes) -> Result<Value, CacheError> {
        if wire.first() != Some(&COMPRESSED) {
            return Value::from_wire(wire);
        }
        let (length, block) = wire[1..].split_first_chunk::<4>().ok_or_else(CacheError::foreign)?;
        let length = u32::from_le_bytes(*length) as usize;
        // Before room is made for it.
        if length > block.len().saturating_mul(MOST_RATIO) {
            return Err(CacheError::foreign());
        }
        let plain = lz4_flex::block::decompress(block, length)
            .map_err(|error| CacheError::foreign().with_source(error))?;
        // A number is never compressed, nor is what is.
        if plain.len() != length || plain.first().is_none_or(|mark| *mark == COMPRESSED) {
            return Err(CacheError::foreign());
        }
        Value::from_wire(plain.into())
    }

    /// What was found, or that nothing was. What another program has put there is not there, for nobody should fail because of it.
    pub(in crate::cache) fn found(wire: Option<Bytes>) -> Option<Value> {
        match Self::read(wire?) {
            Ok(value) => Some(value),
            Err(error) => {
                debug_assert_eq!(error.kind(), CacheErrorKind::Decode);
                tracing::debug!(error = &error as &dyn std::error::Error, "a cached value is foreign");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cache::value::Content;

    #[test]
    fn what_is_long_is_compressed_and_anybody_reads_it() {
        let long = Value::encode(&"a word ".repeat(1_000)).unwrap();
        let (always, never) = (Wire { compress_from: Some(1024) }, Wire { compress_from: None });
        assert!(always.write(&long).len() < 200, "{}", always.write(&long).len());
        assert_eq!(never.write(&long), long.to_wire());
        for wire in [always, never] {
            assert_eq!(Wire::read(wire.write(&long)).unwrap(), long);
        }
        let short = Value::encode("a word").unwrap();
        assert_eq!(always.write(&short), short.to_wire());
        let mut noise = vec![0; 4_000];
        fastrand::Rng::with_seed(7).fill(&mut noise);
        let noise = Value::new(Content::Bytes(noise.into()));
        assert_eq!(always.write(&noise), noise.to_wire(), "it would not be shorter");
        let number = Value::encode(&i64::MIN).unwrap();
        assert_eq!(always.write(&number), "-9223372036854775808");
    }

    #[test]
    fn a_length_that_cannot_be_makes_no_room() {
        let foreign = Bytes::from_static(b"l\xff\xff\xff\xff\x00");
        assert_eq!(Wire::read(foreign).unwrap_err().kind(), CacheErrorKind::Decode);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(
            bytes in proptest::collection::vec(0..4_u8, 0..3_000),
            from in proptest::option::of(0..2_000_usize),
        ) {
            let value = Value::new(Content::Bytes(bytes.into()));
            prop_assert_eq!(Wire::read(Wire { compress_from: from }.write(&value)).unwrap(), value);
        }

        #[test]
        fn anything_is_read_or_foreign(bytes in proptest::collection::vec(any::<u8>(), 0..300), is_marked in any::<bool>()) {
            let mut bytes = bytes;
            if let (true, Some(first)) = (is_marked, bytes.first_mut()) {
                *first = COMPRESSED;
            }
            let _ = Wire::found(Some(bytes.into()));
        }
    }
}
