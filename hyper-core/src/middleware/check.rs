//! Whether a list of middleware is in order, found out while the program is compiled.

use super::Capability;
use crate::routing::FlatRoute;
use crate::sentence::{Sentence, same};

/// One entry of a list, as it is written there.
#[derive(Debug, Clone, Copy)]
pub struct LayerDef {
    name: &'static str,
    needs: &'static [Capability],
    after: &'static [Capability],
    provides: &'static [Capability],
}

impl LayerDef {
    /// The entry that is written `name`.
    #[must_use]
    pub const fn new(
        name: &'static str,
        needs: &'static [Capability],
        after: &'static [Capability],
        provides: &'static [Capability],
    ) -> Self {
        Self { name, needs, after, provides }
    }

    /// As it is written in the list.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

/// Stops the compiler when a list is not in order, or a handler needs what no list provides.
#[track_caller]
pub const fn check_layers(site: &str, layers: &[LayerDef], routes: &[FlatRoute]) {
    check_list("`#[app(..)]`", site, &[], layers);
    let mut i = 0;
    while i < routes.len() {
        check_route(site, layers, &routes[i]);
        i += 1;
    }
}

/// `around` are the lists that stand around this one.
#[track_caller]
const fn check_list(place: &str, site: &str, around: &[&[LayerDef]], layers: &[LayerDef]) {
    let mut i = 0;
    while i < layers.len() {
        let layer = &layers[i];
        let mut n = 0;
        while n < layer.needs.len() {
            let need = layer.needs[n];
            if !provided(layers, i, need) && !provided_around(around, need) {
                missing(place, site, layer.name, need, provided(layers, layers.len(), need));
            }
            n += 1;
        }
        let mut n = 0;
        while n < layer.after.len() {
            let other = layer.after[n];
            if !provided(layers, i, other) && provided(layers, layers.len(), other) {
                missing(place, site, layer.name, other, true);
            }
            n += 1;
        }
        i += 1;
    }
}

#[track_caller]
const fn missing(place: &str, site: &str, layer: &str, need: Capability, is_later: bool) -> ! {
    let text = Sentence::new("the middleware `").push(layer).push("` of `").push(site).push("` needs `");
    let text = text.push(need.name()).push("` before it: ");
    let text = if is_later {
        text.push("move `").push(need.name()).push("` up in `middleware = [..]` of ").push(place)
    } else {
        text.push("add `").push(need.name()).push("` to `middleware = [..]` of `#[app(..)]`")
    };
    panic!("{}", text.as_str())
}

/// Whether one of the first `count` provides it.
const fn provided(layers: &[LayerDef], count: usize, need: Capability) -> bool {
    let mut i = 0;
    while i < count {
        let mut p = 0;
        while p < layers[i].provides.len() {
            if same(layers[i].provides[p].name(), need.name()) {
                return true;
            }
            p += 1;
        }
        i += 1;
    }
    false
}

const fn provided_around(around: &[&[LayerDef]], need: Capability) -> bool {
    let mut i = 0;
    while i < around.len() {
        if provided(around[i], around[i].len(), need) {
            return true;
        }
        i += 1;
    }
    false
}

/// Most routes need nothing and stand in no list of their own; these cost next to nothing.
#[track_caller]
const fn check_route(site: &str, layers: &[LayerDef], route: &FlatRoute) {
    let mounts = route.mounts();
    let mut around: [&[LayerDef]; crate::routing::MAX_MOUNTS + 1] = [&[]; crate::routing::MAX_MOUNTS + 1];
    around[0] = layers;
    let mut i = 0;
    while i < mounts.len() {
        if let Some(mount) = mounts[i] {
            if !mount.layers.is_empty() {
                check_list("the mount", site, &around, mount.layers);
            }
            around[i + 1] = mount.layers;
        }
        i += 1;
    }
    let mut i = 0;
    while i < route.def.needs.len() {
        let (argument, needs) = route.def.needs[i];
        let mut n = 0;
        while n < needs.len() {
            if !provided_around(&around, needs[n]) {
                let text =
                    Sentence::new("the handler `").push(route.def.name).push("` takes `").push(argument);
                let text =
                    text.push("`, which needs the middleware `").push(needs[n].name()).push("`: add `");
                let text =
                    text.push(needs[n].name()).push("` to `middleware = [..]` of `").push(site).push("`");
                panic!("{}", text.as_str());
            }
            n += 1;
        }
        i += 1;
    }
}
