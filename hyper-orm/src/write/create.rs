//! `INSERT`.

use std::marker::PhantomData;

use hyper_core::ValidationErrors;
use hyper_core::db::{Executor, Sql};

use super::conflict::{Conflict, Refuse};
use crate::error::{Error, Result, refused};
use crate::expr::Assignments;
use crate::model::{Model, Path, Root, Signals};
use crate::query::asked::asked;
use crate::query::{QuerySet, Selection, Whole};
use crate::row::RowReader;
use crate::sql::{Params, Part, Rope, Statement, Text};

struct Insert<M, A, C>(PhantomData<fn() -> (M, A, C)>);

impl<M: Model, A: Assignments<M>, C: Conflict<M>> Statement for Insert<M, A, C> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Text("INSERT INTO "),
        Part::Name(M::TABLE),
        Part::Text(" ("),
        Part::Rope(A::NAMES),
        Part::Text(") VALUES ("),
        Part::Rope(A::VALUES),
        Part::Text(")"),
        Part::Rope(C::ROPE),
        Part::Text(" RETURNING "),
        Part::Columns(Root::<M>::NODE, M::NAMES),
    ];
}

/// Stops the build when a column that needs a value is given none, or one is given two.
#[track_caller]
pub(super) const fn check_required<M: Model>(given: &[usize]) {
    check_required_of_two::<M>(given, &[]);
}

/// The same for what is given in two lots.
#[track_caller]
pub(super) const fn check_required_of_two<M: Model>(given: &[usize], more: &[usize]) {
    let columns = M::META.columns;
    let mut column = 0;
    while column < columns.len() {
        let times = times(given, column) + times(more, column);
        if times == 0 && columns[column].required() {
            report("`create` gives no value to the required field `", columns[column].field, M::TABLE);
        }
        if times > 1 {
            report("`create` gives two values to the field `", columns[column].field, M::TABLE);
        }
        column += 1;
    }
}

const fn times(given: &[usize], column: usize) -> usize {
    let (mut times, mut i) = (0, 0);
    while i < given.len() {
        if given[i] == column {
            times += 1;
        }
        i += 1;
    }
    times
}

#[track_caller]
const fn report(problem: &str, field: &str, table: &str) -> ! {
    let mut text = [0_u8; 300];
    let pieces: [&str; 4] = [problem, field, "` of table `", table];
    let mut len = 0;
    let mut i = 0;
    while i < pieces.len() {
        let bytes = pieces[i].as_bytes();
        let mut k = 0;
        while k < bytes.len() && len < 298 {
            text[len] = bytes[k];
            len += 1;
            k += 1;
        }
        i += 1;
    }
    text[len] = b'`';
    match std::str::from_utf8(text.split_at(len + 1).0) {
        Ok(text) => panic!("{}", text),
        Err(_) => panic!("a field's values are not as `create` needs them"),
    }
}

impl<M: Model> QuerySet<M> {
    /// Inserts a row and returns it, with what the database filled in.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db, user: User) -> Result<()> {
    /// let values = (Post.title.set("Hello"), Post.author.set(&user));
    /// assert!(Post::objects().create_sql(&values).starts_with(
    ///     r#"INSERT INTO "posts" ("title", "author_id") VALUES ($1, $2) RETURNING "posts"."id", "posts"."title", "#
    /// ));
    /// let post: Post = Post::objects().create(db, values).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// A field without a value that has no default and cannot be NULL stops the build.
    ///
    /// # Errors
    /// [`Invalid`](Error::Invalid) with all broken rules by field, before anything is sent; what PostgreSQL
    /// reports, such as a value that must be unique and is not; or that it cannot be reached.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn create<A: Assignments<M>>(self, db: &impl Executor, values: A) -> impl Future<Output = Result<M>> {
        asked::<M, _>(async move {
            let mut errors = ValidationErrors::new();
            values.check(&mut errors);
            errors.into_result()?;
            let row = insert(db, &values, &Refuse).await?.ok_or(Error::DoesNotExist { table: M::TABLE })?;
            M::Signals::post_save(db, &row, true).await?;
            Ok(row)
        })
    }

    /// The text [`create`](Self::create) sends.
    #[must_use]
    pub fn create_sql<A: Assignments<M>>(self, _values: &A) -> &'static str {
        insert_sql::<M, A, Refuse>().text
    }
}

/// Inserts a row, and returns it or what became of it.
pub(super) async fn insert<M: Model, A: Assignments<M>, C: Conflict<M>>(
    db: &impl Executor,
    values: &A,
    conflict: &C,
) -> Result<Option<M>> {
    let mut params = Params::new();
    values.bind(&mut params);
    conflict.bind(&mut params);
    let params = &params;
    let mut created = None;
    db.write(insert_sql::<M, A, C>(), params.as_slice(), |row| {
        created = Some(M::decode(&mut RowReader::new(row))?);
        Ok(())
    })
    .await
    .map_err(refused::<M>)?;
    Ok(created)
}

pub(super) const fn insert_sql<M: Model, A: Assignments<M>, C: Conflict<M>>() -> Sql<'static> {
    // Here and not in the statement's own constants, so that the error is not followed by each that needs another.
    const { check_required::<M>(A::COLUMNS) };
    Text::<Insert<M, A, C>, 0>::SQL.checked(<Whole as Selection<M>>::check)
}
