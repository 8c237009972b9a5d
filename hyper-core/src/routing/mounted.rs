//! Whether a set of routes has a route, for `url!`.

use super::{Item, RouteDef};
use crate::sentence::{Sentence, same};

/// Stops the compiler when the route is neither in the set nor in one that is mounted in it.
#[doc(hidden)]
#[track_caller]
pub const fn check_mounted(set: &str, items: &[Item], route: &RouteDef) {
    if !contains(items, route) {
        let text = Sentence::new("the route `").push(route.name).push("` is not mounted in `").push(set);
        let text = text.push("`, so no URL leads to it: add it to a `routes!` there, or mount its set");
        panic!("{}", text.as_str());
    }
}

const fn contains(items: &[Item], route: &RouteDef) -> bool {
    let mut i = 0;
    while i < items.len() {
        let found = match items[i] {
            // The line first: it differs for nearly all, and costs nothing to compare.
            Item::Route(def) => {
                def.line == route.line && same(def.file, route.file) && same(def.name, route.name)
            }
            Item::Mount(_, items) => contains(items, route),
        };
        if found {
            return true;
        }
        i += 1;
    }
    false
}
