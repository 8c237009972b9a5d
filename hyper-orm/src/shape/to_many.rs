//! Fields that are the many rows belonging to a row: one more statement for all rows together.

use std::hash::Hash;
use std::marker::PhantomData;

use hyper_core::db::types::ToSql;
use hyper_core::db::{Column, DatabaseError, Reader};

use super::Shape;
use super::column::{Source, check_column};
use super::owners::{Owners, Places};
use super::plan::{Hole, Plan};
use super::selection::Shaped;
use super::splice::copy;
use crate::error::Result;
use crate::expr::Ordering;
use crate::field::Field;
use crate::model::{HasMany, Model, Path, Root, ToMany};
use crate::query::{Everything, Filter, Many, QuerySet, Whole, Window};
use crate::row::RowReader;
use crate::sql::{Params, Part, Rope, Zero};

/// A field read from relation number `I` of `M` to many: a `Vec` of shapes of the other model.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a relation to many",
    label = "expected `Vec<_>` of a struct with `#[derive(Shape)]` for the model at the other end"
)]
pub trait ToManyField<M: HasMany<I>, const I: usize>: Sized + Send {
    #[doc(hidden)]
    fn plan<P, W, O, const LIMIT: bool, const OFFSET: bool>(
        query: QuerySet<M::Target, Whole, W, O, Window<LIMIT, OFFSET>>,
    ) -> impl Plan<Value = Self>
    where
        P: Path,
        W: Filter<Options = Zero>,
        O: Ordering<M::Target>;
}

#[diagnostic::do_not_recommend]
impl<M, const I: usize, S> ToManyField<M, I> for Vec<S>
where
    M: HasMany<I, Key: Field<Base = M::Key> + ToSql + Hash + Eq>,
    S: Shape<Model = M::Target>,
{
    fn plan<P, W, O, const LIMIT: bool, const OFFSET: bool>(
        query: QuerySet<M::Target, Whole, W, O, Window<LIMIT, OFFSET>>,
    ) -> impl Plan<Value = Self>
    where
        P: Path,
        W: Filter<Options = Zero>,
        O: Ordering<M::Target>,
    {
        let QuerySet { filter, order, window, model, .. } = query;
        let select = Shaped::new(S::plan::<M::Target, Root<M::Target>>());
        ManyOf::<P, M, I, _>(QuerySet { select, filter, order, window, model }, PhantomData)
    }
}

/// The many of relation number `I` of `M`, by a query on them.
#[derive(Debug)]
pub struct ManyOf<P, M, const I: usize, Q>(Q, PhantomData<fn() -> (P, M)>);

impl<P, M, const I: usize, S, Q, W, O, const LIMIT: bool, const OFFSET: bool> Plan
    for ManyOf<P, M, I, QuerySet<M::Target, Shaped<Q, S>, W, O, Window<LIMIT, OFFSET>>>
where
    P: Path,
    M: HasMany<I, Key: Field<Base = M::Key> + ToSql + Hash + Eq>,
    S: Send,
    Q: Plan<Value = S>,
    W: Filter<Options = Zero>,
    O: Ordering<M::Target>,
{
    type Value = Vec<S>;
    type Owners = Owners<M::Key>;
    type Many = std::vec::IntoIter<Vec<S>>;
    const ROPE: Rope = &[Part::Column(P::NODE, M::KEY[0])];
    const COLUMNS: usize = 1;
    const MANY: bool = true;

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}

    fn check(columns: &[Column]) -> Result<(), String> {
        check_column::<M::Key>(columns)
    }

    fn decode(row: &mut RowReader<'_>, owners: &mut Owners<M::Key>) -> Result<Vec<S>, DatabaseError> {
        owners.keys.push(row.read::<Option<M::Key>>()?);
        Ok(Vec::new())
    }

    fn write_json(
        &self,
        row: &mut RowReader<'_>,
        owners: &mut Owners<M::Key>,
        out: &mut Vec<u8>,
    ) -> Result<(), DatabaseError> {
        owners.keys.push(row.read::<Option<M::Key>>()?);
        out.push(b'[');
        owners.places.push(out.len());
        out.push(b']');
        Ok(())
    }

    async fn load(&self, db: &impl Reader, owners: Owners<M::Key>) -> Result<Self::Many> {
        let mut of: Vec<Vec<S>> = std::iter::repeat_with(Vec::new).take(owners.keys.len()).collect();
        let places = Places::of(owners.keys);
        if places.keys.is_empty() {
            return Ok(of.into_iter());
        }
        let (mut rows, mut below) = (Vec::new(), Q::Owners::default());
        self.0
            .of_owners::<M, I>(db, &places.keys, |owner, row| {
                for place in places.each(&owner) {
                    // Read once more for each owner of the same key, as values need not be `Clone`.
                    let mut row = *row;
                    rows.push((place, Q::decode(&mut row, &mut below)?));
                }
                Ok(())
            })
            .await?;
        if Q::MANY {
            let mut many = self.0.select.0.load(&self.0.within(db), below).await?;
            for (place, row) in rows {
                of[place].push(Q::fill(row, &mut many));
            }
        } else {
            for (place, row) in rows {
                of[place].push(row);
            }
        }
        Ok(of.into_iter())
    }

    async fn load_json(&self, db: &impl Reader, owners: Owners<M::Key>) -> Result<Vec<Hole>> {
        let mut of: Vec<Hole> = owners.places.into_iter().map(|at| Hole { at, json: Vec::new() }).collect();
        let places = Places::of(owners.keys);
        if places.keys.is_empty() {
            return Ok(Vec::new());
        }
        let (mut text, mut rows, mut below) = (Vec::new(), Vec::new(), Q::Owners::default());
        self.0
            .of_owners::<M, I>(db, &places.keys, |owner, row| {
                for place in places.each(&owner) {
                    let from = text.len();
                    self.0.select.0.write_json(&mut row.clone(), &mut below, &mut text)?;
                    rows.push((place, from..text.len()));
                }
                Ok(())
            })
            .await?;
        let mut holes =
            if Q::MANY { self.0.select.0.load_json(&self.0.within(db), below).await? } else { Vec::new() };
        holes.sort_unstable_by_key(|hole| hole.at);
        let mut holes = holes.as_slice();
        for (place, part) in rows {
            let json = &mut of[place].json;
            if !json.is_empty() {
                json.push(b',');
            }
            copy(&text, part, &mut holes, json);
        }
        Ok(of)
    }

    fn fill(_: Vec<S>, many: &mut Self::Many) -> Vec<S> {
        many.next().unwrap_or_default()
    }
}

impl<F, R, P: Path, M: HasMany<I>, const I: usize> Source<F> for ToMany<R, P, M, I>
where
    F: ToManyField<M, I>,
{
    fn plan(self) -> impl Plan<Value = F> {
        F::plan::<P, Everything, _, false, false>(self.all_related().query)
    }
}

impl<F, R, P: Path, M: HasMany<I>, const I: usize, W, O, const LIMIT: bool, const OFFSET: bool> Source<F>
    for Many<R, P, M, I, QuerySet<M::Target, Whole, W, O, Window<LIMIT, OFFSET>>>
where
    F: ToManyField<M, I>,
    W: Filter<Options = Zero>,
    O: Ordering<M::Target>,
{
    fn plan(self) -> impl Plan<Value = F> {
        F::plan::<P, W, O, LIMIT, OFFSET>(self.query)
    }
}

/// The columns of a model in a query on itself.
type OwnColumns<M> = <M as Model>::Columns<M, Root<M>>;

/// What `#[shape(order_by = [-id])]` says: an order by the related model's columns, whose name the macro does not know.
#[doc(hidden)]
pub fn ordered<
    R,
    P: Path,
    M: HasMany<I>,
    const I: usize,
    W,
    L,
    O: Ordering<M::Target>,
    const LIMIT: bool,
    const OFFSET: bool,
>(
    many: Many<R, P, M, I, QuerySet<M::Target, Whole, W, L, Window<LIMIT, OFFSET>>>,
    order: impl FnOnce(&'static OwnColumns<M::Target>) -> O,
) -> Many<R, P, M, I, QuerySet<M::Target, Whole, W, O, Window<LIMIT, OFFSET>>> {
    many.order_by(order(<OwnColumns<M::Target> as crate::model::ColumnSet>::ALL))
}
