//! The route tree of an application and the walk through it.
//!
//! A path is split at its slashes. At each node a literal child is preferred to `{param}` (with a
//! converter before without), and that to `{*rest}`; when the preferred way ends nowhere, or at a route of another method, the others
//! are tried. Nothing is allocated: parameters are ranges of the path.

use super::segment::Key;
use super::{Converter, FlatRoute, Literal, MAX_PARAMS, Verb, VerbSet};

/// The converter that takes everything, in most of all nodes.
const ANY: u8 = Converter::Str as u8;

/// The tree of an application: built when it is compiled, read for every request.
#[derive(Debug)]
pub struct Tree {
    /// The nodes; 0 is the root.
    pub nodes: &'static [Node],
    /// The children by literal.
    pub edges: &'static [Edge],
    /// The hashes of all nodes.
    pub slots: &'static [u16],
    /// The routes of all nodes.
    pub leaves: &'static [u16],
    /// The routes by number.
    pub routes: &'static [FlatRoute],
}

/// A place in the tree; its fields are the business of this module.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    pub(super) multiplier: u64,
    pub(super) slots: u32,
    pub(super) leaf: u16,
    /// The first child by parameter.
    pub(super) param: u16,
    /// Its parent's next child by parameter, if one leads here.
    pub(super) next: u16,
    pub(super) rest: u16,
    pub(super) shift: u8,
    pub(super) verbs: u8,
    /// What the parameter that leads here takes.
    pub(super) converter: u8,
}

impl Node {
    pub(super) const EMPTY: Self = Self {
        multiplier: 0,
        slots: 0,
        leaf: 0,
        param: 0,
        next: 0,
        rest: 0,
        shift: 0,
        verbs: 0,
        converter: ANY,
    };
}

/// The way from a node to a child by literal.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    key: Key,
    text: &'static str,
    child: u16,
    next: u16,
}

impl Edge {
    pub(super) const EMPTY: Self = Self { key: Key { head: 0, tail: 0 }, text: "", child: 0, next: 0 };

    pub(super) const fn new(literal: Literal, child: u16, next: u16) -> Self {
        Self { key: literal.key, text: literal.text, child, next }
    }
}

/// Where the parameters of a matched route stand in its path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Params {
    ranges: [(u16, u16); MAX_PARAMS],
    len: u8,
}

impl Params {
    /// The range of a parameter, by its number in the path.
    #[must_use]
    pub fn range(&self, index: usize) -> Option<std::ops::Range<usize>> {
        let (start, end) = *self.ranges[..usize::from(self.len)].get(index)?;
        Some(usize::from(start)..usize::from(end))
    }

    #[inline]
    fn push(&mut self, start: usize, end: usize) {
        if let Some(range) = self.ranges.get_mut(usize::from(self.len)) {
            *range = (start as u16, end as u16);
            self.len += 1;
        }
    }
}

/// What a look-up finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The route with this number.
    Route(usize),
    /// Routes of other methods only.
    NotAllowed(VerbSet),
    /// Nothing.
    Missing,
}

impl Tree {
    /// Finds the route for a normalised path that begins with `/`.
    ///
    /// `verb` is `None` for methods no route can have; the answer then says what is allowed.
    /// Paths of 64 KiB and more are found nowhere.
    #[must_use]
    pub fn find(&self, path: &str, verb: Option<Verb>, params: &mut Params) -> Found {
        let bytes = path.as_bytes();
        if bytes.first() != Some(&b'/') || bytes.len() > usize::from(u16::MAX) {
            return Found::Missing;
        }
        let Some(verb) = verb else { return self.search(bytes, None, params) };
        let mut node = &self.nodes[0];
        let mut start = 1;
        while start <= bytes.len() {
            let end = segment_end(bytes, start);
            let segment = &bytes[start..end];
            if let Some(child) = self.literal(node, segment) {
                node = &self.nodes[child];
            } else if node.param != 0
                && start < end
                && let Some(child) = self.param(node.param, segment)
            {
                params.push(start, end);
                node = &self.nodes[usize::from(child)];
            } else if node.rest != 0 && start < bytes.len() {
                params.push(start, bytes.len());
                node = &self.nodes[usize::from(node.rest)];
                break;
            } else {
                return self.search(bytes, Some(verb), params);
            }
            start = end + 1;
        }
        match self.route(node, verb) {
            Some(route) => Found::Route(route),
            None => self.search(bytes, Some(verb), params),
        }
    }

    #[inline]
    fn route(&self, node: &Node, verb: Verb) -> Option<usize> {
        if node.verbs & verb.bit() == 0 {
            return None;
        }
        let before = (node.verbs & (verb.bit() - 1)).count_ones() as usize;
        Some(usize::from(self.leaves[usize::from(node.leaf) + before]))
    }

    #[inline]
    fn literal(&self, node: &Node, segment: &[u8]) -> Option<usize> {
        if node.shift == 0 {
            return None;
        }
        let key = Key::of(segment);
        let slot = (key.mix(segment.len()).wrapping_mul(node.multiplier) >> node.shift) as usize;
        let mut edge = self.slots[node.slots as usize + slot];
        while edge != 0 {
            let candidate = &self.edges[usize::from(edge) - 1];
            if candidate.key == key
                && candidate.text.len() == segment.len()
                && (segment.len() <= 16 || candidate.text.as_bytes() == segment)
            {
                return Some(usize::from(candidate.child));
            }
            edge = candidate.next;
        }
        None
    }

    /// The first child by parameter, from this one on, that takes the segment; there is one if it is not 0.
    #[inline]
    fn param(&self, mut child: u16, segment: &[u8]) -> Option<u16> {
        while child != 0 {
            let node = &self.nodes[usize::from(child)];
            if node.converter == ANY || Converter::ALL[usize::from(node.converter)].matches(segment) {
                return Some(child);
            }
            child = node.next;
        }
        None
    }

    /// Tries every way, in the order of preference; visits each node at most once.
    #[cold]
    fn search(&self, path: &[u8], verb: Option<Verb>, params: &mut Params) -> Found {
        *params = Params::default();
        let mut allowed = 0;
        match self.walk(&self.nodes[0], path, 1, verb, params, &mut allowed) {
            Some(route) => Found::Route(route),
            None if allowed == 0 => Found::Missing,
            None => Found::NotAllowed(VerbSet::from_bits(allowed)),
        }
    }

    fn walk(
        &self,
        node: &Node,
        path: &[u8],
        start: usize,
        verb: Option<Verb>,
        params: &mut Params,
        allowed: &mut u8,
    ) -> Option<usize> {
        if start > path.len() {
            *allowed |= node.verbs;
            return verb.and_then(|verb| self.route(node, verb));
        }
        let end = segment_end(path, start);
        if let Some(child) = self.literal(node, &path[start..end]) {
            let found = self.walk(&self.nodes[child], path, end + 1, verb, params, allowed);
            if found.is_some() {
                return found;
            }
        }
        let before = params.len;
        let mut next = node.param;
        while start < end
            && let Some(child) = self.param(next, &path[start..end])
        {
            params.push(start, end);
            let child = &self.nodes[usize::from(child)];
            let found = self.walk(child, path, end + 1, verb, params, allowed);
            if found.is_some() {
                return found;
            }
            params.len = before;
            next = child.next;
        }
        if node.rest != 0 && start < path.len() {
            params.push(start, path.len());
            let child = &self.nodes[usize::from(node.rest)];
            *allowed |= child.verbs;
            let found = verb.and_then(|verb| self.route(child, verb));
            if found.is_some() {
                return found;
            }
            params.len = before;
        }
        None
    }
}

/// The end of the segment that begins at `start`: the next slash or the end of the path.
///
/// Eight bytes at a time: segments are short, so that a search made for long texts costs more than it finds.
#[inline]
fn segment_end(path: &[u8], mut start: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    while let Some(eight) = path.get(start..).and_then(<[u8]>::first_chunk::<8>) {
        // The lowest byte that is a slash becomes 0, and then the lowest whose high bit is set.
        let differs = u64::from_le_bytes(*eight) ^ (ONES * b'/' as u64);
        let found = differs.wrapping_sub(ONES) & !differs & (ONES << 7);
        if found != 0 {
            return start + (found.trailing_zeros() / 8) as usize;
        }
        start += 8;
    }
    while start < path.len() && path[start] != b'/' {
        start += 1;
    }
    start
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::segment_end;

    proptest! {
        #[test]
        fn segments_end_at_the_next_slash(path in prop::collection::vec(prop::sample::select(&b"/.0\x2e\xaf\0a"[..]), 0..40)) {
            for start in 0..=path.len() {
                let expected = path[start..].iter().position(|byte| *byte == b'/').map_or(path.len(), |at| start + at);
                prop_assert_eq!(segment_end(&path, start), expected);
            }
        }
    }
}
