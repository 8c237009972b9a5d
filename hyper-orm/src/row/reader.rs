//! A row, read column by column.

use std::error::Error;

use hyper_core::db::types::{FromSql, Type};
use hyper_core::db::{DatabaseError, ErrorKind, Row};

use crate::field::{DecodeError, Field};
use crate::model::{Key, Model};

/// A row and the column to be read next.
#[derive(Debug, Clone, Copy)]
pub struct RowReader<'r> {
    row: &'r Row,
    next: usize,
    /// Where the columns are, when they are not in order.
    places: Option<&'r [usize]>,
}

/// A column's bytes as PostgreSQL sent them; whether the type fits was checked when the statement was prepared.
struct Raw<'r>(Option<&'r [u8]>);

impl<'r> FromSql<'r> for Raw<'r> {
    fn from_sql(_: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl<'r> RowReader<'r> {
    /// Starts at the first column.
    #[must_use]
    pub fn new(row: &'r Row) -> Self {
        Self { row, next: 0, places: None }
    }

    /// Starts at the first of these places, and goes on with the next of them.
    pub(crate) fn placed(row: &'r Row, places: &'r [usize]) -> Self {
        Self { row, next: 0, places: Some(places) }
    }

    /// Reads the next column.
    ///
    /// # Errors
    /// The row has no more columns, or the value is not one of `T`'s.
    #[inline]
    pub fn read<T: Field>(&mut self) -> Result<T, DatabaseError> {
        match self.raw()? {
            Some(raw) => T::decode(raw),
            None => T::null(),
        }
        .map_err(|problem| self.problem(&problem))
    }

    /// Writes the next column as JSON, NULL as `null`.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    #[inline(always)]
    pub fn write_json<T: Field>(&mut self, out: &mut Vec<u8>) -> Result<(), DatabaseError> {
        match self.raw()? {
            Some(raw) => T::write_json(raw, out).map_err(|problem| self.problem(&problem)),
            None => {
                out.extend_from_slice(b"null");
                Ok(())
            }
        }
    }

    /// Writes the next column as JSON by a field's own way, NULL as `null`.
    pub(crate) fn write_json_by(
        &mut self,
        writer: fn(&[u8], &mut Vec<u8>) -> Result<(), DecodeError>,
        out: &mut Vec<u8>,
    ) -> Result<(), DatabaseError> {
        match self.raw()? {
            Some(raw) => writer(raw, out).map_err(|problem| self.problem(&problem)),
            None => {
                out.extend_from_slice(b"null");
                Ok(())
            }
        }
    }

    /// Reads a column so many places behind the next one, which stays the next.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_at<T: Field>(&mut self, place: usize) -> Result<T, DatabaseError> {
        let next = self.next;
        self.next += place;
        let value = self.read();
        self.next = next;
        value
    }

    /// Reads the key of a row of `M` that begins with the next column, which stays the next.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn peek_key<M: Model>(&mut self) -> Result<M::Key, DatabaseError> {
        let place = |nth: usize| M::NAMES.iter().position(|name| *name == M::KEY[nth]).unwrap_or(0);
        M::Key::read(self, place)
    }

    /// The name of the next column.
    #[must_use]
    pub fn name(&self) -> &'r str {
        self.row.columns().get(self.place(self.next)).map_or("", |column| column.name())
    }

    /// Passes over the next column, and says whether it is NULL.
    ///
    /// # Errors
    /// The row has no more columns.
    pub fn skip_null(&mut self) -> Result<bool, DatabaseError> {
        Ok(self.raw()?.is_none())
    }

    /// Passes over columns.
    pub fn skip(&mut self, columns: usize) {
        self.next += columns;
    }

    /// Passes over the columns of a row of `M` when there is none, which its primary key tells.
    pub fn skip_absent<M: Model>(&mut self) -> bool {
        let key = M::META.columns.iter().position(|column| column.primary_key).unwrap_or(0);
        let absent = matches!(self.row.try_get(self.next + key), Ok(Raw(None)));
        if absent {
            self.skip(M::NAMES.len());
        }
        absent
    }

    #[inline]
    fn place(&self, column: usize) -> usize {
        match self.places {
            None => column,
            Some(places) => places.get(column).copied().unwrap_or(usize::MAX),
        }
    }

    #[inline]
    fn raw(&mut self) -> Result<Option<&'r [u8]>, DatabaseError> {
        match self.row.try_get(self.place(self.next)) {
            Ok(Raw(raw)) => {
                self.next += 1;
                Ok(raw)
            }
            Err(error) => Err(error.into()),
        }
    }

    #[cold]
    fn problem(&self, problem: &DecodeError) -> DatabaseError {
        let name =
            self.row.columns().get(self.place(self.next.wrapping_sub(1))).map_or("?", |column| column.name());
        DatabaseError::new(ErrorKind::Decode, format!("column `{name}` cannot be read: {problem}"))
    }
}
