//! The log of slow statements as a model.

use hyper_orm::Query;

use crate::prelude::*;

/// A statement that took long: a row of the table that [`SlowQueryLog`](hyper_core::db::SlowQueryLog) writes.
///
/// The log makes the table, when it first has something to write, so it is not to be among `models = [..]`.
#[derive(Model, Debug, Clone)]
#[model(table = "hyper_slow_queries")]
pub struct SlowQuery {
    /// Its number.
    #[field(primary_key)]
    pub id: i32,
    /// Its text, the first 2,000 characters.
    pub sql_text: String,
    /// How long it took, in milliseconds.
    pub duration_ms: f32,
    /// Its parameters, the first 500 characters.
    pub params_summary: String,
    /// When it ended.
    pub timestamp: Timestamp,
}

/// The slow statements, those that took longest first: a query to go on with.
///
/// ```
/// # use hyperdjango::prelude::*;
/// use hyperdjango::health::{SlowQuery, slow_queries};
///
/// async fn worst(db: &Db) -> Result<Vec<SlowQuery>> {
///     Ok(slow_queries().filter(SlowQuery.sql_text.icontains("posts")).limit(10).all(db).await?)
/// }
/// assert!(slow_queries().limit(10).sql().ends_with(r#"ORDER BY "hyper_slow_queries"."duration_ms" DESC LIMIT $1"#));
/// ```
pub fn slow_queries() -> impl Query<SlowQuery> {
    SlowQuery::objects().order_by(SlowQuery.duration_ms.desc())
}
