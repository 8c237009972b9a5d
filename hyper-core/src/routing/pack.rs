//! From the draft to the tree as it stands in the binary: exact sizes, and for each node a hash of
//! its children without collisions, its multiplier searched at compile time.

use super::tree::{Edge, Node};
use super::trie::{Draft, NONE, Trie};
use super::{Converter, Literal, Verb};

/// How many multipliers are tried for a node before the children share slots.
const TRIES: usize = 64;

/// The sizes of a packed tree.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Nodes, the root included.
    pub nodes: usize,
    /// Children by literal, of all nodes.
    pub edges: usize,
    /// Slots of all nodes' hashes.
    pub slots: usize,
    /// Routes.
    pub leaves: usize,
}

/// The arrays of a tree.
#[derive(Debug)]
pub struct Packed<const NODES: usize, const EDGES: usize, const SLOTS: usize, const LEAVES: usize> {
    /// By number.
    pub nodes: [Node; NODES],
    /// In the order of their children.
    pub edges: [Edge; EDGES],
    /// The number of an edge and one, or 0.
    pub slots: [u16; SLOTS],
    /// The numbers of routes, a node's together and in the order of their verbs.
    pub leaves: [u16; LEAVES],
}

/// log2 of the slots for that many children: room enough that some multiplier has no collisions.
const fn slot_bits(children: u16) -> u32 {
    let n = children as usize;
    let room = if n <= 2 {
        2
    } else if n <= 90 {
        n * n / 2
    } else {
        n * 4
    };
    room.next_power_of_two().trailing_zeros()
}

impl<const CAP: usize> Trie<CAP> {
    /// The sizes of the tree when packed.
    #[must_use]
    pub const fn sizes(&self) -> Sizes {
        let mut sizes = Sizes { nodes: self.len, edges: 0, slots: 0, leaves: 0 };
        let mut i = 0;
        while i < self.len {
            let node = &self.nodes[i];
            sizes.edges += node.children as usize;
            if node.children > 0 {
                sizes.slots += 1 << slot_bits(node.children);
            }
            let mut verb = 0;
            while verb < Verb::COUNT {
                sizes.leaves += (node.routes[verb] != NONE) as usize;
                verb += 1;
            }
            i += 1;
        }
        sizes
    }

    /// Packs the tree; the parameters are those of [`Trie::sizes`].
    #[must_use]
    pub const fn pack<const N: usize, const E: usize, const S: usize, const L: usize>(
        &self,
    ) -> Packed<N, E, S, L> {
        let mut packed =
            Packed { nodes: [Node::EMPTY; N], edges: [Edge::EMPTY; E], slots: [0; S], leaves: [0; L] };
        let (mut edges, mut slots, mut leaves, mut i) = (0, 0, 0, 0);
        while i < N {
            let draft = &self.nodes[i];
            let mut node = Node::EMPTY;
            node.param = next_param(&draft.params, 0);
            node.converter = draft.converter as u8;
            if draft.parent != NONE {
                let siblings = &self.nodes[draft.parent as usize].params;
                if siblings[draft.converter as usize] as usize == i {
                    node.next = next_param(siblings, draft.converter as usize + 1);
                }
            }
            node.rest = if draft.rest == NONE { 0 } else { draft.rest };
            node.leaf = leaves as u16;
            let mut verb = 0;
            while verb < Verb::COUNT {
                if draft.routes[verb] != NONE {
                    node.verbs |= 1 << verb;
                    packed.leaves[leaves] = draft.routes[verb];
                    leaves += 1;
                }
                verb += 1;
            }
            if draft.children > 0 {
                let bits = slot_bits(draft.children);
                node.shift = (64 - bits) as u8;
                node.slots = slots as u32;
                node.multiplier = self.search(draft, node.shift);
                let mut child = draft.first_child;
                while child != NONE {
                    if let Some(literal) = self.nodes[child as usize].literal {
                        let slot = slots + slot_of(literal, node.multiplier, node.shift);
                        packed.edges[edges] = Edge::new(literal, child, packed.slots[slot]);
                        edges += 1;
                        packed.slots[slot] = edges as u16;
                    }
                    child = self.nodes[child as usize].next_sibling;
                }
                slots += 1 << bits;
            }
            packed.nodes[i] = node;
            i += 1;
        }
        packed
    }

    /// A multiplier under which the children's slots differ; the last one tried if there is none
    /// (children then share slots, and are told apart one after the other).
    const fn search(&self, parent: &Draft, shift: u8) -> u64 {
        let mut multiplier = 0x9E37_79B9_7F4A_7C15u64;
        if parent.children == 1 || parent.children > 90 {
            return multiplier;
        }
        let mut tried = 0;
        while tried < TRIES {
            // A bit a slot: 90 children have at most 4096.
            let mut used = [0u64; 64];
            let mut child = parent.first_child;
            let mut clash = false;
            while child != NONE && !clash {
                if let Some(literal) = self.nodes[child as usize].literal {
                    let slot = slot_of(literal, multiplier, shift);
                    clash = used[slot / 64] & 1 << (slot % 64) != 0;
                    used[slot / 64] |= 1 << (slot % 64);
                }
                child = self.nodes[child as usize].next_sibling;
            }
            if !clash {
                return multiplier;
            }
            multiplier = multiplier.wrapping_mul(0xD134_2543_DE82_EF95).wrapping_add(2) | 1;
            tried += 1;
        }
        multiplier
    }
}

/// The first parameter from this converter on; 0 if there is none.
const fn next_param(params: &[u16; Converter::COUNT], mut converter: usize) -> u16 {
    while converter < Converter::COUNT {
        if params[converter] != NONE {
            return params[converter];
        }
        converter += 1;
    }
    0
}

const fn slot_of(literal: Literal, multiplier: u64, shift: u8) -> usize {
    (literal.key.mix(literal.text.len()).wrapping_mul(multiplier) >> shift) as usize
}
