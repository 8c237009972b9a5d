//! What full-text search looks through.

use std::error::Error;
use std::fmt;

use bytes::{BufMut, BytesMut};
use hyper_core::db::types::{IsNull, ToSql, Type, to_sql_checked};
use serde::{Serialize, Serializer};

use super::escape::write_json_str;
use super::text::utf8;
use super::{DecodeError, Field, Single};
use crate::validation::Check;

/// A word of a [`TsVector`] with its places.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lexeme {
    /// The word, in its basic form.
    pub word: String,
    /// Where it stood, counted from 1, and its weight, `A` to `D`; none when only the word was kept.
    pub places: Vec<(u16, char)>,
}

/// A `tsvector`: a document's words in their basic forms, each with its places. PostgreSQL makes it, by `to_tsvector` or in
/// a generated column; a program mostly compares it. As text and in JSON it is written as PostgreSQL writes it:
/// `'cat':3 'fat':2A`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct TsVector {
    lexemes: Vec<Lexeme>,
}

impl TsVector {
    /// Of these words; their order does not matter.
    #[must_use]
    pub fn new(mut lexemes: Vec<Lexeme>) -> Self {
        // As PostgreSQL orders them.
        lexemes.sort();
        Self { lexemes }
    }

    /// Its words.
    #[must_use]
    pub fn lexemes(&self) -> &[Lexeme] {
        &self.lexemes
    }
}

impl fmt::Display for TsVector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, Lexeme { word, places }) in self.lexemes.iter().enumerate() {
            let space = if i == 0 { "" } else { " " };
            write!(f, "{space}'{}'", word.replace('\\', "\\\\").replace('\'', "''"))?;
            for (i, (place, weight)) in places.iter().enumerate() {
                let before = if i == 0 { ':' } else { ',' };
                write!(f, "{before}{place}")?;
                if *weight != 'D' {
                    write!(f, "{weight}")?;
                }
            }
        }
        Ok(())
    }
}

impl Serialize for TsVector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Check for TsVector {}

#[diagnostic::do_not_recommend]
impl Field for TsVector {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::TS_VECTOR;
    const ARRAY: Type = Type::TS_VECTOR_ARRAY;
    const DECLARATION: &'static str = "tsvector";

    /// The number of words; each ended by NUL, the number of its places, and these, with the weight in the upper two bits.
    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        let short = || DecodeError::from("it ends too early");
        let (count, mut rest) = raw.split_first_chunk::<4>().ok_or_else(short)?;
        let mut lexemes = Vec::new();
        for _ in 0..u32::from_be_bytes(*count) {
            let end = rest.iter().position(|&byte| byte == 0).ok_or_else(short)?;
            let word = utf8(&rest[..end])?.to_owned();
            let (count, after) = rest[end + 1..].split_first_chunk::<2>().ok_or_else(short)?;
            let count = usize::from(u16::from_be_bytes(*count));
            let (places, after) = after.split_at_checked(count * 2).ok_or_else(short)?;
            let place = |place: &[u8; 2]| {
                let place = u16::from_be_bytes(*place);
                (place & 0x3fff, ['D', 'C', 'B', 'A'][usize::from(place >> 14)])
            };
            lexemes.push(Lexeme { word, places: places.as_chunks().0.iter().map(place).collect() });
            rest = after;
        }
        Ok(Self { lexemes })
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        write_json_str(&Self::decode(raw)?.to_string(), out);
        Ok(())
    }
}

impl ToSql for TsVector {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.put_u32(u32::try_from(self.lexemes.len())?);
        for Lexeme { word, places } in &self.lexemes {
            if word.contains('\0') {
                return Err("a word of a tsvector cannot have a NUL character".into());
            }
            out.put_slice(word.as_bytes());
            out.put_u8(0);
            out.put_u16(u16::try_from(places.len())?);
            for (place, weight) in places {
                let weight = match weight {
                    'A' => 3,
                    'B' => 2,
                    'C' => 1,
                    'D' => 0,
                    other => {
                        return Err(
                            format!("a word's weight is one of A, B, C and D, and not `{other}`").into()
                        );
                    }
                };
                if !(1..=0x3fff).contains(place) {
                    return Err(format!("a word's place is from 1 to 16383, and not {place}").into());
                }
                out.put_u16(weight << 14 | place);
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::TS_VECTOR
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_words_read_back(words: Vec<(String, Vec<(u16, u8)>)>) {
            let places = |places: Vec<(u16, u8)>| {
                places.into_iter().map(|(n, w)| (n % 0x3fff + 1, char::from(b'A' + w % 4))).collect()
            };
            let lexeme = |(word, at): (String, _)| Lexeme { word: word.replace('\0', ""), places: places(at) };
            let vector = TsVector::new(words.into_iter().map(lexeme).collect());
            let mut wire = BytesMut::new();
            vector.to_sql(&Type::TS_VECTOR, &mut wire).unwrap();
            prop_assert_eq!(TsVector::decode(&wire).unwrap(), vector);
        }

        #[test]
        fn broken_vectors_are_refused(raw: Vec<u8>) {
            let _ = TsVector::decode(&raw);
        }
    }

    #[test]
    fn it_is_written_as_postgresql_does() {
        let word = |word: &str, places: &[(u16, char)]| Lexeme { word: word.into(), places: places.to_vec() };
        let vector = TsVector::new(vec![
            word("fat", &[(2, 'A'), (11, 'D')]),
            word("it's \\", &[]),
            word("a", &[(1, 'C')]),
        ]);
        assert_eq!(vector.to_string(), r"'a':1C 'fat':2A,11 'it''s \\'");
    }
}
