//! What a package needs, and what those need, to the end.

use std::collections::{HashMap, HashSet, VecDeque};

use hyperdjango::prelude::*;

use crate::models::{Edge, Kind, Package};

/// A package in the tree of what another needs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Branch {
    /// What it is called.
    pub label: String,
    /// What it is, in a line.
    pub summary: String,
    /// Installed, in KiB.
    pub size: Option<i64>,
    /// How many steps it is away from the root, which is 0.
    pub depth: u32,
    /// The packages that are there because of it, by name: each stands once, where the shortest way leads to it.
    pub below: Vec<Branch>,
}

impl Branch {
    fn new(label: String, summary: String, size: Option<i64>, depth: u32) -> Self {
        Self { label, summary, size, depth, below: Vec::new() }
    }

    /// How many packages are below it, and what they take, in KiB.
    #[must_use]
    pub fn totals(&self) -> (usize, i64) {
        self.below.iter().fold((0, 0), |(packages, size), branch| {
            let (more, larger) = branch.totals();
            (packages + 1 + more, size + branch.size.unwrap_or(0) + larger)
        })
    }
}

/// The packages that are needed, directly or not: rows that a recursive query finds, and no table.
#[derive(Model, Debug)]
#[model(table = "needed")]
struct Needed {
    #[field(primary_key)]
    package: i64,
}

/// The edges from packages that are needed to those they need.
macro_rules! edges_of_needed {
    () => {
        Edge::objects()
            .join::<Needed>()
            .filter(Edge.package.eq(joined(Needed.package)) & Edge.kind.within(&Kind::NEEDED))
    };
}

/// Everything without which a package does not work, as a tree. Where there are alternatives, all of them count.
///
/// # Errors
/// There is no such package, or the database cannot be reached.
pub async fn tree(db: &Db, label: &str) -> Result<Branch> {
    let (root, label, summary, size) = Package::objects()
        .filter(Package.label.eq(label))
        .values((Package.id, Package.label, Package.summary, Package.installed_size))
        .one(db)
        .await?;
    // Circles are common, so only packages are gathered, each once, and no ways to them.
    let itself = Package::objects().filter(Package.id.eq(root)).values(Package.id);
    let needed_by_those = edges_of_needed!().values(Edge.target.key());
    let edges = edges_of_needed!()
        .order_by((Edge.target.label, Edge.id))
        .values((
            Edge.package.key(),
            Edge.target.key(),
            Edge.target.label,
            Edge.target.summary,
            Edge.target.installed_size,
        ))
        .with(Cte::<Needed>::recursive(itself, needed_by_those))
        .all(db)
        .await?;
    let mut from: HashMap<i64, Vec<(i64, Branch)>> = HashMap::new();
    for (package, target, label, summary, size) in edges {
        from.entry(package).or_default().push((target, Branch::new(label, summary, size, 0)));
    }
    Ok(grown(root, Branch::new(label, summary, size, 0), from))
}

/// The tree of the shortest ways through the edges from each package.
fn grown(root: i64, trunk: Branch, mut from: HashMap<i64, Vec<(i64, Branch)>>) -> Branch {
    let mut seen = HashSet::from([root]);
    // Each with the place of the one it belongs to; nearer ones first, so that nobody stands before that.
    let mut branches = vec![(0, trunk)];
    let mut waiting = VecDeque::from([(root, 0)]);
    while let Some((id, place)) = waiting.pop_front() {
        let depth = branches[place].1.depth + 1;
        for (target, branch) in from.remove(&id).unwrap_or_default() {
            if seen.insert(target) {
                waiting.push_back((target, branches.len()));
                branches.push((place, Branch { depth, ..branch }));
            }
        }
    }
    while let Some((place, mut branch)) = branches.pop() {
        branch.below.reverse();
        match branches.get_mut(place) {
            Some((_, above)) => above.below.push(branch),
            None => return branch,
        }
    }
    unreachable!("the trunk is taken last, and nothing is left to belong to")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_way_counts_and_circles_end() {
        let branch = |label: &str| Branch::new(label.to_owned(), String::new(), None, 0);
        // 1 -> 2 -> 3 -> 1 and 1 -> 4 -> 3 -> 5, 4 -> 4.
        let from = HashMap::from([
            (1, vec![(2, branch("b")), (4, branch("d"))]),
            (2, vec![(3, branch("c"))]),
            (3, vec![(1, branch("a")), (5, branch("e"))]),
            (4, vec![(3, branch("c")), (4, branch("d"))]),
        ]);
        let tree = grown(1, branch("a"), from);
        let below =
            |branch: &Branch| branch.below.iter().map(|below| below.label.clone()).collect::<Vec<_>>();
        assert_eq!(below(&tree), ["b", "d"]);
        assert_eq!(below(&tree.below[0]), ["c"]);
        assert_eq!(below(&tree.below[0].below[0]), ["e"]);
        assert_eq!(tree.below[0].below[0].below[0].depth, 3);
        assert_eq!(tree.totals().0, 4);
    }
}
