//! A tree as the lines a template writes one behind the other.

use crate::data::Branch;

/// A branch without those below it.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// The branch.
    pub branch: &'a Branch,
    /// How many packages are below it.
    pub below: usize,
    /// How many lists end behind it.
    pub ends: usize,
}

/// The lines of what is below a branch, each in front of those below it.
#[must_use]
pub fn lines(tree: &Branch) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    add(tree, &mut lines);
    lines
}

fn add<'a>(tree: &'a Branch, lines: &mut Vec<Line<'a>>) {
    for branch in &tree.below {
        lines.push(Line { branch, below: branch.totals().0, ends: 0 });
        add(branch, lines);
        if !branch.below.is_empty()
            && let Some(last) = lines.last_mut()
        {
            last.ends += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_end_where_they_should() {
        let branch = |label: &str, below| Branch {
            label: label.into(),
            summary: String::new(),
            size: Some(1),
            depth: 0,
            below,
        };
        let tree =
            branch("a", vec![branch("b", vec![branch("c", vec![branch("d", vec![])])]), branch("e", vec![])]);
        let shown: Vec<_> =
            lines(&tree).iter().map(|line| (line.branch.label.clone(), line.below, line.ends)).collect();
        let expected = [("b", 2, 0), ("c", 1, 0), ("d", 0, 2), ("e", 0, 0)];
        assert_eq!(shown, expected.map(|(label, below, ends)| (label.to_owned(), below, ends)));
        assert_eq!(tree.totals(), (4, 4));
    }
}
