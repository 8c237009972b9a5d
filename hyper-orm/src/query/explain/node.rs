//! A step of a plan, read from PostgreSQL's JSON.

use serde_json::{Map, Value};

/// One step of a plan, with those it takes its rows from.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainNode {
    /// What it does: `Seq Scan`, `Hash Join`, `Sort`, ...
    pub node_type: String,
    /// The table it reads, if any.
    pub relation: Option<String>,
    /// The index it reads, if any.
    pub index_name: Option<String>,
    /// What PostgreSQL thinks the first row costs, in units of about one page read in order.
    pub startup_cost: f64,
    /// The same for all rows.
    pub total_cost: f64,
    /// How many rows PostgreSQL expects.
    pub plan_rows: f64,
    /// How many bytes it expects of each.
    pub plan_width: u64,
    /// When the first row came, in milliseconds: only when the statement was run, as the others that are `actual`. Of a
    /// step that ran several times, the average.
    pub actual_startup_time: Option<f64>,
    /// When the last row came.
    pub actual_total_time: Option<f64>,
    /// How many rows there were; of a step that ran several times, the average.
    pub actual_rows: Option<f64>,
    /// How often it ran; 0 for one that was not needed.
    pub actual_loops: Option<f64>,
    /// Blocks found in PostgreSQL's cache: only with [`buffers`](super::Explain::buffers).
    pub shared_hit_blocks: Option<u64>,
    /// Blocks read from the disk, or the system's cache.
    pub shared_read_blocks: Option<u64>,
    /// The steps it takes its rows from.
    pub children: Vec<Self>,
    /// Everything else PostgreSQL says, by its names: `Filter`, `Index Cond`, `Sort Key`, ...
    pub extra: Map<String, Value>,
    /// Whether PostgreSQL said how many rows there were with a fraction.
    pub(super) exact_rows: bool,
}

impl ExplainNode {
    /// Whether it reads a whole table.
    #[must_use]
    pub fn is_seq_scan(&self) -> bool {
        self.node_type == "Seq Scan"
    }

    /// Whether it reads an index.
    #[must_use]
    pub fn is_index_scan(&self) -> bool {
        matches!(&*self.node_type, "Index Scan" | "Index Only Scan" | "Bitmap Index Scan")
    }

    /// It and all below it, from the top.
    pub(super) fn gather<'n>(&'n self, all: &mut Vec<&'n Self>) {
        all.push(self);
        self.children.iter().for_each(|child| child.gather(all));
    }

    /// A text PostgreSQL says by this name.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.extra.get(name)?.as_str()
    }

    pub(super) fn read(value: Value) -> Result<Self, String> {
        let Value::Object(mut extra) = value else { return Err(format!("a step is {value}")) };
        let children = match extra.remove("Plans") {
            Some(Value::Array(plans)) => plans.into_iter().map(Self::read).collect::<Result<_, _>>()?,
            _ => Vec::new(),
        };
        let number =
            |extra: &mut Map<String, Value>, name| extra.remove(name).and_then(|value| value.as_f64());
        let blocks =
            |extra: &mut Map<String, Value>, name| extra.remove(name).and_then(|value| value.as_u64());
        let text = |extra: &mut Map<String, Value>, name: &str| match extra.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let exact_rows = extra.get("Actual Rows").is_some_and(Value::is_f64);
        let extra = &mut extra;
        Ok(Self {
            node_type: text(extra, "Node Type").ok_or("a step has no `Node Type`")?,
            relation: text(extra, "Relation Name"),
            index_name: text(extra, "Index Name"),
            startup_cost: number(extra, "Startup Cost").unwrap_or(0.0),
            total_cost: number(extra, "Total Cost").unwrap_or(0.0),
            plan_rows: number(extra, "Plan Rows").unwrap_or(0.0),
            plan_width: blocks(extra, "Plan Width").unwrap_or(0),
            actual_startup_time: number(extra, "Actual Startup Time"),
            actual_total_time: number(extra, "Actual Total Time"),
            actual_rows: number(extra, "Actual Rows"),
            actual_loops: number(extra, "Actual Loops"),
            shared_hit_blocks: blocks(extra, "Shared Hit Blocks"),
            shared_read_blocks: blocks(extra, "Shared Read Blocks"),
            children,
            exact_rows,
            extra: std::mem::take(extra),
        })
    }
}
