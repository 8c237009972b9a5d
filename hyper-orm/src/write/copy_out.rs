//! `COPY .. TO STDOUT` in PostgreSQL's binary format: the way to read a whole table.

use bytes::{Buf, BytesMut};
use hyper_core::db::{DatabaseError, ErrorKind, Reader};

use super::copy::CopyColumns;
use crate::error::Result;
use crate::field::Field;
use crate::model::Model;
use crate::query::QuerySet;
use crate::sql::{Part, Rope, Statement, Text};

/// What each binary COPY begins with.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

struct Copy<M, C>(std::marker::PhantomData<fn() -> (M, C)>);

impl<M: Model, C: CopyColumns<M>> Statement for Copy<M, C> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Text("COPY "),
        Part::Name(M::TABLE),
        Part::Text(" ("),
        Part::Names(C::COLUMNS, M::NAMES),
        Part::Text(") TO STDOUT (FORMAT binary)"),
    ];
}

/// The values of one row, in order.
#[derive(Debug)]
pub struct CopiedRow<'a>(&'a [u8]);

impl CopiedRow<'_> {
    /// Reads the next value.
    ///
    /// # Errors
    /// There is none, or it is not one of `T`'s.
    pub fn read<T: Field>(&mut self) -> Result<T, DatabaseError> {
        let broken = || DatabaseError::new(ErrorKind::Decode, "a row of a COPY ends too early");
        let length = self.0.split_off(..4).ok_or_else(broken)?.get_i32();
        let value = match usize::try_from(length) {
            Ok(length) => T::decode(self.0.split_off(..length).ok_or_else(broken)?),
            Err(_) => T::null(),
        };
        value.map_err(|problem| {
            DatabaseError::new(ErrorKind::Decode, format!("a value of a COPY cannot be read: {problem}"))
        })
    }
}

/// Splits what comes in pieces into rows.
#[derive(Default)]
struct Splitter {
    buffer: BytesMut,
    begun: bool,
    ended: bool,
}

impl Splitter {
    /// Gives each row that is complete by now to `each`, and how many values it has.
    fn push(
        &mut self,
        piece: &[u8],
        each: &mut impl FnMut(usize, CopiedRow<'_>) -> Result<(), DatabaseError>,
    ) -> Result<(), DatabaseError> {
        self.buffer.extend_from_slice(piece);
        if !self.begun && !self.begin()? {
            return Ok(());
        }
        while !self.ended {
            let Some(mut rest) = self.buffer.get(2..) else { return Ok(()) };
            let Ok(values) = usize::try_from((&self.buffer[..2]).get_i16()) else {
                self.ended = true;
                return Ok(());
            };
            let mut length = 2;
            for _ in 0..values {
                let Some(mut head) = rest.get(..4) else { return Ok(()) };
                let value = usize::try_from(head.get_i32()).unwrap_or(0);
                let Some(beyond) = rest.get(4 + value..) else { return Ok(()) };
                rest = beyond;
                length += 4 + value;
            }
            let row = self.buffer.split_to(length);
            each(values, CopiedRow(&row[2..]))?;
        }
        Ok(())
    }

    /// Passes over the header, once it is there.
    fn begin(&mut self) -> Result<bool, DatabaseError> {
        let known = self.buffer.len().min(SIGNATURE.len());
        if self.buffer[..known] != SIGNATURE[..known] {
            return Err(DatabaseError::new(ErrorKind::Decode, "what came is no binary COPY"));
        }
        let Some(mut rest) = self.buffer.get(SIGNATURE.len() + 4..SIGNATURE.len() + 8) else {
            return Ok(false);
        };
        let header = SIGNATURE.len() + 8 + rest.get_u32() as usize;
        if self.buffer.len() < header {
            return Ok(false);
        }
        self.buffer.advance(header);
        self.begun = true;
        Ok(true)
    }
}

impl<M: Model> QuerySet<M> {
    /// Reads these columns of the whole table by `COPY`, faster and with less memory than any query, and gives each row to
    /// `each`. Returns how many there were. They come in no particular order.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let mut longest = 0;
    /// // COPY "posts" ("id", "title") TO STDOUT (FORMAT binary)
    /// Post::objects().copy_out(db, (Post.id, Post.title), |(_, title)| longest = longest.max(title.len())).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// A condition takes a query: [`iterator`](QuerySet::iterator). Rows marked as deleted are among those that come.
    ///
    /// # Errors
    /// What PostgreSQL reports, or that the connection is gone; some rows have come by then.
    pub async fn copy_out<C: CopyColumns<M>>(
        self,
        db: &impl Reader,
        _columns: C,
        mut each: impl FnMut(C::Row) + Send,
    ) -> Result<u64> {
        let (mut splitter, mut rows) = (Splitter::default(), 0);
        db.copy_out(Text::<Copy<M, C>, 0>::SQL.text, |piece| {
            splitter.push(piece, &mut |values, mut row| {
                if values != C::COLUMNS.len() {
                    let problem = format!("a row of a COPY has {values} values, not {}", C::COLUMNS.len());
                    return Err(DatabaseError::new(ErrorKind::Decode, problem));
                }
                each(C::decode(&mut row)?);
                rows += 1;
                Ok(())
            })
        })
        .await?;
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use bytes::BufMut;
    use proptest::prelude::*;

    use super::*;

    fn copied(rows: &[(Option<i64>, String)]) -> Vec<u8> {
        let mut out = SIGNATURE.to_vec();
        out.put_u64(0);
        for (number, text) in rows {
            out.put_i16(2);
            match number {
                Some(number) => {
                    out.put_i32(8);
                    out.put_i64(*number);
                }
                None => out.put_i32(-1),
            }
            out.put_i32(text.len() as i32);
            out.extend_from_slice(text.as_bytes());
        }
        out.put_i16(-1);
        out
    }

    fn read(pieces: &[&[u8]]) -> Result<Vec<(Option<i64>, String)>, DatabaseError> {
        let (mut splitter, mut rows) = (Splitter::default(), Vec::new());
        for piece in pieces {
            splitter.push(piece, &mut |_, mut row| {
                rows.push((row.read()?, row.read()?));
                Ok(())
            })?;
        }
        Ok(rows)
    }

    proptest! {
        #[test]
        fn rows_are_whole_however_they_come(
            rows in proptest::collection::vec((any::<Option<i64>>(), ".{0,20}"), 0..8),
            size in 1..40_usize,
        ) {
            let bytes = copied(&rows);
            let pieces: Vec<_> = bytes.chunks(size).collect();
            prop_assert_eq!(read(&pieces).unwrap(), rows);
        }

        #[test]
        fn what_is_broken_is_refused_or_waited_for(
            mut bytes in proptest::collection::vec(any::<u8>(), 0..60),
            header: bool,
        ) {
            if header {
                bytes.splice(0..0, copied(&[])[..19].to_vec());
            }
            let _ = read(&[&bytes]);
        }
    }
}
