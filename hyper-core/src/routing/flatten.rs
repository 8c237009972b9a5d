//! From the rope of `routes!` to one list of routes with their prefixes, at compile time.

use super::{Item, MAX_MOUNTS, MountDef, RouteDef, Segment};

/// A route and the mounts around it, outermost first.
#[derive(Debug, Clone, Copy)]
pub struct FlatRoute {
    /// The route.
    pub def: &'static RouteDef,
    mounts: [Option<&'static MountDef>; MAX_MOUNTS],
}

impl FlatRoute {
    /// The path a client asks for, with the prefixes of all mounts.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = self.prefix();
        if path.is_empty() || self.def.path != "/" {
            path.push_str(self.def.path);
        }
        path
    }

    /// The prefixes of all mounts, joined.
    #[must_use]
    pub fn prefix(&self) -> String {
        self.mounts.iter().flatten().map(|mount| mount.prefix).collect()
    }

    pub(crate) const fn mounts(&self) -> &[Option<&'static MountDef>; MAX_MOUNTS] {
        &self.mounts
    }

    /// Whether anything stands before the route's own path.
    pub(super) const fn is_prefixed(&self) -> bool {
        let mut i = 0;
        while i < MAX_MOUNTS {
            if let Some(mount) = self.mounts[i]
                && !mount.segments.is_empty()
            {
                return true;
            }
            i += 1;
        }
        false
    }

    /// The route's own pieces: `/` under a prefix is the prefix itself, so it has none there.
    pub(super) const fn own_segments(&self) -> &'static [Segment] {
        if self.def.path.len() == 1 && self.is_prefixed() { &[] } else { self.def.segments }
    }
}

/// Counts the routes of a rope.
#[must_use]
pub const fn count(items: &[Item]) -> usize {
    let (mut n, mut i) = (0, 0);
    while i < items.len() {
        n += match items[i] {
            Item::Route(_) => 1,
            Item::Mount(_, items) => count(items),
        };
        i += 1;
    }
    n
}

/// Lists the routes of a rope in their order; `N` is [`count`].
///
/// # Panics
/// When compiling, if mounts are nested deeper than [`MAX_MOUNTS`].
#[must_use]
#[track_caller]
pub const fn flatten<const N: usize>(items: &[Item]) -> [FlatRoute; N] {
    const NOWHERE: RouteDef = RouteDef {
        verb: super::Verb::Get,
        path: "/",
        segments: &[],
        exact: false,
        name: "",
        summary: "",
        file: "",
        line: 0,
        needs: &[],
        mount_point: || unreachable!(),
    };
    let mut routes = [FlatRoute { def: &NOWHERE, mounts: [None; MAX_MOUNTS] }; N];
    let n = append(&mut routes, 0, items, [None; MAX_MOUNTS], 0);
    assert!(n == N, "the number of routes is not the one that was counted");
    routes
}

#[track_caller]
const fn append(
    routes: &mut [FlatRoute],
    mut n: usize,
    items: &[Item],
    mounts: [Option<&'static MountDef>; MAX_MOUNTS],
    depth: usize,
) -> usize {
    let mut i = 0;
    while i < items.len() {
        match items[i] {
            Item::Route(def) => {
                routes[n] = FlatRoute { def, mounts };
                n += 1;
            }
            Item::Mount(mount, items) => {
                assert!(depth < MAX_MOUNTS, "routes are mounted more than 4 levels deep");
                let mut mounts = mounts;
                mounts[depth] = Some(mount);
                n = append(routes, n, items, mounts, depth + 1);
            }
        }
        i += 1;
    }
    n
}
