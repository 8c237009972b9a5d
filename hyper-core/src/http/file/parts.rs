//! The bytes of a file on their way: one range, or several as `multipart/byteranges` (RFC 9110, 14.6).

use std::collections::VecDeque;
use std::io::SeekFrom;
use std::ops::Range;

use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use futures_util::stream::try_unfold;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use crate::http::{Body, BoxError};

/// How much is read at a time, in bytes: what an answer holds in memory.
const PIECE: usize = 64 * 1024;

/// What comes next: text between ranges, or bytes of the file.
enum Piece {
    Text(String),
    Range(Range<u64>),
}

/// One range.
pub(super) fn one(file: File, range: Range<u64>) -> Body {
    let length = range.end - range.start;
    Body::sized_stream(length, read(file, VecDeque::from([Piece::Range(range)])))
}

/// Several ranges of a file of `length` bytes, each with its head, and the type of the whole.
pub(super) fn several(file: File, ranges: Vec<Range<u64>>, length: u64, kind: &str) -> (String, Body) {
    let boundary = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
    let mut pieces = VecDeque::with_capacity(ranges.len() * 2 + 1);
    let mut size = 0;
    for range in ranges {
        let head = format!(
            "\r\n--{boundary}\r\ncontent-type: {kind}\r\ncontent-range: {}\r\n\r\n",
            content_range(&range, length)
        );
        size += head.len() as u64 + (range.end - range.start);
        pieces.push_back(Piece::Text(head));
        pieces.push_back(Piece::Range(range));
    }
    let end = format!("\r\n--{boundary}--\r\n");
    size += end.len() as u64;
    pieces.push_back(Piece::Text(end));
    (format!("multipart/byteranges; boundary={boundary}"), Body::sized_stream(size, read(file, pieces)))
}

/// `bytes 0-499/10000`
pub(super) fn content_range(range: &Range<u64>, length: u64) -> String {
    format!("bytes {}-{}/{length}", range.start, range.end - 1)
}

/// A file that became shorter meanwhile is an error, which ends the connection: its length was promised.
fn read(file: File, pieces: VecDeque<Piece>) -> impl Stream<Item = Result<Bytes, BoxError>> + Send {
    // Where the file is read next; it begins at its start.
    try_unfold((file, pieces, 0_u64), async |(mut file, mut pieces, mut position)| {
        loop {
            match pieces.front_mut() {
                None => return Ok(None),
                Some(Piece::Text(text)) => {
                    let text = Bytes::from(std::mem::take(text));
                    pieces.pop_front();
                    return Ok(Some((text, (file, pieces, position))));
                }
                Some(Piece::Range(range)) if range.is_empty() => {
                    pieces.pop_front();
                }
                Some(Piece::Range(range)) => {
                    if position != range.start {
                        file.seek(SeekFrom::Start(range.start)).await?;
                    }
                    let wanted = usize::try_from(range.end - range.start).unwrap_or(PIECE).min(PIECE);
                    let mut piece = BytesMut::with_capacity(wanted);
                    // It reads no more than there is room for, but the room may be larger than what is wanted.
                    let read = (&mut file).take(wanted as u64).read_buf(&mut piece).await?;
                    if read == 0 {
                        return Err("the file became shorter while it was sent".into());
                    }
                    range.start += read as u64;
                    position = range.start;
                    return Ok(Some((piece.freeze(), (file, pieces, position))));
                }
            }
        }
    })
}
