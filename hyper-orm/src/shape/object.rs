//! Several fields together: the struct, and its JSON object.

use std::marker::PhantomData;

use futures_util::future::try_join;
use hyper_core::db::{Column, DatabaseError, Reader};

use super::column::Source;
use super::plan::{Hole, Plan};
use crate::error::Result;
use crate::row::RowReader;
use crate::sql::{Params, Part, Rope};

/// A struct that is made of fields of these types.
#[doc(hidden)]
pub trait Members<T>: Sized + Send {
    fn from_members(members: T) -> Self;
    fn into_members(self) -> T;
}

/// A struct's plan, from those of its fields.
#[derive(Debug)]
pub struct Object<S, T>(T, PhantomData<fn() -> S>);

#[doc(hidden)]
pub fn object<S: Members<T::Value>, T: Plan>(members: T) -> Object<S, T> {
    Object(members, PhantomData)
}

impl<S: Members<T::Value>, T: Plan> Plan for Object<S, T> {
    type Value = S;
    type Owners = T::Owners;
    type Many = T::Many;
    const ROPE: Rope = T::ROPE;
    const COLUMNS: usize = T::COLUMNS;
    const MANY: bool = T::MANY;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }

    fn check(columns: &[Column]) -> Result<(), String> {
        T::check(columns)
    }

    #[inline]
    fn decode(row: &mut RowReader<'_>, owners: &mut T::Owners) -> Result<S, DatabaseError> {
        T::decode(row, owners).map(S::from_members)
    }

    fn write_json(
        &self,
        row: &mut RowReader<'_>,
        owners: &mut T::Owners,
        out: &mut Vec<u8>,
    ) -> Result<(), DatabaseError> {
        out.push(b'{');
        self.0.write_json(row, owners, out)?;
        out.push(b'}');
        Ok(())
    }

    fn load(&self, db: &impl Reader, owners: T::Owners) -> impl Future<Output = Result<T::Many>> + Send {
        self.0.load(db, owners)
    }

    fn load_json(
        &self,
        db: &impl Reader,
        owners: T::Owners,
    ) -> impl Future<Output = Result<Vec<Hole>>> + Send {
        self.0.load_json(db, owners)
    }

    fn fill(value: S, many: &mut T::Many) -> S {
        if T::MANY { S::from_members(T::fill(value.into_members(), many)) } else { value }
    }
}

/// A member of a JSON object: its name with a comma before and a colon behind, and its value.
#[derive(Debug)]
pub struct Member<Q>(&'static str, Q);

/// A field that is read, and is no member of the JSON object.
#[derive(Debug)]
pub struct Hidden<Q>(Q);

#[doc(hidden)]
pub fn member<F: Send, S: Source<F>>(name: &'static str, source: S) -> impl Plan<Value = F> {
    Member(name, source.plan())
}

#[doc(hidden)]
pub fn hidden<F: Send, S: Source<F>>(source: S) -> impl Plan<Value = F> {
    Hidden(source.plan())
}

macro_rules! passed_on {
    ($name:ident $index:tt, |$this:ident, $row:ident, $owners:ident, $out:ident| $write:expr) => {
        impl<Q: Plan> Plan for $name<Q> {
            type Value = Q::Value;
            type Owners = Q::Owners;
            type Many = Q::Many;
            const ROPE: Rope = Q::ROPE;
            const COLUMNS: usize = Q::COLUMNS;
            const MANY: bool = Q::MANY;

            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                self.$index.bind(params);
            }

            fn check(columns: &[Column]) -> Result<(), String> {
                Q::check(columns)
            }

            #[inline]
            fn decode(row: &mut RowReader<'_>, owners: &mut Q::Owners) -> Result<Q::Value, DatabaseError> {
                Q::decode(row, owners)
            }

            #[inline]
            fn write_json(
                &self,
                $row: &mut RowReader<'_>,
                $owners: &mut Q::Owners,
                $out: &mut Vec<u8>,
            ) -> Result<(), DatabaseError> {
                let $this = self;
                $write
            }

            fn load(
                &self,
                db: &impl Reader,
                owners: Q::Owners,
            ) -> impl Future<Output = Result<Q::Many>> + Send {
                self.$index.load(db, owners)
            }

            fn load_json(
                &self,
                db: &impl Reader,
                owners: Q::Owners,
            ) -> impl Future<Output = Result<Vec<Hole>>> + Send {
                self.$index.load_json(db, owners)
            }

            fn fill(value: Q::Value, many: &mut Q::Many) -> Q::Value {
                Q::fill(value, many)
            }
        }
    };
}

passed_on!(Member 1, |this, row, owners, out| {
    let first = usize::from(out.last() == Some(&b'{'));
    out.extend_from_slice(&this.0.as_bytes()[first..]);
    this.1.write_json(row, owners, out)
});
passed_on!(Hidden 0, |_this, row, _owners, _out| {
    row.skip(Q::COLUMNS);
    Ok(())
});

/// One after the other, or all at once where there are several.
macro_rules! joined {
    ($only:expr) => { $only };
    ($first:expr, $($rest:expr),+) => { try_join($first, joined!($($rest),+)) };
}

/// The names in what `joined` returns.
macro_rules! pattern {
    ($only:pat) => { $only };
    ($first:pat, $($rest:pat),+) => { ($first, pattern!($($rest),+)) };
}

macro_rules! implement {
    ($(($first:ident $zero:tt $(, $rest:ident $index:tt)*))+) => {$(
        impl<$first: Plan, $($rest: Plan),*> Plan for ($first, $($rest,)*) {
            type Value = ($first::Value, $($rest::Value,)*);
            type Owners = ($first::Owners, $($rest::Owners,)*);
            type Many = ($first::Many, $($rest::Many,)*);
            const ROPE: Rope = &[Part::Rope($first::ROPE), $(Part::Text(", "), Part::Rope($rest::ROPE)),*];
            const COLUMNS: usize = $first::COLUMNS $(+ $rest::COLUMNS)*;
            const MANY: bool = $first::MANY $(|| $rest::MANY)*;

            fn bind<'a>(&'a self, params: &mut Params<'a>) {
                self.$zero.bind(params);
                $(self.$index.bind(params);)*
            }

            fn check(columns: &[Column]) -> Result<(), String> {
                $first::check(columns)?;
                let columns = columns.get($first::COLUMNS..).unwrap_or(&[]);
                $(
                    $rest::check(columns)?;
                    let columns = columns.get($rest::COLUMNS..).unwrap_or(&[]);
                )*
                let _ = columns;
                Ok(())
            }

            #[inline]
            fn decode(
                row: &mut RowReader<'_>,
                owners: &mut Self::Owners,
            ) -> Result<Self::Value, DatabaseError> {
                Ok(($first::decode(row, &mut owners.$zero)?, $($rest::decode(row, &mut owners.$index)?,)*))
            }

            #[inline]
            fn write_json(
                &self,
                row: &mut RowReader<'_>,
                owners: &mut Self::Owners,
                out: &mut Vec<u8>,
            ) -> Result<(), DatabaseError> {
                self.$zero.write_json(row, &mut owners.$zero, out)?;
                $(self.$index.write_json(row, &mut owners.$index, out)?;)*
                Ok(())
            }

            #[expect(non_snake_case)]
            async fn load(&self, db: &impl Reader, owners: Self::Owners) -> Result<Self::Many> {
                let pattern!($first $(, $rest)*) =
                    joined!(self.$zero.load(db, owners.$zero) $(, self.$index.load(db, owners.$index))*)
                        .await?;
                Ok(($first, $($rest,)*))
            }

            #[expect(non_snake_case)]
            async fn load_json(&self, db: &impl Reader, owners: Self::Owners) -> Result<Vec<Hole>> {
                let pattern!($first $(, $rest)*) =
                    joined!(self.$zero.load_json(db, owners.$zero) $(, self.$index.load_json(db, owners.$index))*)
                        .await?;
                Ok($first.into_iter()$(.chain($rest))*.collect())
            }

            fn fill(value: Self::Value, many: &mut Self::Many) -> Self::Value {
                ($first::fill(value.$zero, &mut many.$zero), $($rest::fill(value.$index, &mut many.$index),)*)
            }
        }
    )+};
}

implement! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11)
}
