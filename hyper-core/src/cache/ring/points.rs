//! The points of a ring, and which of them a key comes to: as libketama has it.

use md5::{Digest, Md5};

/// How many digests a node of the average weight has; each is four points.
const DIGESTS: u128 = 40;

/// The points of all nodes, in their order.
pub(super) struct Points {
    positions: Vec<u32>,
    /// Whose they are, by its number.
    owners: Vec<u32>,
    /// Where to begin to look, by the first bits of a position.
    starts: Vec<u32>,
    /// How far a position is shifted to be left with those bits.
    shift: u32,
}

/// Where a key is on the ring: the first four bytes of its MD5, the lowest first.
pub(super) fn position(key: &str) -> u32 {
    let digest = Md5::digest(key);
    u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// How many digests a node has: its share of what all would have if their weights were the same.
fn digests(weight: u32, nodes: usize, sum: u64) -> u64 {
    let all = DIGESTS * nodes as u128;
    u64::try_from(all * u128::from(weight) / u128::from(sum.max(1))).unwrap_or(u64::MAX)
}

impl Points {
    /// The points of nodes with their weights.
    pub(super) fn of(nodes: &[(&str, u32)]) -> Self {
        let sum = nodes.iter().map(|(_, weight)| u64::from(*weight)).sum();
        let mut points = Vec::new();
        for (owner, (name, weight)) in (0_u32..).zip(nodes) {
            for number in 0..digests(*weight, nodes.len(), sum) {
                let digest = Md5::digest(format!("{name}-{number}"));
                let (fours, _) = digest.as_chunks::<4>();
                points.extend(fours.iter().map(|four| (u32::from_le_bytes(*four), owner)));
            }
        }
        // Where two have the same, it is the later node's, as in uhashring.
        points.sort_unstable_by_key(|(position, owner)| (*position, std::cmp::Reverse(*owner)));
        points.dedup_by_key(|(position, _)| *position);
        let (positions, owners): (Vec<u32>, Vec<u32>) = points.into_iter().unzip();

        // About as many places to begin at as there are points, so that little is left to look at.
        let bits = positions.len().next_power_of_two().ilog2().clamp(1, 20);
        let shift = u32::BITS - bits;
        let start =
            |first: u64| positions.partition_point(|position| u64::from(*position) < first << shift) as u32;
        let starts = (0..1 << bits).map(start).collect();
        Self { positions, owners, starts, shift }
    }

    /// The index of the first point at or after a position; that of the first of all where there is none.
    pub(super) fn at(&self, position: u32) -> usize {
        let mut at = self.starts[(position >> self.shift) as usize] as usize;
        while self.positions.get(at).is_some_and(|point| *point < position) {
            at += 1;
        }
        if at < self.positions.len() { at } else { 0 }
    }

    /// Whose point comes first from a position on; none if there are none.
    pub(super) fn owner(&self, position: u32) -> Option<usize> {
        self.owners.get(self.at(position)).map(|owner| *owner as usize)
    }

    /// Whose points come from a position on, all of them once around. One that has several comes as often.
    pub(super) fn clockwise(&self, position: u32) -> impl Iterator<Item = usize> {
        let (before, after) = self.owners.split_at(self.at(position));
        after.iter().chain(before).map(|owner| *owner as usize)
    }

    /// How many points a node has.
    pub(super) fn of_node(&self, node: usize) -> usize {
        self.owners.iter().filter(|owner| **owner as usize == node).count()
    }

    #[cfg(test)]
    fn all(&self) -> impl Iterator<Item = (u32, usize)> {
        self.positions.iter().copied().zip(self.owners.iter().map(|owner| *owner as usize))
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use proptest::prelude::*;

    use super::*;

    /// `vectors.py` made it of uhashring 2.5 and libketama.
    const VECTORS: &str = include_str!("vectors.txt");

    #[test]
    fn it_is_the_ring_of_libketama_and_uhashring() {
        let (mut nodes, mut points, mut keys) = (Vec::new(), Points::of(&[]), 0);
        for line in VECTORS.lines() {
            let (what, rest) = line.split_once(' ').unwrap();
            match what {
                "ring" => {
                    let read = |node: &'static str| {
                        let (weight, name) = node.split_once('=').unwrap();
                        (name, weight.parse().unwrap())
                    };
                    nodes = rest.split(' ').map(read).collect();
                    points = Points::of(&nodes);
                }
                "points" => {
                    let mut text = String::new();
                    for (position, owner) in points.all() {
                        writeln!(text, "{position} {}", nodes[owner].0).unwrap();
                    }
                    let mut is = String::new();
                    for byte in Md5::digest(text) {
                        write!(is, "{byte:02x}").unwrap();
                    }
                    for node in 0..nodes.len() {
                        write!(is, " {}", points.of_node(node)).unwrap();
                    }
                    assert_eq!(is, rest);
                }
                "key" => {
                    let (node, key) = rest.split_once(' ').unwrap();
                    assert_eq!(nodes[points.owner(position(key)).unwrap()].0, node, "{key:?}");
                    keys += 1;
                }
                other => panic!("{other}"),
            }
        }
        assert_eq!(keys, 8 * 209);
    }

    /// By its definition: of all points the nearest clockwise.
    fn naive(points: &Points, position: u32) -> Option<usize> {
        points.all().min_by_key(|(point, _)| point.wrapping_sub(position)).map(|(_, owner)| owner)
    }

    proptest! {
        #[test]
        fn the_nearest_point_clockwise_is_found(
            weights in proptest::collection::vec(0..9_u32, 0..7),
            positions in proptest::collection::vec(any::<u32>(), 20),
        ) {
            let names: Vec<String> = (0..weights.len()).map(|n| format!("node {n}")).collect();
            let nodes: Vec<(&str, u32)> = names.iter().map(String::as_str).zip(weights.iter().copied()).collect();
            let points = Points::of(&nodes);
            let edges = points.all().flat_map(|(point, _)| [point.wrapping_sub(1), point, point.wrapping_add(1)]);
            let edges: Vec<u32> = edges.step_by(7).chain([0, u32::MAX]).collect();
            for position in positions.into_iter().chain(edges) {
                prop_assert_eq!(points.owner(position), naive(&points, position));
                let around: Vec<usize> = points.clockwise(position).collect();
                prop_assert_eq!(around.len(), points.all().count());
                prop_assert_eq!(around.first().copied(), points.owner(position));
            }
        }

        #[test]
        fn who_is_removed_leaves_the_others_their_keys(nodes in 2..12_usize, gone in any::<prop::sample::Index>()) {
            let names: Vec<String> = (0..nodes).map(|n| format!("10.0.0.{n}:11211")).collect();
            let mut all: Vec<(&str, u32)> = names.iter().map(|name| (name.as_str(), 1)).collect();
            let (before, named) = (Points::of(&all), all.clone());
            let gone = all.remove(gone.index(nodes)).0;
            let after = Points::of(&all);
            let owner = |points: &Points, nodes: &[(&str, u32)], key: &str| nodes[points.owner(position(key)).unwrap()].0.to_owned();
            for key in 0..200 {
                let key = format!("key {key}");
                let was = owner(&before, &named, &key);
                let is = owner(&after, &all, &key);
                prop_assert!(was == is || was == gone);
                prop_assert_ne!(is, gone);
            }
        }
    }
}
