//! Whether the lists of middleware are in order, found out while the program is compiled.
//!
//! An application's list stands around those of its mounts, and a mount's around those of the mounts inside. So what a
//! middleware needs is looked for before it and around it, and what must not stand after it is looked for after it and
//! inside.

use super::Capability;
use crate::routing::{Item, MAX_MOUNTS, MountDef, RouteDef};
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

/// Stops the compiler when the middleware with this number in an application's list stands where it must not: `items`
/// are the routes inside.
#[track_caller]
pub const fn check_layer(site: &str, layers: &[LayerDef], number: usize, items: &'static [Item]) {
    Lists::of(site).layer(layers, number, items);
}

/// Stops the compiler when the list of a mount is not in order, or a handler needs what no list around it provides.
#[track_caller]
pub const fn check_routes(site: &str, layers: &'static [LayerDef], items: &'static [Item]) {
    Lists::of(site).with(layers, None).items(items);
}

/// The lists around a place, outermost first.
#[derive(Clone, Copy)]
struct Lists<'a> {
    site: &'a str,
    lists: [&'static [LayerDef]; MAX_MOUNTS + 1],
    count: usize,
    /// The mount whose list or routes are looked at; none of the application's own.
    mount: Option<&'static MountDef>,
}

impl<'a> Lists<'a> {
    const fn of(site: &'a str) -> Self {
        Self { site, lists: [&[]; MAX_MOUNTS + 1], count: 0, mount: None }
    }

    const fn with(mut self, layers: &'static [LayerDef], mount: Option<&'static MountDef>) -> Self {
        self.lists[self.count] = layers;
        self.count += 1;
        self.mount = mount;
        self
    }

    #[track_caller]
    const fn items(&self, items: &'static [Item]) {
        let mut i = 0;
        while i < items.len() {
            match items[i] {
                Item::Route(route) => self.route(route),
                // What is mounted deeper is refused elsewhere.
                Item::Mount(mount, items) if self.count <= MAX_MOUNTS => {
                    let around = Self { mount: Some(mount), ..*self };
                    let mut n = 0;
                    while n < mount.layers.len() {
                        around.layer(mount.layers, n, items);
                        n += 1;
                    }
                    self.with(mount.layers, Some(mount)).items(items);
                }
                Item::Mount(..) => {}
            }
            i += 1;
        }
    }

    /// The entry `number` of `layers`, which stand inside these lists and around `items`.
    #[track_caller]
    const fn layer(&self, layers: &[LayerDef], number: usize, items: &'static [Item]) {
        let layer = &layers[number];
        let (before, later) = layers.split_at(number);
        let mut i = 0;
        while i < layer.needs.len() {
            let need = layer.needs[i];
            if !self.provide(need) && provider(before, need).is_none() {
                self.misplaced(layer, need, provider(later, need), inside(items, need));
            }
            i += 1;
        }
        let mut i = 0;
        while i < layer.after.len() {
            let other = layer.after[i];
            if !self.provide(other) && provider(before, other).is_none() {
                let (later, inside) = (provider(later, other), inside(items, other));
                if later.is_some() || inside.is_some() {
                    self.misplaced(layer, other, later, inside);
                }
            }
            i += 1;
        }
    }

    #[track_caller]
    const fn misplaced(
        &self,
        layer: &LayerDef,
        need: Capability,
        later: Option<&LayerDef>,
        inside: Option<(&LayerDef, &MountDef)>,
    ) -> ! {
        let text = Sentence::new("the middleware `").push(layer.name).push("` of ");
        let text = match self.mount {
            Some(mount) => at(text, mount),
            None => text.push("`").push(self.site).push("`"),
        };
        let text = text.push(" needs `").push(need.name()).push("` before it: ");
        let text = match (later, inside) {
            (Some(later), _) => {
                let text = text.push("move `").push(later.name).push("` up in `middleware = [..]` of ");
                text.push(if self.mount.is_some() { "the mount" } else { "`#[app(..)]`" })
            }
            (None, Some((inner, mount))) => {
                let text = text.push("`").push(inner.name).push("` stands inside, in ");
                let text =
                    at(text, mount).push(": move `").push(inner.name).push("` to before `").push(layer.name);
                text.push("`, or `").push(layer.name).push("` into that mount")
            }
            (None, None) => {
                let text =
                    text.push("add `").push(need.name()).push("` to `middleware = [..]` of `#[app(..)]`");
                if self.mount.is_some() { text.push(" or of the mount") } else { text }
            }
        };
        panic!("{}", text.as_str())
    }

    #[track_caller]
    const fn route(&self, route: &RouteDef) {
        let mut i = 0;
        while i < route.needs.len() {
            let (argument, needs) = route.needs[i];
            let mut n = 0;
            while n < needs.len() {
                if !self.provide(needs[n]) {
                    let need = needs[n].name();
                    let text = Sentence::new("the handler `").push(route.name).push("` (").push(route.file);
                    // One is no argument: an option of the route.
                    let is_option =
                        matches!(argument.as_bytes(), [b'c', b'a', b'c', b'h', b'e', b' ', b'=', ..]);
                    let verb = if is_option { ") says `" } else { ") takes `" };
                    let text = text.push(":").number(route.line).push(verb).push(argument);
                    let text =
                        text.push("`, which needs the middleware `").push(need).push("`: add `").push(need);
                    let text = text.push("` to `middleware = [..]` of `").push(self.site).push("`");
                    let text = if self.mount.is_some() { text.push(" or of the mount") } else { text };
                    panic!("{}", text.as_str());
                }
                n += 1;
            }
            i += 1;
        }
    }

    const fn provide(&self, need: Capability) -> bool {
        let mut i = 0;
        while i < self.count {
            if provider(self.lists[i], need).is_some() {
                return true;
            }
            i += 1;
        }
        false
    }
}

/// The entry that provides it.
const fn provider(layers: &[LayerDef], need: Capability) -> Option<&LayerDef> {
    let mut i = 0;
    while i < layers.len() {
        let mut p = 0;
        while p < layers[i].provides.len() {
            if same(layers[i].provides[p].name(), need.name()) {
                return Some(&layers[i]);
            }
            p += 1;
        }
        i += 1;
    }
    None
}

/// The entry of a mount among the items, or of one inside it, that provides it.
const fn inside(items: &'static [Item], need: Capability) -> Option<(&'static LayerDef, &'static MountDef)> {
    let mut i = 0;
    while i < items.len() {
        if let Item::Mount(mount, items) = items[i] {
            if let Some(layer) = provider(mount.layers, need) {
                return Some((layer, mount));
            }
            if let Some(found) = inside(items, need) {
                return Some(found);
            }
        }
        i += 1;
    }
    None
}

/// Names a mount, and where it is written.
const fn at(text: Sentence, mount: &MountDef) -> Sentence {
    let prefix = if mount.prefix.is_empty() { "/" } else { mount.prefix };
    let text = text.push("the mount at `").push(prefix).push("` (").push(mount.file).push(":");
    text.number(mount.line).push(")")
}
