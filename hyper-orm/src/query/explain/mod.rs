//! Django's `explain`: how PostgreSQL runs a query, as data and as the text it prints itself.

mod keywords;
mod node;
mod render;

use std::fmt;

use hyper_core::ValidationErrors;
use hyper_core::db::{DatabaseError, ErrorKind, Executor, Param, Reader, Sql};
use serde_json::Value;

use super::combine::Combined;
use super::filter::{Filter, Filtered};
use super::query_set::{Plain, QuerySet};
use super::select::Selection;
use super::subquery::Select;
use super::window::Window;
use crate::error::Result;
use crate::expr::{Assignments, Ordering};
use crate::model::Model;
use crate::sql::Params;

pub use node::ExplainNode;

/// What `explain_with` is to find out.
///
/// ```
/// # hyperdjango::__blog!();
/// use hyperdjango::orm::query::Explain;
///
/// # async fn f(db: &Db) -> Result<()> {
/// // EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT ..
/// let how = Post::objects().explain_with(db, Explain::new().analyze().buffers()).await?;
/// println!("{how}");
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[must_use]
pub struct Explain {
    analyze: bool,
    buffers: bool,
    verbose: bool,
}

impl Explain {
    /// The plan only.
    pub const fn new() -> Self {
        Self { analyze: false, buffers: false, verbose: false }
    }

    /// Runs the statement as well, and says how long each step took and how many rows it had. What it writes is undone.
    pub const fn analyze(self) -> Self {
        Self { analyze: true, ..self }
    }

    /// Says how many blocks each step took from the cache and from the disk.
    pub const fn buffers(self) -> Self {
        Self { buffers: true, ..self }
    }

    /// Says which columns each step hands on, and names schemas.
    pub const fn verbose(self) -> Self {
        Self { verbose: true, ..self }
    }

    fn text(self, sql: &str) -> String {
        let mut text = String::from("EXPLAIN (");
        for (wanted, option) in
            [(self.analyze, "ANALYZE, "), (self.buffers, "BUFFERS, "), (self.verbose, "VERBOSE, ")]
        {
            if wanted {
                text.push_str(option);
            }
        }
        text.push_str("FORMAT JSON) ");
        text.push_str(sql);
        text
    }

    /// Explains a statement that reads.
    pub(crate) async fn read(self, db: &impl Reader, sql: &str, params: &[Param<'_>]) -> Result<Explanation> {
        let text = self.text(sql);
        let mut answer = None;
        let each = |row: &hyper_core::db::Row| {
            answer = Some(row.try_get::<_, Value>(0)?);
            Ok(())
        };
        if self.analyze {
            // It takes as long as the query does: not on the connection where the reads of others wait.
            db.run(Sql::rendered(&text), params, each).await?;
        } else {
            db.read(Sql::rendered(&text), params, each).await?;
        }
        Ok(Explanation::from_json(answer.unwrap_or_default())?)
    }

    /// Explains a statement that writes; nothing stays of it.
    pub(crate) async fn write(
        self,
        db: &impl Executor,
        sql: &str,
        params: &[Param<'_>],
    ) -> Result<Explanation> {
        if !self.analyze {
            return self.read(db, sql, params).await;
        }
        let tx = db.begin().await?;
        let explanation = self.read(&tx, sql, params).await;
        tx.rollback().await?;
        explanation
    }
}

/// How PostgreSQL runs a statement. `Display` is the text it prints itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The last step, with those it takes its rows from.
    pub plan: ExplainNode,
    /// How long planning took, in milliseconds: when it was run.
    pub planning_time: Option<f64>,
    /// How long it ran, in milliseconds.
    pub execution_time: Option<f64>,
    /// Whether it was run.
    pub analyzed: bool,
    /// Blocks that planning read, and the like, by PostgreSQL's names.
    rest: serde_json::Map<String, Value>,
}

impl Explanation {
    /// Reads what PostgreSQL answers to `EXPLAIN (FORMAT JSON)`.
    ///
    /// ```
    /// use hyperdjango::orm::query::Explanation;
    ///
    /// let answer = serde_json::json!([{"Plan": {"Node Type": "Seq Scan", "Relation Name": "posts"}}]);
    /// let how = Explanation::from_json(answer).unwrap();
    /// assert_eq!(how.seq_scan_tables(), ["posts"]);
    /// ```
    ///
    /// # Errors
    /// [`Decode`](ErrorKind::Decode), with what it is not.
    pub fn from_json(answer: Value) -> Result<Self, DatabaseError> {
        let problem = |what: &str| {
            DatabaseError::new(ErrorKind::Decode, format!("the plan PostgreSQL sent cannot be read: {what}"))
        };
        let Value::Array(mut statements) = answer else { return Err(problem("it is no list")) };
        let Some(Value::Object(mut rest)) = statements.pop() else { return Err(problem("it is empty")) };
        let plan = rest.remove("Plan").ok_or_else(|| problem("it has no `Plan`"))?;
        let mut time = |name| rest.remove(name).and_then(|value| value.as_f64());
        let (planning_time, execution_time) = (time("Planning Time"), time("Execution Time"));
        let plan = ExplainNode::read(plan).map_err(|what| problem(&what))?;
        Ok(Self { plan, planning_time, execution_time, analyzed: execution_time.is_some(), rest })
    }

    /// The text PostgreSQL prints itself, without a line break at its end.
    #[must_use]
    pub fn text(&self) -> String {
        self.to_string()
    }

    /// All steps, from the top.
    #[must_use]
    pub fn all_nodes(&self) -> Vec<&ExplainNode> {
        let mut all = Vec::new();
        self.plan.gather(&mut all);
        all
    }

    /// Whether a whole table is read.
    #[must_use]
    pub fn has_seq_scan(&self) -> bool {
        self.all_nodes().iter().any(|node| node.is_seq_scan())
    }

    /// The tables that are read as a whole.
    #[must_use]
    pub fn seq_scan_tables(&self) -> Vec<&str> {
        let scans = self.all_nodes().into_iter().filter(|node| node.is_seq_scan());
        scans.filter_map(|node| node.relation.as_deref()).collect()
    }

    /// The indexes that are read.
    #[must_use]
    pub fn index_scans(&self) -> Vec<&str> {
        let scans = self.all_nodes().into_iter().filter(|node| node.is_index_scan());
        scans.filter_map(|node| node.index_name.as_deref()).collect()
    }

    /// For tests: that an index is read. PostgreSQL reads small tables without: fill it, or
    /// `SET LOCAL enable_seqscan = off`.
    ///
    /// # Panics
    /// It is not; the message has the plan.
    #[track_caller]
    pub fn assert_uses_index(&self, name: &str) {
        let used = self.index_scans();
        assert!(used.contains(&name), "the index `{name}` is not used, but {used:?}:\n{self}");
    }

    /// For tests: that no table is read as a whole.
    ///
    /// # Panics
    /// One is; the message has the plan.
    #[track_caller]
    pub fn assert_no_seq_scan(&self) {
        let tables = self.seq_scan_tables();
        assert!(tables.is_empty(), "these tables are read as a whole: {}\n{self}", tables.join(", "));
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        render::node(&self.plan, 0, self.analyzed, &mut out);
        render::end(self, &mut out);
        f.write_str(out.trim_end())
    }
}

impl<M, S, W, O, const LIMIT: bool, const OFFSET: bool> QuerySet<M, S, W, O, Window<LIMIT, OFFSET>>
where
    M: Model,
    S: Selection<M>,
    W: Filter,
    O: Ordering<S::Scope>,
{
    /// Django's `explain()`: how PostgreSQL would run [`all`](Self::all) with these very values, without doing so.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// // EXPLAIN (FORMAT JSON) SELECT .. WHERE "posts"."id" = $1
    /// let how = Post::objects().filter(Post.id.eq(7)).explain(db).await?;
    /// how.assert_uses_index("posts_pkey");
    /// how.assert_no_seq_scan();
    /// println!("{how}"); // Index Scan using posts_pkey on posts  (cost=0.15..8.17 rows=1 width=80) ..
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn explain(&self, db: &impl Reader) -> Result<Explanation> {
        self.explain_with(db, Explain::new()).await
    }

    /// The same, with what `options` ask for: [`Explain`]. With [`analyze`](Explain::analyze) the query is run.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn explain_with(&self, db: &impl Reader, options: Explain) -> Result<Explanation> {
        let params = &self.params();
        options.read(db, self.sql(), params.as_slice()).await
    }

    /// How PostgreSQL would run [`update`](Self::update). With [`analyze`](Explain::analyze) it is run, in a transaction
    /// that is rolled back.
    ///
    /// # Errors
    /// As [`update`](Self::update).
    pub async fn explain_update<A: Assignments<M>>(
        &self,
        db: &impl Executor,
        values: A,
        options: Explain,
    ) -> Result<Explanation>
    where
        W: Filtered,
        (S, O, Window<LIMIT, OFFSET>): Plain,
    {
        let mut errors = ValidationErrors::new();
        values.check(&mut errors);
        errors.into_result()?;
        let mut params = Params::new();
        values.bind(&mut params);
        self.filter.bind(&mut params);
        let params = &params;
        options.write(db, self.update_sql(&values), params.as_slice()).await
    }

    /// How PostgreSQL would run [`delete`](Self::delete). With [`analyze`](Explain::analyze) it is run, in a transaction
    /// that is rolled back.
    ///
    /// # Errors
    /// As [`delete`](Self::delete).
    pub async fn explain_delete(&self, db: &impl Executor, options: Explain) -> Result<Explanation>
    where
        W: Filtered,
        (S, O, Window<LIMIT, OFFSET>): Plain,
    {
        let mut params = Params::new();
        self.filter.bind(&mut params);
        let params = &params;
        options.write(db, self.delete_sql(), params.as_slice()).await
    }
}

impl<A, B, K, O, const LIMIT: bool, const OFFSET: bool> Combined<A, B, K, O, Window<LIMIT, OFFSET>>
where
    Self: Select,
{
    /// How PostgreSQL would run [`all`](Self::all), as [`QuerySet::explain`].
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn explain(&self, db: &impl Reader) -> Result<Explanation> {
        self.explain_with(db, Explain::new()).await
    }

    /// The same, with what `options` ask for: [`Explain`].
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn explain_with(&self, db: &impl Reader, options: Explain) -> Result<Explanation> {
        let mut params = Params::new();
        Select::bind(self, &mut params);
        let params = &params;
        options.read(db, self.sql(), params.as_slice()).await
    }
}
