//! The draft of the tree: every segment of every route inserted once, conflicts found on the way.
//!
//! Compile time pays for function calls and for anything quadratic, so children are found through
//! one hash table keyed by (parent, segment), and the table's size is a constant of the caller.

use super::conflict::conflict;
use super::{Converter, FlatRoute, Literal, MAX_MOUNTS, MAX_PARAMS, Segment, Verb};
use crate::sentence::same;

pub(super) const NONE: u16 = u16::MAX;

/// A node before it is packed; node 0 is the root.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    /// The piece of path that leads here, for a child by literal.
    pub(super) literal: Option<Literal>,
    pub(super) parent: u16,
    pub(super) first_child: u16,
    pub(super) next_sibling: u16,
    pub(super) children: u16,
    /// The converter, where a parameter leads here; else `Str`.
    pub(super) converter: Converter,
    /// The children by parameter, in the order of their converters.
    pub(super) params: [u16; Converter::COUNT],
    pub(super) rest: u16,
    /// The route of each verb, by its number in the list of routes.
    pub(super) routes: [u16; Verb::COUNT],
}

impl Draft {
    const EMPTY: Self = Self {
        literal: None,
        parent: NONE,
        first_child: NONE,
        next_sibling: NONE,
        children: 0,
        converter: Converter::Str,
        params: [NONE; Converter::COUNT],
        rest: NONE,
        routes: [NONE; Verb::COUNT],
    };
}

/// The tree with room for `CAP` nodes, before it is packed to its real size.
pub struct Trie<const CAP: usize> {
    pub(super) nodes: [Draft; CAP],
    pub(super) len: usize,
}

/// How many nodes the routes need at most: one a segment, and the root.
#[must_use]
pub const fn capacity(routes: &[FlatRoute]) -> usize {
    let (mut n, mut i) = (1, 0);
    while i < routes.len() {
        n += routes[i].own_segments().len();
        let (mounts, mut j) = (routes[i].mounts(), 0);
        while j < MAX_MOUNTS {
            if let Some(mount) = mounts[j] {
                n += mount.segments.len();
            }
            j += 1;
        }
        i += 1;
    }
    n
}

/// The size of the hash table used while inserting, for that many nodes.
#[must_use]
pub const fn table_size(capacity: usize) -> usize {
    (capacity * 2).next_power_of_two()
}

impl<const CAP: usize> Trie<CAP> {
    /// Inserts all routes. `TABLE` is [`table_size`] of `CAP`.
    ///
    /// # Panics
    /// When compiling, if two routes match the same requests, naming both.
    #[must_use]
    #[track_caller]
    pub const fn build<const TABLE: usize>(routes: &[FlatRoute]) -> Self {
        assert!(CAP < NONE as usize && routes.len() < NONE as usize, "more than 65534 routes or segments");
        let mut trie = Self { nodes: [Draft::EMPTY; CAP], len: 1 };
        let mut table = [0u16; TABLE];
        let mut i = 0;
        while i < routes.len() {
            let route = &routes[i];
            let (mut node, mut params, mut j) = (0, 0, 0);
            while j <= MAX_MOUNTS {
                let segments = if j == MAX_MOUNTS {
                    route.own_segments()
                } else if let Some(mount) = route.mounts()[j] {
                    mount.segments
                } else {
                    &[]
                };
                let mut k = 0;
                while k < segments.len() {
                    node = match segments[k] {
                        Segment::Literal(literal) => trie.literal_child(&mut table, node, literal),
                        Segment::Param(_, converter) => {
                            params += 1;
                            trie.param_child(node, converter)
                        }
                        Segment::Rest(_) => {
                            params += 1;
                            trie.rest_child(node)
                        }
                    };
                    k += 1;
                }
                j += 1;
            }
            assert!(params <= MAX_PARAMS, "a path has at most 8 parameters");
            let verb = route.def.verb as usize;
            if trie.nodes[node].routes[verb] != NONE {
                conflict(&routes[trie.nodes[node].routes[verb] as usize], route);
            }
            trie.nodes[node].routes[verb] = i as u16;
            i += 1;
        }
        trie
    }

    const fn add(&mut self, parent: usize) -> usize {
        let child = self.len;
        self.nodes[child].parent = parent as u16;
        self.len += 1;
        child
    }

    const fn param_child(&mut self, node: usize, converter: Converter) -> usize {
        let at = converter as usize;
        if self.nodes[node].params[at] == NONE {
            let child = self.add(node);
            self.nodes[child].converter = converter;
            self.nodes[node].params[at] = child as u16;
        }
        self.nodes[node].params[at] as usize
    }

    const fn rest_child(&mut self, node: usize) -> usize {
        if self.nodes[node].rest == NONE {
            self.nodes[node].rest = self.add(node) as u16;
        }
        self.nodes[node].rest as usize
    }

    const fn literal_child(&mut self, table: &mut [u16], node: usize, literal: Literal) -> usize {
        let mixed = literal.key.mix(literal.text.len()) ^ (node as u64) << 40;
        let mut slot = (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & (table.len() - 1);
        while table[slot] != 0 {
            let child = table[slot] as usize;
            if self.nodes[child].parent as usize == node
                && let Some(other) = self.nodes[child].literal
                && same(other.text, literal.text)
            {
                return child;
            }
            slot = (slot + 1) & (table.len() - 1);
        }
        let child = self.add(node);
        table[slot] = child as u16;
        self.nodes[child].literal = Some(literal);
        self.nodes[child].next_sibling = self.nodes[node].first_child;
        self.nodes[node].first_child = child as u16;
        self.nodes[node].children += 1;
        child
    }
}
