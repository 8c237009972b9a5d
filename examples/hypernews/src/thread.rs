//! The comments of a post as a tree, laid out in the order in which they are read.

use std::collections::HashMap;
use std::str::FromStr;

use jiff::Timestamp;

/// How many levels of answers one page shows; deeper ones are behind a "continue" link.
pub const MAX_DEPTH: usize = 12;

/// A comment as it is stored: with the comment it answers, if it answers one.
#[derive(Clone, Debug)]
pub struct CommentRow {
    /// Its number.
    pub id: i64,
    /// The comment it answers; `None` answers the post.
    pub parent: Option<i64>,
    /// Who wrote it.
    pub author: String,
    /// What was written, as plain text.
    pub body: String,
    /// When.
    pub created: Timestamp,
}

/// A comment at its place in the tree.
#[derive(Clone, Debug)]
pub struct CommentNode {
    /// The comment.
    pub row: CommentRow,
    /// How many comments are above it on this page.
    pub depth: usize,
    /// How many comments are below it, those not shown included.
    pub replies: usize,
    /// How many of them are not shown because they are deeper than [`MAX_DEPTH`].
    pub hidden: usize,
    /// How many comments end after this one: itself and those it is the last answer of. 0 when answers follow.
    pub closes: usize,
    /// Who wrote the comment it answers, when that is on this page.
    pub answers: Option<String>,
}

/// The order of answers to the same comment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Those that were answered most first.
    #[default]
    Discussed,
    /// The latest first.
    Newest,
    /// The earliest first.
    Oldest,
}

impl Order {
    /// All orders, as they are offered.
    pub const ALL: [Order; 3] = [Order::Discussed, Order::Newest, Order::Oldest];

    /// Its name in a path.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Order::Discussed => "discussed",
            Order::Newest => "newest",
            Order::Oldest => "oldest",
        }
    }
}

impl FromStr for Order {
    type Err = String;

    fn from_str(slug: &str) -> Result<Self, String> {
        Order::ALL
            .into_iter()
            .find(|order| order.slug() == slug)
            .ok_or_else(|| format!("comments are ordered by discussed, newest or oldest, not by {slug:?}"))
    }
}

/// Lays out comments as they are read: each followed by its answers.
///
/// The rows may come in any order. A comment whose parent is not among them is a root: so the tree below one comment is laid
/// out by giving it and what is below it. Comments deeper than [`MAX_DEPTH`] are only counted.
///
/// ```
/// use hypernews::thread::{CommentRow, Order, lay_out};
/// let row = |id, parent| CommentRow { id, parent, author: "ada".into(), body: "Hm.".into(), created: jiff::Timestamp::UNIX_EPOCH };
/// let nodes = lay_out(vec![row(1, None), row(2, None), row(3, Some(1))], Order::Oldest);
/// assert_eq!(nodes.iter().map(|node| (node.row.id, node.depth)).collect::<Vec<_>>(), [(1, 0), (3, 1), (2, 0)]);
/// ```
#[must_use]
pub fn lay_out(mut rows: Vec<CommentRow>, order: Order) -> Vec<CommentNode> {
    // By id a parent precedes its answers, whatever the clock said.
    rows.sort_unstable_by_key(|row| row.id);
    rows.dedup_by_key(|row| row.id);
    let place: HashMap<i64, usize> = rows.iter().enumerate().map(|(at, row)| (row.id, at)).collect();
    let parent: Vec<Option<usize>> = (rows.iter().enumerate())
        .map(|(at, row)| row.parent.and_then(|id| place.get(&id).copied()).filter(|parent| *parent < at))
        .collect();

    let mut below = vec![0; rows.len()];
    let mut answers: Vec<Vec<usize>> = vec![Vec::new(); rows.len()];
    let mut roots = Vec::new();
    for at in (0..rows.len()).rev() {
        match parent[at] {
            Some(above) => {
                below[above] += below[at] + 1;
                answers[above].push(at);
            }
            None => roots.push(at),
        }
    }
    // Each list is newest first now; the stack below turns a list round.
    let arrange = |list: &mut Vec<usize>| match order {
        Order::Newest => list.reverse(),
        Order::Oldest => {}
        Order::Discussed => list.sort_by_key(|at| (below[*at], std::cmp::Reverse(*at))),
    };
    arrange(&mut roots);
    answers.iter_mut().for_each(arrange);

    let mut authors: Vec<Option<String>> =
        parent.iter().map(|above| above.map(|at| rows[at].author.clone())).collect();
    let mut rows: Vec<Option<CommentRow>> = rows.into_iter().map(Some).collect();
    let mut nodes: Vec<CommentNode> = Vec::with_capacity(rows.len());
    let mut stack: Vec<(usize, usize)> = roots.into_iter().map(|at| (at, 0)).collect();
    while let Some((at, depth)) = stack.pop() {
        let Some(row) = rows[at].take() else { continue };
        let deepest = depth + 1 == MAX_DEPTH;
        if let Some(before) = nodes.last_mut() {
            before.closes = (before.depth + 1).saturating_sub(depth);
        }
        nodes.push(CommentNode {
            row,
            depth,
            replies: below[at],
            hidden: if deepest { below[at] } else { 0 },
            closes: 0,
            answers: authors[at].take(),
        });
        if !deepest {
            stack.extend(answers[at].iter().map(|answer| (*answer, depth + 1)));
        }
    }
    if let Some(last) = nodes.last_mut() {
        last.closes = last.depth + 1;
    }
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(id: i64, parent: Option<i64>) -> CommentRow {
        CommentRow {
            id,
            parent,
            author: format!("u{id}"),
            body: String::new(),
            created: Timestamp::UNIX_EPOCH,
        }
    }

    fn ids(rows: Vec<CommentRow>, order: Order) -> Vec<i64> {
        lay_out(rows, order).iter().map(|node| node.row.id).collect()
    }

    #[test]
    fn orders() {
        let rows = || {
            vec![row(1, None), row(2, None), row(3, None), row(4, Some(2)), row(5, Some(2)), row(6, Some(3))]
        };
        assert_eq!(ids(rows(), Order::Oldest), [1, 2, 4, 5, 3, 6]);
        assert_eq!(ids(rows(), Order::Newest), [3, 6, 2, 5, 4, 1]);
        assert_eq!(ids(rows(), Order::Discussed), [2, 4, 5, 3, 6, 1]);
    }

    #[test]
    fn a_part_of_the_tree_can_be_laid_out() {
        let nodes = lay_out(vec![row(7, Some(3)), row(9, Some(7))], Order::Oldest);
        assert_eq!((nodes[0].depth, nodes[0].replies, nodes[0].closes), (0, 1, 0));
        assert_eq!((nodes[1].depth, nodes[1].closes), (1, 2));
        assert_eq!(nodes[1].answers.as_deref(), Some("u7"));
    }

    #[test]
    fn what_is_too_deep_is_counted() {
        let rows = (1..=40).map(|id| row(id, (id > 1).then_some(id - 1))).collect();
        let nodes = lay_out(rows, Order::Oldest);
        assert_eq!(nodes.len(), MAX_DEPTH);
        assert_eq!(nodes[MAX_DEPTH - 1].hidden, 40 - MAX_DEPTH);
    }

    proptest! {
        #[test]
        fn every_tree_is_whole(parents in proptest::collection::vec(proptest::option::of(0i64..60), 0..60), order in 0usize..3) {
            // Parents may be missing, later, or the comment itself: all must be survived.
            let rows: Vec<_> = parents.iter().enumerate().map(|(id, parent)| row(id as i64, *parent)).collect();
            let total = rows.len();
            let nodes = lay_out(rows, Order::ALL[order]);
            let hidden: usize = nodes.iter().map(|node| node.hidden).sum();
            prop_assert_eq!(nodes.len() + hidden, total);
            let mut open = 0;
            for node in &nodes {
                prop_assert_eq!(node.depth, open);
                open += 1;
                prop_assert!(node.closes <= open);
                open -= node.closes;
            }
            prop_assert_eq!(open, 0);
        }
    }
}
