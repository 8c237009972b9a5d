//! A field that refers to another model's row.

use std::error::Error;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use bytes::BytesMut;
use hyper_core::db::types::{IsNull, ToSql, Type, to_sql_checked};

use super::Model;

/// The key of a row of `M`. It holds no more than that: rows are loaded with `select_related`, in the type of the
/// query's result, so there is no hidden query behind a field.
///
/// ```
/// # hyperdjango::__blog!();
/// # async fn f(db: &Db) -> Result<()> {
/// let (post, author) = Post::objects().select_related(Post.author).get(db, 7).await?;
/// assert_eq!(post.author.id, author.id);
/// # Ok(()) }
/// ```
pub struct ForeignKey<M: Model> {
    /// The primary key of the row it refers to.
    pub id: M::Key,
    /// As the last field it is what the compiler asks for the size of: where `M` is no model, the struct around has one still,
    /// and the mistake is said less often.
    last: PhantomData<fn() -> M>,
}

impl<M: Model> ForeignKey<M> {
    /// Refers to the row of this key.
    pub fn new(id: impl Into<M::Key>) -> Self {
        Self::of(id.into())
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn of(id: M::Key) -> Self {
        Self { id, last: PhantomData }
    }

    /// Refers to this row.
    pub fn to(row: &M) -> Self {
        Self::of(row.key())
    }
}

impl<M: Model> Clone for ForeignKey<M> {
    fn clone(&self) -> Self {
        Self::of(self.id.clone())
    }
}

impl<M: Model<Key: Copy>> Copy for ForeignKey<M> {}

impl<M: Model<Key: PartialEq>> PartialEq for ForeignKey<M> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<M: Model<Key: Eq>> Eq for ForeignKey<M> {}

impl<M: Model<Key: Hash>> Hash for ForeignKey<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl<M: Model<Key: fmt::Debug>> fmt::Debug for ForeignKey<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:?})", M::TABLE, self.id)
    }
}

impl<M: Model<Key: serde::Serialize>> serde::Serialize for ForeignKey<M> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.id.serialize(serializer)
    }
}

/// As its key.
// Whether there is such a row, only PostgreSQL knows.
impl<M: Model> crate::validation::Check for ForeignKey<M> {}

impl<M: Model<Key: ToSql>> ToSql for ForeignKey<M> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.id.to_sql(ty, out)
    }

    fn accepts(ty: &Type) -> bool {
        M::Key::accepts(ty)
    }

    to_sql_checked!();
}
