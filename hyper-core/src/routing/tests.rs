//! The tree against a matcher that is obviously right: it tries every route and keeps the best.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

static NOWHERE: MountPoint = MountPoint::new();

/// Literals that differ in every place the keys look at, and in one they do not.
const WORDS: [&str; 12] = [
    "",
    "7",
    "42",
    "a~b",
    "1b4e28ba-2fa1-11d2-883f-b9a761bde3fb",
    "a",
    "ab",
    "abcd",
    "abcdefgh",
    "abcdefghijklmnop",
    "abcdefgh-one-ijklmnop",
    "abcdefgh-two-ijklmnop",
];

fn def(verb: Verb, pieces: &[&str]) -> &'static RouteDef {
    let segment = |piece: &&str| {
        let piece: &'static str = piece.to_string().leak();
        match piece.strip_prefix("{*") {
            Some(name) => Segment::Rest(name),
            None if piece.starts_with('{') => {
                let kind =
                    Converter::ALL.into_iter().find(|kind| piece.contains(&format!(":{}", kind.as_str())));
                Segment::Param(piece, kind.unwrap_or(Converter::Str))
            }
            None => Segment::literal(piece),
        }
    };
    let segments: Vec<Segment> = pieces.iter().map(segment).collect();
    Box::leak(Box::new(RouteDef {
        verb,
        path: format!("/{}", pieces.join("/")).leak(),
        segments: segments.leak(),
        exact: false,
        name: "test",
        summary: "",
        file: "tests.rs",
        line: 1,
        needs: &[],
        mount_point: || &NOWHERE,
    }))
}

/// A tree built at run time, with room for what the tests put into it.
fn tree(defs: &[&'static RouteDef]) -> Tree {
    let items: Vec<Item> = defs.iter().map(|def| Item::Route(def)).collect();
    tree_of(&items)
}

fn tree_of(items: &[Item]) -> Tree {
    let routes: &'static [FlatRoute] = flatten::<64>(&{
        let mut all = items.to_vec();
        // Fill up to the fixed number with routes nobody asks for.
        for i in count(items)..64 {
            all.push(Item::Route(def(Verb::Delete, &["unused", &i.to_string()])));
        }
        all
    })
    .to_vec()
    .leak();
    let trie = Trie::<512>::build::<1024>(routes);
    let packed: &'static Packed<512, 512, 8192, 64> = Box::leak(Box::new(trie.pack()));
    Tree { nodes: &packed.nodes, edges: &packed.edges, slots: &packed.slots, leaves: &packed.leaves, routes }
}

fn piece() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => select(&WORDS[1..]), 1 => Just("{p}"), 1 => select(&["{p:int}", "{p:slug}", "{p:uuid}"][..])]
}

fn pieces() -> impl Strategy<Value = Vec<&'static str>> {
    let end = prop_oneof![4 => Just(None), 1 => Just(Some("{*rest}")), 1 => Just(Some(""))];
    (proptest::collection::vec(piece(), 0..4), end).prop_map(|(mut pieces, end)| {
        pieces.extend(end);
        if pieces.is_empty() { vec![""] } else { pieces }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn finds_what_trying_every_route_finds(
        routes in proptest::collection::vec((select(&Verb::ALL[..]), pieces()), 1..30),
        paths in proptest::collection::vec(proptest::collection::vec(select(&WORDS[..]), 1..6), 40),
    ) {
        let mut shapes = BTreeSet::new();
        let defs: Vec<&'static RouteDef> = routes
            .iter()
            .filter(|(verb, pieces)| shapes.insert((*verb as u8, pieces.clone())))
            .map(|(verb, pieces)| def(*verb, pieces))
            .collect();
        let tree = tree(&defs);
        for parts in &paths {
            let path = format!("/{}", parts.join("/"));
            let matching: Vec<_> =
                defs.iter().enumerate().filter_map(|(i, def)| Some((naive(def, &path)?, i))).collect();
            for verb in Verb::ALL {
                let mut params = Params::default();
                let found = tree.find(&path, Some(verb), &mut params);
                let best = matching.iter().filter(|(_, i)| defs[*i].verb == verb).min();
                let expected = match best {
                    Some((_, i)) => Found::Route(*i),
                    None if matching.is_empty() => Found::Missing,
                    None => Found::NotAllowed(
                        matching.iter().fold(VerbSet::EMPTY, |set, (_, i)| set.with(defs[*i].verb)),
                    ),
                };
                prop_assert_eq!(found, expected, "{} {}", verb.as_str(), path);
                if let Some(((_, texts), _)) = best {
                    let got: Vec<&str> =
                        (0..8).map_while(|i| params.range(i)).map(|range| &path[range]).collect();
                    prop_assert_eq!(&got, texts);
                }
            }
        }
    }
}

#[test]
fn many_children_of_one_node_are_told_apart() {
    let defs: Vec<_> = (0..60).map(|i| def(Verb::Get, &[&format!("segment-{i}")])).collect();
    let tree = tree(&defs);
    for i in 0..60 {
        let found = tree.find(&format!("/segment-{i}"), Some(Verb::Get), &mut Params::default());
        assert_eq!(found, Found::Route(i));
    }
    assert_eq!(tree.find("/segment-60", Some(Verb::Get), &mut Params::default()), Found::Missing);
}

#[test]
fn mounts_join_their_prefixes() {
    static API: MountDef = MountDef {
        prefix: "/api",
        segments: &[Segment::literal("api")],
        layers: &[],
        file: "tests.rs",
        line: 1,
    };
    static V1: MountDef = MountDef {
        prefix: "/v1",
        segments: &[Segment::literal("v1")],
        layers: &[],
        file: "tests.rs",
        line: 1,
    };
    let leaf: &'static [Item] =
        vec![Item::Route(def(Verb::Get, &[""])), Item::Route(def(Verb::Get, &["{id}"]))].leak();
    let inner: &'static [Item] = vec![Item::Mount(&V1, leaf), Item::Route(def(Verb::Get, &["x"]))].leak();
    let tree = tree_of(&[Item::Route(def(Verb::Get, &[""])), Item::Mount(&API, inner)]);
    let find = |path: &str| tree.find(path, Some(Verb::Get), &mut Params::default());
    assert_eq!(find("/"), Found::Route(0));
    assert_eq!(find("/api/v1"), Found::Route(1));
    assert_eq!(find("/api/v1/7"), Found::Route(2));
    assert_eq!(find("/api/x"), Found::Route(3));
    assert_eq!(find("/v1/7"), Found::Missing);
    assert_eq!(tree.routes[1].path(), "/api/v1");
    assert_eq!(tree.routes[2].path(), "/api/v1/{id}");
}

fn conflict_of(defs: &'static [&'static RouteDef]) -> String {
    let panic = std::panic::catch_unwind(|| tree(defs).routes.len()).unwrap_err();
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn conflicts_name_both_routes() {
    let text = conflict_of(vec![def(Verb::Get, &["u", "{id}"]), def(Verb::Get, &["u", "{name}"])].leak());
    assert_eq!(
        text,
        "conflicting routes: `GET /u/{id}` (test, tests.rs:1) and `GET /u/{name}` (test, tests.rs:1) \
         match the same requests: change the path or the method of one"
    );
    let one = def(Verb::Get, &["u", "{id}"]);
    assert_eq!(
        conflict_of(vec![one, one].leak()),
        "the route `GET /u/{id}` (test, tests.rs:1) is listed twice, or its set mounted twice: leave one out"
    );
}

#[test]
fn paths_that_begin_with_no_slash_are_nowhere() {
    let tree = tree(&[def(Verb::Get, &[""])]);
    for path in ["", "*", "a"] {
        assert_eq!(tree.find(path, Some(Verb::Get), &mut Params::default()), Found::Missing);
    }
}
