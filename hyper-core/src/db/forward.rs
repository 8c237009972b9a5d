//! Handles that are another one underneath: what they hand on, method by method.

/// Within an `impl` of [`Reader`](super::Reader) or [`Executor`](super::Executor): these of its methods are those of
/// another handle. `forward!(self.0, by self: run, cursor);`
macro_rules! forward {
    ($to:expr, by $self:ident: $($method:ident),+ $(,)?) => {
        $($crate::db::forward::forwarded!($method $self $to);)+
    };
}

/// One of them.
macro_rules! forwarded {
    (copy_out $self:ident $to:expr) => {
        fn copy_out(
            &$self,
            text: &str,
            each: impl FnMut(&[u8]) -> Result<(), $crate::db::DatabaseError> + Send,
        ) -> impl Future<Output = Result<u64, $crate::db::DatabaseError>> + Send {
            $to.copy_out(text, each)
        }
    };
    (keeps $self:ident $to:expr) => {
        fn keeps(&$self) -> Option<(&$crate::db::Db, &$crate::cache::QueryCache)> {
            $to.keeps()
        }
    };
    (cursor $self:ident $to:expr) => {
        async fn cursor(
            &$self,
            sql: $crate::db::Sql<'_>,
            params: &[$crate::db::Param<'_>],
            chunk_size: u32,
        ) -> Result<$crate::db::Cursor<'_>, $crate::db::DatabaseError> {
            $to.cursor(sql, params, chunk_size).await
        }
    };
    (copy_in_stream $self:ident $to:expr) => {
        fn copy_in_stream(
            &$self,
            text: &str,
            pieces: impl ::futures_util::Stream<Item = Result<::bytes::Bytes, $crate::db::DatabaseError>> + Send,
        ) -> impl Future<Output = Result<u64, $crate::db::DatabaseError>> + Send {
            $to.copy_in_stream(text, pieces)
        }
    };
    (execute_batch $self:ident $to:expr) => {
        fn execute_batch(
            &$self,
            text: &str,
        ) -> impl Future<Output = Result<(), $crate::db::DatabaseError>> + Send {
            $to.execute_batch(text)
        }
    };
    (begin $self:ident $to:expr) => {
        async fn begin(&$self) -> Result<$crate::db::Transaction, $crate::db::DatabaseError> {
            $to.begin().await
        }
    };
    (on_commit $self:ident $to:expr) => {
        fn on_commit<K>(&$self, callback: impl $crate::db::Callback<K>) {
            $to.on_commit(callback);
        }
    };
    (on_rollback $self:ident $to:expr) => {
        fn on_rollback<K>(&$self, callback: impl $crate::db::Callback<K>) {
            $to.on_rollback(callback);
        }
    };
    // read, run, write
    ($method:ident $self:ident $to:expr) => {
        fn $method(
            &$self,
            sql: $crate::db::Sql<'_>,
            params: &[$crate::db::Param<'_>],
            each: impl FnMut(&::tokio_postgres::Row) -> Result<(), $crate::db::DatabaseError> + Send,
        ) -> impl Future<Output = Result<u64, $crate::db::DatabaseError>> + Send {
            $to.$method(sql, params, each)
        }
    };
}

pub(super) use {forward, forwarded};
