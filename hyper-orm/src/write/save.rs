//! A row as a struct, written back: `save`, `delete`, `refresh`, and `edit` for what changed only.

use std::fmt::Write;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use bytes::BytesMut;
use hyper_core::db::types::IsNull;
use hyper_core::db::{Executor, Sql};

use super::always::Always;
use crate::error::{Error, Result, refused};
use crate::model::{Key, Model, Path, Root, Signals};
use crate::query::asked::asked;
use crate::query::{Selection, Whole};
use crate::row::RowReader;
use crate::sql::{Params, Part, Rope, Statement, Text, render_from};

struct Save<M>(PhantomData<fn() -> M>);

impl<M: Model> Save<M> {
    /// The row, if it is as it was read.
    const WHERE: Rope = &[Part::Where(&[
        Part::And(&[Part::Equal(Root::<M>::NODE, M::KEY)]),
        Part::Rope(match M::VERSION {
            None => &[],
            Some(column) => &[Part::And(&[
                Part::Column(Root::<M>::NODE, M::NAMES[column]),
                Part::Text(" = "),
                Part::Param,
            ])],
        }),
    ])];
}

impl<M: Model> Statement for Save<M> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Text("UPDATE "),
        Part::Name(M::TABLE),
        Part::Text(" SET "),
        Part::Saved(M::META.columns),
        Part::Rope(Always::<M>::SET),
        Part::Rope(Self::WHERE),
        Part::Text(" RETURNING "),
        Part::Columns(Root::<M>::NODE, M::NAMES),
    ];
}

/// What a row can do by itself, in every model.
pub trait Instance: Model {
    /// Writes all fields of the row to the database, found by its primary key, and reads back what the database has
    /// filled in. To write what changed only, [`edit`](Self::edit) it.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let mut user = User::objects().get(db, 7).await?;
    /// user.name = "Ana".into();
    /// user.save(db).await?; // UPDATE "users" SET "name" = $1 WHERE "users"."id" = $2 RETURNING ..
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](Error::Invalid) with all broken rules by field, before anything is sent;
    /// [`DoesNotExist`](Error::DoesNotExist) when there is no such row any more: new rows are made with
    /// `objects().create(..)`; what PostgreSQL reports, or that it cannot be reached.
    #[cfg_attr(debug_assertions, track_caller)]
    fn save(&mut self, db: &impl Executor) -> impl Future<Output = Result<()>> + Send {
        asked::<Self, _>(async move {
            Self::Signals::pre_save(db, self).await?;
            self.validate()?;
            let key = self.key();
            let saved = {
                let mut params = Params::new();
                for (number, column) in Self::META.columns.iter().enumerate() {
                    if column.is_saved() {
                        params.push(self.column(number));
                    }
                }
                key.bind(&mut params);
                if let Some(version) = Self::VERSION {
                    params.push(self.column(version));
                }
                let params = &params;
                write_one(db, Text::<Save<Self>, 0>::SQL, params).await
            };
            *self = changed_meanwhile::<Self>(db, saved, &key).await?;
            Self::Signals::post_save(db, self, false).await
        })
    }

    /// Deletes the row. What refers to it follows its `on_delete`, in the database.
    ///
    /// # Errors
    /// [`DoesNotExist`](Error::DoesNotExist) when there is no such row any more; what PostgreSQL reports, such as rows
    /// that still refer to it.
    #[cfg_attr(debug_assertions, track_caller)]
    fn delete(self, db: &impl Executor) -> impl Future<Output = Result<()>> + Send {
        asked::<Self, _>(async move {
            let query = Self::objects().with_key(self.key());
            Self::Signals::pre_delete(db, &self).await?;
            match query.delete(db).await? {
                0 => Err(Error::DoesNotExist { table: Self::TABLE }),
                _ => Self::Signals::post_delete(db, &self).await,
            }
        })
    }

    /// Django's `refresh_from_db`: reads the row again.
    ///
    /// # Errors
    /// [`DoesNotExist`](Error::DoesNotExist) when there is no such row any more.
    #[cfg_attr(debug_assertions, track_caller)]
    fn refresh(&mut self, db: &impl Executor) -> impl Future<Output = Result<()>> + Send {
        asked::<Self, _>(async move {
            *self = Self::all_objects().get(db, self.key()).await?;
            Ok(())
        })
    }

    /// Starts changing the row: [`Edit::save`] then writes the fields that differ from what they are now.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let mut post = Post::objects().get(db, 7).await?.edit();
    /// post.score += 1;
    /// post.save(db).await?; // UPDATE "posts" SET "score" = $1 WHERE "id" = $2 RETURNING ..
    /// # Ok(()) }
    /// ```
    fn edit(self) -> Edit<Self> {
        Edit { before: encode(&self), row: self }
    }
}

impl<M: Model> Instance for M {}

/// Runs a statement that returns one row of `M`.
async fn write_one<M: Model>(db: &impl Executor, sql: Sql<'_>, params: &Params<'_>) -> Result<M> {
    let mut found = None;
    db.write(sql.checked(<Whole as Selection<M>>::check), params.as_slice(), |row| {
        found = Some(M::decode(&mut RowReader::new(row))?);
        Ok(())
    })
    .await
    .map_err(refused::<M>)?;
    found.ok_or(Error::DoesNotExist { table: M::TABLE })
}

/// Tells a row that is gone from one that has another version by now.
async fn changed_meanwhile<M: Model>(db: &impl Executor, saved: Result<M>, key: &M::Key) -> Result<M> {
    match saved {
        Err(Error::DoesNotExist { table }) if M::VERSION.is_some() => {
            match M::all_objects().with_key(key.clone()).exists(db).await? {
                true => Err(Error::Changed { table }),
                false => Err(Error::DoesNotExist { table }),
            }
        }
        saved => saved,
    }
}

/// Each column's value in PostgreSQL's format; none for NULL, and for what cannot be written, which differs from
/// everything.
fn encode<M: Model>(row: &M) -> Vec<Option<BytesMut>> {
    let columns = M::META.columns.iter().enumerate();
    columns
        .map(|(number, column)| {
            let mut out = BytesMut::new();
            match row.column(number).to_sql_checked(&(column.ty)(), &mut out) {
                Ok(IsNull::No) => Some(out),
                _ => None,
            }
        })
        .collect()
}

/// A row that is being changed. It is the row itself in all respects, and knows what it was.
#[derive(Debug)]
pub struct Edit<M> {
    row: M,
    before: Vec<Option<BytesMut>>,
}

impl<M: Model> Edit<M> {
    /// Whether any field differs from what it was.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        !self.changed().is_empty()
    }

    /// The fields that differ from what they were.
    #[must_use]
    pub fn changed_fields(&self) -> Vec<&'static str> {
        self.changed().into_iter().map(|number| M::META.columns[number].field).collect()
    }

    fn changed(&self) -> Vec<usize> {
        let now = encode(&self.row);
        let columns = M::META.columns.iter().enumerate();
        columns
            .filter(|(number, column)| column.is_saved() && now[*number] != self.before[*number])
            .map(|(number, _)| number)
            .collect()
    }

    /// Writes the fields that differ from what they were; sends nothing when none does.
    ///
    /// # Errors
    /// As [`Instance::save`].
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn save(&mut self, db: &impl Executor) -> impl Future<Output = Result<()>> {
        asked::<M, _>(async move {
            if self.changed().is_empty() {
                return Ok(());
            }
            M::Signals::pre_save(db, &mut self.row).await?;
            let changed = self.changed();
            if changed.is_empty() {
                return Ok(());
            }
            self.row.validate()?;
            let text = update_text::<M>(&changed);
            let key = self.row.key();
            let saved = {
                let mut params = Params::new();
                for &number in &changed {
                    params.push(self.row.column(number));
                }
                key.bind(&mut params);
                if let Some(version) = M::VERSION {
                    params.push(self.row.column(version));
                }
                let params = &params;
                write_one(db, Sql::rendered(&text), params).await
            };
            *self = Instance::edit(changed_meanwhile::<M>(db, saved, &key).await?);
            M::Signals::post_save(db, &self.row, false).await
        })
    }

    /// Gives the row back, changed or not.
    #[must_use]
    pub fn into_row(self) -> M {
        self.row
    }
}

impl<M> Deref for Edit<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.row
    }
}

impl<M> DerefMut for Edit<M> {
    fn deref_mut(&mut self) -> &mut M {
        &mut self.row
    }
}

/// An update of some columns. There are as many as there are sets of columns, so it is written when it is needed.
fn update_text<M: Model>(columns: &[usize]) -> String {
    let mut text = format!("UPDATE \"{}\" SET ", M::TABLE);
    for (i, &column) in columns.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}\"{}\" = ${}", M::NAMES[column], i + 1);
    }
    text.push_str(render_from(M::TABLE, Rest::<M>::ROPE, 0, columns.len()).as_str());
    text
}

/// What stands behind the columns of such an update.
struct Rest<M>(PhantomData<fn() -> M>);

impl<M: Model> Rest<M> {
    const ROPE: Rope = &[
        Part::Rope(Always::<M>::SET),
        Part::Rope(Save::<M>::WHERE),
        Part::Text(" RETURNING "),
        Part::Columns(Root::<M>::NODE, M::NAMES),
    ];
}
