//! The route tree against a matcher that tries every route.

use super::kind;
use crate::routing::Converter::{Int, Slug, Str, Uuid};
use crate::routing::{
    FlatRoute, Found, Item, MountPoint, Packed, Params, RouteDef, Segment, Sizes, Tree, Trie, Verb, VerbSet,
    capacity, count, flatten, naive, table_size,
};

static NOWHERE: MountPoint = MountPoint::new();

const fn def(verb: Verb, segments: &'static [Segment]) -> RouteDef {
    RouteDef {
        verb,
        path: "/..",
        segments,
        exact: false,
        name: "fuzz",
        summary: "",
        file: "",
        line: 0,
        needs: &[],
        mount_point: || &NOWHERE,
    }
}

macro_rules! routes {
    ($($verb:ident [$($segment:expr),*];)*) => {
        const ITEMS: &[Item] = &[$(Item::Route(&const { def(Verb::$verb, const { &[$($segment),*] }) })),*];
    };
}

const fn text(text: &'static str) -> Segment {
    Segment::literal(text)
}

// Ways that lead nowhere beside ways that do, in all orders of preference.
routes! {
    Get [text("")];
    Get [text("a")];
    Post [text("a")];
    Get [text("a"), text("")];
    Get [text("a"), text("b")];
    Get [text("a"), Segment::Param("id", Int)];
    Put [text("a"), Segment::Param("id", Int)];
    Get [text("a"), Segment::Param("slug", Slug), text("c")];
    Get [text("a"), Segment::Param("key", Uuid)];
    Delete [text("a"), Segment::Param("any", Str)];
    Get [text("a"), Segment::Param("any", Str), text("d"), Segment::Param("id", Int)];
    Get [text("a"), Segment::Param("id", Int), text("d"), Segment::Param("any", Str)];
    Get [text("a"), text("b"), Segment::Rest("rest")];
    Patch [Segment::Param("any", Str)];
    Get [Segment::Param("slug", Slug), Segment::Param("id", Int)];
    Get [Segment::Param("slug", Slug), text("")];
    Get [text("caf%C3%A9"), Segment::Param("any", Str)];
    Get [text("abcdefgh-one-ijklmnop")];
    Get [text("abcdefgh-two-ijklmnop")];
    Post [Segment::Rest("rest")];
}

const ROUTES: &[FlatRoute; count(ITEMS)] = &flatten(ITEMS);
const TRIE: &Trie<{ capacity(ROUTES) }> = &Trie::build::<{ table_size(capacity(ROUTES)) }>(ROUTES);
const SIZES: Sizes = TRIE.sizes();
static PACKED: Packed<{ SIZES.nodes }, { SIZES.edges }, { SIZES.slots }, { SIZES.leaves }> = TRIE.pack();
static TREE: Tree = Tree {
    nodes: &PACKED.nodes,
    edges: &PACKED.edges,
    slots: &PACKED.slots,
    leaves: &PACKED.leaves,
    routes: ROUTES,
};

/// The tree finds what trying every route finds, with the same parameters.
pub fn routes(data: &[u8]) -> u64 {
    let Ok(path) = std::str::from_utf8(data) else { return 0 };
    let matching: Vec<_> = if path.starts_with('/') {
        let matched = ROUTES.iter().enumerate().filter_map(|(i, route)| Some((naive(route.def, path)?, i)));
        matched.collect()
    } else {
        Vec::new()
    };
    let allowed = matching.iter().fold(VerbSet::EMPTY, |set, (_, i)| set.with(ROUTES[*i].def.verb));
    let mut kinds = Vec::new();
    for verb in Verb::ALL {
        let mut params = Params::default();
        let found = TREE.find(path, Some(verb), &mut params);
        let best = matching.iter().filter(|(_, i)| ROUTES[*i].def.verb == verb).min();
        let expected = match best {
            Some((_, i)) => Found::Route(*i),
            None if matching.is_empty() => Found::Missing,
            None => Found::NotAllowed(allowed),
        };
        assert_eq!(found, expected, "{} {path:?}", verb.as_str());
        if let Some(((_, texts), _)) = best {
            let got: Vec<&str> = (0..8).map_while(|i| params.range(i)).map(|range| &path[range]).collect();
            assert_eq!(&got, texts, "{} {path:?}", verb.as_str());
        }
        kinds.push(match found {
            Found::Route(i) => i as u64 + 2,
            Found::NotAllowed(_) => 1,
            Found::Missing => 0,
        });
    }
    kind(kinds)
}
