//! Many rows inserted by one statement: `bulk_create`, by an array a column.

use std::error::Error as StdError;
use std::fmt::{self, Write};
use std::marker::PhantomData;

use bytes::{BufMut, BytesMut};
use hyper_core::ValidationErrors;
use hyper_core::db::types::{IsNull, Kind, ToSql, Type};
use hyper_core::db::{Executor, Param, Sql};

use super::conflict::{Conflict, Refuse};
use super::create::check_required;
use crate::error::{Result, refused};
use crate::expr::{Assign, Assignments, Node, Value};
use crate::model::{HasColumn, Model, Path, Root};
use crate::query::asked::asked;
use crate::query::{QuerySet, Selection, Whole};
use crate::row::RowReader;
use crate::sql::{Params, Part, Rope, Statement, Text, render, render_from};
use crate::tuples::tuples;

/// A row that `bulk_create` can insert: values for columns of `M`, as `create` takes them.
#[diagnostic::on_unimplemented(
    message = "`bulk_create` cannot insert this into the table of `{M}`",
    label = "expected assignments of values to columns, such as `({M}.title.set(\"..\"), ..)`",
    note = "expressions that PostgreSQL computes are for `create` and `update`; here each row has its values"
)]
pub trait BulkRow<M>: Assignments<M> {
    /// The value for the `nth` of its columns.
    fn value(&self, nth: usize) -> Param<'_>;
}

#[diagnostic::do_not_recommend]
impl<M: HasColumn<I>, V: ToSql + Sync, const I: usize> BulkRow<M> for Assign<M, Value<V>, I>
where
    Value<V>: Node,
{
    fn value(&self, _: usize) -> Param<'_> {
        &self.node.0
    }
}

macro_rules! implement {
    ($(($($name:ident),+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M, $($name: BulkRow<M>),+> BulkRow<M> for ($($name,)+) {
            #[expect(non_snake_case)]
            fn value(&self, nth: usize) -> Param<'_> {
                let ($($name,)+) = self;
                let mut nth = nth;
                $(
                    if let Some(beyond) = nth.checked_sub(<$name as Assignments<M>>::COLUMNS.len()) {
                        nth = beyond;
                    } else {
                        return $name.value(nth);
                    }
                )+
                panic!("a row has values for its columns only, and this is the {nth} beyond the last")
            }
        }
    )+};
}

tuples!(up to 16: implement);

/// One column's values in all rows, as an array.
pub(super) struct Column<F> {
    pub(super) rows: usize,
    pub(super) value: F,
}

impl<F> fmt::Debug for Column<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} values]", self.rows)
    }
}

impl<'a, F: Fn(usize) -> Param<'a>> ToSql for Column<F> {
    /// As PostgreSQL's `array_recv` wants it: dimensions, whether there are NULLs, the elements' type, how many
    /// there are and from where they are counted; then each behind its length.
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        let Kind::Array(member) = ty.kind() else {
            return Err(format!("expected an array of a column's values, found `{ty}`").into());
        };
        out.put_i32(1);
        out.put_i32(1);
        out.put_u32(member.oid());
        out.put_i32(i32::try_from(self.rows)?);
        out.put_i32(1);
        for row in 0..self.rows {
            let at = out.len();
            out.put_i32(0);
            let length = match (self.value)(row).to_sql_checked(member, out)? {
                IsNull::Yes => -1,
                IsNull::No => i32::try_from(out.len() - at - 4)?,
            };
            out[at..at + 4].copy_from_slice(&length.to_be_bytes());
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        self.to_sql(ty, out)
    }
}

/// `INSERT .. SELECT .. FROM unnest($1, $2)`: one text for any number of rows.
struct BulkInsert<M, A, C>(PhantomData<fn() -> (M, A, C)>);

impl<M: Model, A: Assignments<M>, C: Conflict<M>> Statement for BulkInsert<M, A, C> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Text("INSERT INTO "),
        Part::Name(M::TABLE),
        Part::Text(" ("),
        Part::Rope(A::NAMES),
        Part::Text(") SELECT * FROM unnest("),
        Part::Arrays(A::COLUMNS, M::META.columns),
        Part::Text(")"),
        Part::Rope(C::ROPE),
        Part::Text(" RETURNING "),
        Part::Columns(Root::<M>::NODE, M::NAMES),
    ];
}

/// Most parameters of a statement.
pub(super) const MOST_PARAMS: usize = 65_535;

/// Inserts all rows, and returns those that were inserted or updated.
pub(super) async fn insert<M: Model, A: BulkRow<M>, C: Conflict<M>>(
    db: &impl Executor,
    rows: Vec<A>,
    conflict: &C,
) -> Result<Vec<M>> {
    const { check_required::<M>(A::COLUMNS) };
    for row in &rows {
        let mut errors = ValidationErrors::new();
        row.check(&mut errors);
        errors.into_result()?;
    }
    let mut inserted = Vec::with_capacity(rows.len());
    if A::COLUMNS.iter().any(|&column| M::META.columns[column].is_array) {
        // An array of arrays would come out of `unnest` as one long list.
        for rows in rows.chunks(MOST_PARAMS / A::COLUMNS.len() - conflict.params()) {
            let text = values_text::<M, A, C>(rows.len());
            let mut params = Params::new();
            for row in rows {
                (0..A::COLUMNS.len()).for_each(|nth| params.push(row.value(nth)));
            }
            conflict.bind(&mut params);
            run(db, Sql::rendered(&text), &params, &mut inserted).await?;
        }
    } else if !rows.is_empty() {
        let rows = rows.as_slice();
        let columns: Vec<_> = (0..A::COLUMNS.len())
            .map(|nth| Column { rows: rows.len(), value: move |row: usize| rows[row].value(nth) })
            .collect();
        let mut params = Params::new();
        columns.iter().for_each(|column| params.push(column));
        conflict.bind(&mut params);
        run(db, Text::<BulkInsert<M, A, C>, 0>::SQL, &params, &mut inserted).await?;
    }
    Ok(inserted)
}

async fn run<M: Model>(
    db: &impl Executor,
    sql: Sql<'_>,
    params: &Params<'_>,
    inserted: &mut Vec<M>,
) -> Result<()> {
    db.write(sql.checked(<Whole as Selection<M>>::check), params.as_slice(), |row| {
        inserted.push(M::decode(&mut RowReader::new(row))?);
        Ok(())
    })
    .await
    .map_err(refused::<M>)?;
    Ok(())
}

/// `INSERT .. VALUES ($1, $2), ($3, $4), ..`
struct BulkValues<M, A, C>(PhantomData<fn() -> (M, A, C)>);

impl<M: Model, A: Assignments<M>, C: Conflict<M>> BulkValues<M, A, C> {
    const HEAD: Rope = &[
        Part::Text("INSERT INTO "),
        Part::Name(M::TABLE),
        Part::Text(" ("),
        Part::Rope(A::NAMES),
        Part::Text(") VALUES "),
    ];
    const TAIL: Rope =
        &[Part::Rope(C::ROPE), Part::Text(" RETURNING "), Part::Columns(Root::<M>::NODE, M::NAMES)];
}

fn values_text<M: Model, A: Assignments<M>, C: Conflict<M>>(rows: usize) -> String {
    let mut text = String::from(render(M::TABLE, BulkValues::<M, A, C>::HEAD, 0).as_str());
    let mut number = 0;
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..A::COLUMNS.len() {
            number += 1;
            let _ = write!(text, "{}${number}", if column == 0 { "" } else { ", " });
        }
        text.push(')');
    }
    text.push_str(render_from(M::TABLE, BulkValues::<M, A, C>::TAIL, 0, number).as_str());
    text
}

impl<M: Model> QuerySet<M> {
    /// Inserts many rows in one statement and returns them, in the order given. The text is the same for any number of
    /// rows, as each column's values go as one array. For very many rows `copy_in` is faster still.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let titles = ["One", "Two", "Three"];
    /// // INSERT INTO "posts" ("title", "author_id") SELECT * FROM unnest($1::text[], $2::bigint[]) RETURNING ..
    /// let posts: Vec<Post> = Post::objects()
    ///     .bulk_create(db, titles.map(|title| (Post.title.set(title), Post.author.set(1))))
    ///     .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::Error::Invalid) with the broken rules of the first row that has some, before anything is sent;
    /// what PostgreSQL reports: then no row was inserted. Rows with a column that is an array go in statements of at
    /// most 65,535 values; to have all or none of more, call it in a transaction.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn bulk_create<A: BulkRow<M>>(
        self,
        db: &impl Executor,
        rows: impl IntoIterator<Item = A>,
    ) -> impl Future<Output = Result<Vec<M>>> {
        asked::<M, _>(async move { insert(db, rows.into_iter().collect(), &Refuse).await })
    }
}
