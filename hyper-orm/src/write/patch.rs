//! `UPDATE` of the columns that are touched.

use std::fmt::Write;
use std::marker::PhantomData;

use hyper_core::ValidationErrors;
use hyper_core::db::{Executor, Param, Sql};

use super::always::Always;
use crate::error::{Error, Result, refused};
use crate::expr::{Node, Ordering};
use crate::input::Changes;
use crate::model::{Model, Path, Root};
use crate::query::asked::asked;
use crate::query::{
    Chain, Conditions, Everything, Filter, Filtered, KeyIs, Plain, QuerySet, Selection, Whole, Window,
};
use crate::row::RowReader;
use crate::sql::{Options, Params, Part, Rope, Statement, Text, render_now};

/// What stands behind the new values: a constant, as its parameters are numbered before theirs. With `ROWS`, the rows
/// come back.
struct Tail<M, W, const ROWS: bool>(PhantomData<fn() -> (M, W)>);

impl<M: Model, W: Filter, const ROWS: bool> Statement for Tail<M, W, ROWS> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::WhereKey(M::KEY, Conditions::<M, W>::ROPE),
        Part::Rope(if ROWS {
            &[Part::Text(" RETURNING "), Part::Columns(Root::<M>::NODE, M::NAMES)]
        } else {
            &[]
        }),
    ];
}

/// The columns that are touched, with their new values; or what is wrong with those.
fn touched<'a, M: Model, C: Changes<M>>(changes: &'a C) -> Result<Vec<(usize, Param<'a>)>> {
    let mut errors = ValidationErrors::new();
    changes.check(&mut errors);
    errors.into_result()?;
    let mut touched = Vec::new();
    changes.each(&mut |number, value| touched.push((number, value)));
    Ok(touched)
}

/// `UPDATE .. SET ..`, with parameters behind the first `params`, which are those of `tail`.
fn text<M: Model>(touched: &[(usize, Param<'_>)], params: usize, tail: &str) -> String {
    let mut text = format!("UPDATE \"{}\" SET ", M::TABLE);
    for (nth, (number, _)) in touched.iter().enumerate() {
        let comma = if nth == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}\"{}\" = ${}", M::NAMES[*number], params + nth + 1);
    }
    let columns: Vec<_> = touched.iter().map(|(number, _)| *number).collect();
    let always = Always::<M>::beside(&columns);
    if !always.is_empty() {
        text.push_str(&render_now(M::TABLE, always, 0).expect("three columns"));
    }
    text.push_str(tail);
    text
}

impl<M: Model, S, W: Filter, O, const LIMIT: bool, const OFFSET: bool>
    QuerySet<M, S, W, O, Window<LIMIT, OFFSET>>
where
    (S, O, Window<LIMIT, OFFSET>): Plain,
    W: Filtered,
{
    /// Changes the columns that are touched, in all rows of the query, and returns how many there are. The text names
    /// those columns only; a connection prepares it once for each set of columns.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// #[derive(Patch, Default)]
    /// #[patch(Post)]
    /// struct PostPatch {
    ///     title: Patch<String>,
    ///     url: Patch<Option<String>>,
    ///     score: Patch<i32>,
    /// }
    ///
    /// let post = Post::objects().filter(Post.id.eq(7));
    /// let patch = PostPatch { url: Patch::Set(None), score: 3.into(), ..PostPatch::default() };
    /// assert_eq!(
    ///     post.patch_sql(&patch).unwrap(),
    ///     r#"UPDATE "posts" SET "url" = $2, "score" = $3 WHERE "posts"."id" = $1"#
    /// );
    /// # async fn f(db: &Db, author: &User) -> Result<()> {
    /// # let (post, patch) = (Post::objects().filter(Post.id.eq(7)), PostPatch::default());
    /// // With what the client has no say in.
    /// let changed: u64 = post.patch(db, (patch, Post.author.set(author.id))).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// Where nothing is touched, nothing is changed, and the rows are counted: 0 always means that there are none.
    /// `auto_now` and `version` columns change with the others, as by `update`.
    ///
    /// # Errors
    /// [`Invalid`](Error::Invalid) with all broken rules of the touched columns by field, before anything is sent; what
    /// PostgreSQL reports, or that it cannot be reached.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn patch<C: Changes<M>>(&self, db: &impl Executor, changes: C) -> impl Future<Output = Result<u64>>
    where
        S: Selection<M>,
        O: Ordering<S::Scope>,
    {
        asked::<M, _>(async move {
            let touched = touched(&changes)?;
            if touched.is_empty() {
                return self.count(db).await;
            }
            let mut params = Params::new();
            self.filter.bind(&mut params);
            let text = self.patch_text(&touched, params.as_slice().len());
            touched.iter().for_each(|(_, value)| params.push(*value));
            let params = &params;
            db.write(Sql::rendered(&text), params.as_slice(), |_| Ok(())).await.map_err(refused::<M>)
        })
    }

    /// The text [`patch`](Self::patch) sends; none where nothing is touched, or values break rules.
    #[must_use]
    pub fn patch_sql<C: Changes<M>>(&self, changes: &C) -> Option<String> {
        let touched = touched(changes).ok().filter(|touched| !touched.is_empty())?;
        let mut params = Params::new();
        self.filter.bind(&mut params);
        Some(self.patch_text(&touched, params.as_slice().len()))
    }

    fn patch_text(&self, touched: &[(usize, Param<'_>)], params: usize) -> String {
        let tail = W::Options::sql::<Tail<M, W, false>>(self.filter.present());
        text::<M>(touched, params, tail.text)
    }
}

impl<M: Model, const SCOPED: bool> QuerySet<M, Whole, Everything<SCOPED>> {
    /// Changes the columns that are touched in the row with this primary key, and returns the row: what a PATCH request
    /// asks for. Where nothing is touched, the row is read.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// #[derive(Patch)]
    /// #[patch(Post)]
    /// struct PostPatch {
    ///     title: Patch<String>,
    ///     url: Patch<Option<String>>,
    /// }
    ///
    /// /// Changes a post.
    /// #[patch("/posts/{id}")]
    /// async fn change(id: i64, body: Json<PostPatch>, db: &Db) -> Result<Json<Post>> {
    ///     // UPDATE "posts" SET "title" = $2 WHERE "posts"."id" = $1 RETURNING "posts"."id", ..
    ///     Ok(Json(Post::objects().patch_one(db, id, body.0).await?))
    /// }
    /// ```
    ///
    /// # Errors
    /// [`DoesNotExist`](Error::DoesNotExist), which answers 404; [`Invalid`](Error::Invalid) with all broken rules of the
    /// touched columns by field, before anything is sent; what PostgreSQL reports.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn patch_one<C: Changes<M>>(
        self,
        db: &impl Executor,
        key: impl Into<M::Key>,
        changes: C,
    ) -> impl Future<Output = Result<M>> {
        asked::<M, _>(async move {
            let (key, touched) = (key.into(), touched(&changes)?);
            if touched.is_empty() {
                return self.get(db, key).await;
            }
            let row = self.with_key(key);
            let mut params = Params::new();
            row.filter.bind(&mut params);
            let tail = Text::<Tail<M, Chain<Everything<SCOPED>, KeyIs<M>>, true>, 0>::SQL;
            let text = text::<M>(&touched, params.as_slice().len(), tail.text);
            touched.iter().for_each(|(_, value)| params.push(*value));
            let (params, mut found) = (&params, None);
            let sql = Sql::rendered(&text).checked(<Whole as Selection<M>>::check);
            db.write(sql, params.as_slice(), |row| {
                found = Some(M::decode(&mut RowReader::new(row))?);
                Ok(())
            })
            .await
            .map_err(refused::<M>)?;
            found.ok_or(Error::DoesNotExist { table: M::TABLE })
        })
    }
}
