//! What a package needs, and what those need, to the end.

use std::collections::HashMap;

use hyperdjango::prelude::*;

use crate::models::{Edge, Kind, Package};

/// How many steps away packages are looked for; Debian's longest way has about twenty.
pub const DEEPEST: u32 = 50;

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

/// Everything without which a package does not work, as a tree. Where alternatives are there, all of them count.
///
/// # Errors
/// There is no such package, or the database cannot be reached.
pub async fn tree(db: &Db, label: &str) -> Result<Branch> {
    let root = Package::objects().filter(Package.label.eq(label)).values(Package.id).one(db).await?;
    // Each package but the root, with the one it is needed by.
    let mut found: HashMap<i64, (i64, u32)> = HashMap::from([(root, (0, 0))]);
    let mut frontier = vec![root];
    for depth in 1..=DEEPEST {
        let edges = Edge::objects()
            .filter(Edge.package.key().within(&frontier) & Edge.kind.within(&Kind::NEEDED))
            .order_by((Edge.package.label, Edge.id))
            .values((Edge.package.key(), Edge.target.key()))
            .all(db)
            .await?;
        frontier.clear();
        for (by, target) in edges {
            if let std::collections::hash_map::Entry::Vacant(entry) = found.entry(target) {
                entry.insert((by, depth));
                frontier.push(target);
            }
        }
        if frontier.is_empty() {
            break;
        }
    }
    let ids: Vec<i64> = found.keys().copied().collect();
    let packages = Package::objects()
        .filter(Package.id.within(&ids))
        .values((Package.id, Package.label, Package.summary, Package.installed_size))
        .all(db)
        .await?;
    Ok(grown(root, packages, &found))
}

/// The tree, from the leaves up.
fn grown(
    root: i64,
    packages: Vec<(i64, String, String, Option<i64>)>,
    found: &HashMap<i64, (i64, u32)>,
) -> Branch {
    let mut branches: Vec<(i64, Branch)> = packages
        .into_iter()
        .map(|(id, label, summary, size)| {
            let depth = found.get(&id).map_or(0, |(_, depth)| *depth);
            (id, Branch { label, summary, size, depth, below: Vec::new() })
        })
        .collect();
    // The deepest first: whatever is below a branch is complete before it goes to its own place.
    branches.sort_by(|(_, a), (_, b)| b.depth.cmp(&a.depth).then_with(|| a.label.cmp(&b.label)));
    let mut below: HashMap<i64, Vec<Branch>> = HashMap::new();
    for (id, mut branch) in branches {
        branch.below = below.remove(&id).unwrap_or_default();
        let by = found.get(&id).map_or(0, |(by, _)| *by);
        if id == root {
            return branch;
        }
        below.entry(by).or_default().push(branch);
    }
    unreachable!("the root is among the packages")
}

impl Branch {
    /// How many packages are below it, and what they take, in KiB.
    #[must_use]
    pub fn totals(&self) -> (usize, i64) {
        self.below.iter().fold((0, 0), |(packages, size), branch| {
            let (more, larger) = branch.totals();
            (packages + 1 + more, size + branch.size.unwrap_or(0) + larger)
        })
    }
}
