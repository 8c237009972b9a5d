//! PostgreSQL's own text of a plan, written from its JSON, so that the statement runs once. As `explain.c` does it.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::Explanation;
use super::keywords::quoted;
use super::node::ExplainNode;

/// What stands in the first line of a step, or nowhere.
const HEAD: &[&str] = &[
    "Alias",
    "Async Capable",
    "CTE Name",
    "Command",
    "Disabled",
    "Function Name",
    "Join Type",
    "Operation",
    "Parallel Aware",
    "Parent Relationship",
    "Partial Mode",
    "Scan Direction",
    "Schema",
    "Single Copy",
    "Strategy",
    "Subplan Name",
    "Table Function Name",
    "Tuplestore Name",
    "Workers",
];

/// What has a line of its own, in their order.
const LINES: &[&str] = &[
    "Output",
    "Inner Unique",
    "Function Call",
    "Group Key",
    "Sort Key",
    "Presorted Key",
    "Index Cond",
    "Recheck Cond",
    "TID Cond",
    "Rows Removed by Index Recheck",
    "Order By",
    "Merge Cond",
    "Hash Cond",
    "Run Condition",
    "Join Filter",
    "Rows Removed by Join Filter",
    "One-Time Filter",
    "Filter",
    "Rows Removed by Filter",
    "Conflict Resolution",
    "Conflict Arbiter Indexes",
    "Conflict Filter",
    "Tuples Inserted",
    "Conflicting Tuples",
    "Cache Key",
    "Cache Mode",
    "Workers Planned",
    "Workers Launched",
    "Heap Fetches",
    "Index Searches",
    "Subplans Removed",
];

/// What several numbers make a line of.
const NUMBERS: &[&str] = &[
    "Sort Method",
    "Sort Space Used",
    "Sort Space Type",
    "Hash Buckets",
    "Original Hash Buckets",
    "Hash Batches",
    "Original Hash Batches",
    "Peak Memory Usage",
    "HashAgg Batches",
    "Planned Partitions",
    "Disk Usage",
    "Exact Heap Blocks",
    "Lossy Heap Blocks",
    "Cache Hits",
    "Cache Misses",
    "Cache Evictions",
    "Cache Overflows",
];

/// A step and those below it, so many times two spaces from the left.
pub(super) fn node(node: &ExplainNode, mut indent: usize, analyzed: bool, out: &mut String) {
    if let Some(name) = node.text("Subplan Name") {
        line(indent, name, out);
        indent += 1;
    }
    let mut head = String::new();
    if indent > 0 {
        head.push_str("->  ");
    }
    write_head(node, analyzed, &mut head);
    line(indent, &head, out);
    indent += if indent > 0 { 3 } else { 1 };
    for name in LINES {
        if let Some(value) = node.extra.get(*name) {
            property(name, value, indent, out);
        }
    }
    numbers(node, indent, out);
    for (name, value) in &node.extra {
        let known = [HEAD, LINES, NUMBERS].iter().any(|names| names.contains(&name.as_str()));
        if !known && !name.ends_with(" Blocks") && !name.ends_with(" Time") {
            property(name, value, indent, out);
        }
    }
    let blocks = |name: &str| match name {
        "Shared Hit Blocks" => node.shared_hit_blocks,
        "Shared Read Blocks" => node.shared_read_blocks,
        _ => node.extra.get(name).and_then(Value::as_u64),
    };
    buffers(blocks, indent, out);
    for child in &node.children {
        self::node(child, indent, analyzed, out);
    }
}

/// What stands behind all steps.
pub(super) fn end(explanation: &Explanation, out: &mut String) {
    if let Some(Value::Object(planning)) = explanation.rest.get("Planning") {
        let mut lines = String::new();
        buffers(|name| planning.get(name).and_then(Value::as_u64), 1, &mut lines);
        if !lines.is_empty() {
            line(0, "Planning:", out);
            out.push_str(&lines);
        }
    }
    if let Some(time) = explanation.planning_time {
        let _ = writeln!(out, "Planning Time: {time:.3} ms");
    }
    if let Some(Value::Array(triggers)) = explanation.rest.get("Triggers") {
        triggers.iter().filter_map(Value::as_object).for_each(|each| trigger(each, out));
    }
    if let Some(time) = explanation.execution_time {
        let _ = writeln!(out, "Execution Time: {time:.3} ms");
    }
}

fn trigger(trigger: &Map<String, Value>, out: &mut String) {
    let text = |name: &str| trigger.get(name).and_then(Value::as_str);
    let number = |name: &str| trigger.get(name).and_then(Value::as_f64).unwrap_or(0.0);
    let name = match (text("Constraint Name"), text("Trigger Name")) {
        (Some(constraint), _) => format!("Trigger for constraint {constraint}"),
        (None, name) => format!("Trigger {}", name.unwrap_or("?")),
    };
    let _ = writeln!(out, "{name}: time={:.3} calls={:.0}", number("Time"), number("Calls"));
}

fn line(indent: usize, text: &str, out: &mut String) {
    let _ = writeln!(out, "{:1$}{text}", "", indent * 2);
}

fn write_head(node: &ExplainNode, analyzed: bool, out: &mut String) {
    for (property, word) in [("Parallel Aware", "Parallel "), ("Async Capable", "Async ")] {
        if node.extra.get(property).and_then(Value::as_bool) == Some(true) {
            out.push_str(word);
        }
    }
    match node.text("Partial Mode") {
        Some("Simple") | None => {}
        Some(mode) => {
            let _ = write!(out, "{mode} ");
        }
    }
    name(node, out);
    target(node, out);
    let ExplainNode { startup_cost, total_cost, plan_rows, plan_width, .. } = node;
    let _ = write!(out, "  (cost={startup_cost:.2}..{total_cost:.2} rows={plan_rows:.0} width={plan_width})");
    if !analyzed {
        return;
    }
    let (Some(startup), Some(total), Some(rows), Some(loops)) =
        (node.actual_startup_time, node.actual_total_time, node.actual_rows, node.actual_loops)
    else {
        return;
    };
    if loops == 0.0 {
        out.push_str(" (never executed)");
    } else {
        // Since PostgreSQL 18 an average of rows has its fraction.
        let digits = if node.exact_rows { 2 } else { 0 };
        let _ = write!(out, " (actual time={startup:.3}..{total:.3} rows={rows:.digits$} loops={loops:.0})");
    }
}

/// What a step does: joins with their kind, aggregates with their way.
fn name(node: &ExplainNode, out: &mut String) {
    let strategy = node.text("Strategy");
    let join = match node.text("Join Type") {
        None | Some("Inner") => None,
        kind => kind,
    };
    let _ = match (node.node_type.as_str(), join) {
        ("Nested Loop", Some(kind)) => write!(out, "Nested Loop {kind} Join"),
        ("Hash Join", Some(kind)) => write!(out, "Hash {kind} Join"),
        ("Merge Join", Some(kind)) => write!(out, "Merge {kind} Join"),
        ("Aggregate", _) => out.write_str(match strategy {
            Some("Sorted") => "GroupAggregate",
            Some("Hashed") => "HashAggregate",
            Some("Mixed") => "MixedAggregate",
            _ => "Aggregate",
        }),
        ("SetOp", _) => {
            let hash = if strategy == Some("Hashed") { "Hash" } else { "" };
            write!(out, "{hash}SetOp {}", node.text("Command").unwrap_or_default())
        }
        ("ModifyTable", _) => out.write_str(node.text("Operation").unwrap_or("ModifyTable")),
        (other, _) => out.write_str(other),
    };
}

/// The index and the table it reads or changes.
fn target(node: &ExplainNode, out: &mut String) {
    if let Some(index) = &node.index_name {
        if node.node_type == "Bitmap Index Scan" {
            let _ = write!(out, " on {}", quoted(index));
            return;
        }
        let backward = if node.text("Scan Direction") == Some("Backward") { " Backward" } else { "" };
        let _ = write!(out, "{backward} using {}", quoted(index));
    }
    let object = node.relation.as_deref().or_else(|| {
        let names = ["Function Name", "Table Function Name", "CTE Name", "Tuplestore Name"];
        names.into_iter().find_map(|name| node.text(name))
    });
    let alias = node.text("Alias");
    if object.is_none() && alias.is_none() {
        return;
    }
    out.push_str(" on");
    if let Some(object) = object {
        match node.text("Schema") {
            Some(schema) => {
                let _ = write!(out, " {}.{}", quoted(schema), quoted(object));
            }
            None => {
                let _ = write!(out, " {}", quoted(object));
            }
        }
    }
    if let Some(alias) = alias.filter(|alias| Some(*alias) != object) {
        let _ = write!(out, " {}", quoted(alias));
    }
}

fn property(name: &str, value: &Value, indent: usize, out: &mut String) {
    let value = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.as_f64() == Some(0.0) && name != "Heap Fetches" => return,
        Value::Bool(false) | Value::Null | Value::Object(_) => return,
        Value::Array(items) => {
            let items: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            if items.is_empty() {
                return;
            }
            items.join(", ")
        }
        // Everybody knows which joins those are, but for who wants to know everything.
        Value::Bool(true) if name == "Inner Unique" && !out.contains("Output: ") => return,
        other => other.to_string(),
    };
    line(indent, &format!("{name}: {value}"), out);
}

fn numbers(node: &ExplainNode, indent: usize, out: &mut String) {
    let number = |name: &str| node.extra.get(name).and_then(Value::as_u64);
    let memory = number("Peak Memory Usage").unwrap_or(0);
    if let (Some(method), Some(used), Some(space)) =
        (node.text("Sort Method"), number("Sort Space Used"), node.text("Sort Space Type"))
    {
        line(indent, &format!("Sort Method: {method}  {space}: {used}kB"), out);
    }
    if let (Some(buckets), Some(batches)) = (number("Hash Buckets"), number("Hash Batches")) {
        let originally = |name, now| match number(name) {
            Some(before) if before != now => format!(" (originally {before})"),
            _ => String::new(),
        };
        let (before, batches_before) =
            (originally("Original Hash Buckets", buckets), originally("Original Hash Batches", batches));
        let text = format!(
            "Buckets: {buckets}{before}  Batches: {batches}{batches_before}  Memory Usage: {memory}kB"
        );
        line(indent, &text, out);
    }
    let mut parts = Vec::new();
    parts.extend(number("Planned Partitions").filter(|n| *n > 0).map(|n| format!("Planned Partitions: {n}")));
    if let Some(batches) = number("HashAgg Batches").filter(|batches| *batches > 0) {
        parts.push(format!("Batches: {batches}  Memory Usage: {memory}kB"));
        if batches > 1 {
            parts.push(format!("Disk Usage: {}kB", number("Disk Usage").unwrap_or(0)));
        }
    }
    if !parts.is_empty() {
        line(indent, &parts.join("  "), out);
    }
    let blocks = [("exact", "Exact Heap Blocks"), ("lossy", "Lossy Heap Blocks")].map(|(word, name)| {
        number(name).filter(|blocks| *blocks > 0).map(|blocks| format!(" {word}={blocks}"))
    });
    if blocks.iter().any(Option::is_some) {
        line(indent, &format!("Heap Blocks:{}", blocks.into_iter().flatten().collect::<String>()), out);
    }
    if let Some(hits) =
        number("Cache Hits").filter(|_| number("Cache Misses").is_some_and(|misses| misses > 0))
    {
        let [misses, evictions, overflows] =
            ["Cache Misses", "Cache Evictions", "Cache Overflows"].map(|name| number(name).unwrap_or(0));
        let text = format!(
            "Hits: {hits}  Misses: {misses}  Evictions: {evictions}  Overflows: {overflows}  Memory Usage: {memory}kB"
        );
        line(indent, &text, out);
    }
}

/// `Buffers: shared hit=1 read=2, temp written=3`
fn buffers(blocks: impl Fn(&str) -> Option<u64>, indent: usize, out: &mut String) {
    let kinds = ["Shared", "Local", "Temp"].map(|kind| {
        let counts = ["Hit", "Read", "Dirtied", "Written"].map(|what| {
            let count = blocks(&format!("{kind} {what} Blocks")).filter(|count| *count > 0)?;
            Some(format!(" {}={count}", what.to_lowercase()))
        });
        let counts: String = counts.into_iter().flatten().collect();
        (!counts.is_empty()).then(|| format!("{}{counts}", kind.to_lowercase()))
    });
    let kinds: Vec<_> = kinds.into_iter().flatten().collect();
    if !kinds.is_empty() {
        line(indent, &format!("Buffers: {}", kinds.join(", ")), out);
    }
}
