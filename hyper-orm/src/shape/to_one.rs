//! Fields that lead to one row: its key, or a shape of it, by a join; and expressions.

use std::marker::PhantomData;

use hyper_core::db::{Column as Found, DatabaseError, Reader};

use super::Shape;
use super::column::{Cell, Source, check_column};
use super::plan::{Hole, Plan, nothing_behind};
use crate::error::Result;
use crate::expr::Node;
use crate::field::Field;
use crate::model::{Back, ForeignKey, HasForeignKey, HasOne, Model, Path, Relation, ToOne, Via};
use crate::row::RowReader;
use crate::sql::{Params, Part, Rope};

/// A field read from a foreign key to `M`: the key, or a shape of `M`. `N` is `bool`, or `Option<bool>` where there may
/// be no row.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a relation to one `{M}`",
    label = "expected the key, or a struct with `#[derive(Shape)]` and `#[shape({M})]`; an `Option` where there may be none"
)]
pub trait ToOneField<M, N>: Sized + Send {
    #[doc(hidden)]
    fn plan<R: Model, P: Path>() -> impl Plan<Value = Self>;
}

#[diagnostic::do_not_recommend]
impl<S: Shape> ToOneField<S::Model, bool> for S {
    fn plan<R: Model, P: Path>() -> impl Plan<Value = Self> {
        <S as Shape>::plan::<R, P>()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Shape> ToOneField<S::Model, Option<bool>> for Option<S> {
    fn plan<R: Model, P: Path>() -> impl Plan<Value = Self> {
        Present::<S::Model, P, _>(<S as Shape>::plan::<R, P>(), PhantomData)
    }
}

/// A value behind the primary key of its row, which is NULL where there is none.
#[derive(Debug)]
pub struct Present<M, P, Q>(Q, PhantomData<fn() -> (M, P)>);

impl<M: Model, P: Path, Q: Plan> Plan for Present<M, P, Q> {
    type Value = Option<Q::Value>;
    type Owners = Q::Owners;
    type Many = Q::Many;
    const ROPE: Rope = &[Part::Column(P::NODE, M::KEY[0]), Part::Text(", "), Part::Rope(Q::ROPE)];
    const COLUMNS: usize = 1 + Q::COLUMNS;
    const MANY: bool = Q::MANY;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }

    fn check(columns: &[Found]) -> Result<(), String> {
        Q::check(columns.get(1..).unwrap_or(&[]))
    }

    fn decode(row: &mut RowReader<'_>, owners: &mut Q::Owners) -> Result<Self::Value, DatabaseError> {
        if row.skip_null()? {
            row.skip(Q::COLUMNS);
            return Ok(None);
        }
        Q::decode(row, owners).map(Some)
    }

    fn write_json(
        &self,
        row: &mut RowReader<'_>,
        owners: &mut Q::Owners,
        out: &mut Vec<u8>,
    ) -> Result<(), DatabaseError> {
        if row.skip_null()? {
            row.skip(Q::COLUMNS);
            out.extend_from_slice(b"null");
            return Ok(());
        }
        self.0.write_json(row, owners, out)
    }

    fn load(&self, db: &impl Reader, owners: Q::Owners) -> impl Future<Output = Result<Q::Many>> + Send {
        self.0.load(db, owners)
    }

    fn load_json(
        &self,
        db: &impl Reader,
        owners: Q::Owners,
    ) -> impl Future<Output = Result<Vec<Hole>>> + Send {
        self.0.load_json(db, owners)
    }

    fn fill(value: Self::Value, many: &mut Q::Many) -> Self::Value {
        value.map(|value| Q::fill(value, many))
    }
}

/// The primary key at the end of path `P`, which for a foreign key is the foreign key.
#[derive(Debug)]
struct Key<M, P>(PhantomData<fn() -> (M, P)>);

impl<M: Model, P: Path> Node for Key<M, P> {
    const ROPE: Rope = &[Part::Column(P::NODE, M::KEY[0])];
    const NULLABLE: bool = P::NODE.nullable;

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

/// A key as a field of a shape has it, out of `F`.
trait OfKey<F>: Send {
    fn of(key: F) -> Self;
}

impl<M: Model> OfKey<M::Key> for ForeignKey<M> {
    fn of(id: M::Key) -> Self {
        Self::of(id)
    }
}

impl<M: Model> OfKey<Option<M::Key>> for Option<ForeignKey<M>> {
    fn of(key: Option<M::Key>) -> Self {
        key.map(ForeignKey::of)
    }
}

/// A key read as `F`, in a type of its own.
struct Wrapped<V, F, N>(Cell<F, N>, PhantomData<fn() -> V>);

impl<V: OfKey<F>, F: Field, N: Node> Plan for Wrapped<V, F, N> {
    type Value = V;
    const ROPE: Rope = N::ROPE;
    const COLUMNS: usize = 1;
    nothing_behind!();

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }

    fn check(columns: &[Found]) -> Result<(), String> {
        check_column::<F>(columns)
    }

    fn decode(row: &mut RowReader<'_>, (): &mut ()) -> Result<V, DatabaseError> {
        row.read().map(V::of)
    }

    fn write_json(
        &self,
        row: &mut RowReader<'_>,
        (): &mut (),
        out: &mut Vec<u8>,
    ) -> Result<(), DatabaseError> {
        row.write_json::<F>(out)
    }
}

macro_rules! foreign_keys {
    ($($nullable:ty: $field:ty, of $key:ty;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: Model<Key: Field<Base = M::Key>>> ToOneField<M, $nullable> for $field {
            fn plan<R: Model, P: Path>() -> impl Plan<Value = Self> {
                Wrapped::<Self, $key, _>(Cell(Key::<M, P>(PhantomData), PhantomData), PhantomData)
            }
        }
    )+};
}

foreign_keys! {
    bool: ForeignKey<M>, of M::Key;
    Option<bool>: Option<ForeignKey<M>>, of Option<M::Key>;
}

macro_rules! keys {
    ($($key:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: Model<Key = $key>> ToOneField<M, bool> for $key {
            fn plan<R: Model, P: Path>() -> impl Plan<Value = Self> {
                Cell(Key::<M, P>(PhantomData), PhantomData)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model<Key = $key>> ToOneField<M, Option<bool>> for Option<$key> {
            fn plan<R: Model, P: Path>() -> impl Plan<Value = Self> {
                Cell(Key::<M, P>(PhantomData), PhantomData)
            }
        }
    )+};
}

keys!(i16, i32, i64, String, uuid::Uuid);

impl<F, R: Model, P: Path, M: HasForeignKey<I>, const I: usize> Source<F> for Relation<R, P, M, I>
where
    F: ToOneField<M::Target, <Via<P, M, I> as Path>::Reached<bool>>,
{
    fn plan(self) -> impl Plan<Value = F> {
        F::plan::<R, Via<P, M, I>>()
    }
}

impl<F, R: Model, P: Path, M: HasOne<I>, const I: usize> Source<F> for ToOne<R, P, M, I>
where
    F: ToOneField<M::Target, Option<bool>>,
{
    fn plan(self) -> impl Plan<Value = F> {
        F::plan::<R, Back<P, M, I>>()
    }
}
