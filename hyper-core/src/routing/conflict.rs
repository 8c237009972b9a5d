//! The sentences about mistakes that only constant evaluation sees: two routes that match the same
//! requests, and handlers that read the body twice.

use super::{FlatRoute, MAX_MOUNTS, Verb};
use crate::sentence::{Sentence, same};

/// Stops the compiler with a sentence that names both handlers, where they are and their full paths.
#[track_caller]
pub(super) const fn conflict(first: &FlatRoute, second: &FlatRoute) -> ! {
    let (def, other) = (first.def, second.def);
    let is_one = def.line == other.line
        && same(def.file, other.file)
        && same(def.name, other.name)
        && same(def.path, other.path);
    if is_one {
        let text = named(Sentence::new("the route "), first)
            .push(" is listed twice, or its set mounted twice: leave one out");
        panic!("{}", text.as_str());
    }
    let text = named(Sentence::new("conflicting routes: "), first);
    let text = named(text.push(" and "), second)
        .push(" match the same requests: change the path or the method of one");
    panic!("{}", text.as_str())
}

/// Stops the compiler when a handler reads the body twice, or where there is none. `arguments` are
/// the types as written, and whether they read the body.
#[doc(hidden)]
#[track_caller]
pub const fn check_bodies(handler: &str, method: &str, arguments: &[(&str, bool)]) {
    let text = Sentence::new("");
    let (mut first, mut i) = (None, 0);
    while i < arguments.len() {
        let (ty, reads) = arguments[i];
        if reads && matches!(method.as_bytes(), b"GET") {
            let text = text.push("`GET` requests have no body, and `").push(ty).push("` of the handler `");
            let text = text.push(handler).push("` reads it: use `#[post]`, or take it from `Query<..>`");
            panic!("{}", text.as_str());
        }
        if reads && let Some(first) = first {
            let text =
                text.push("the handler `").push(handler).push("` reads the body of the request twice: `");
            let text = text.push(first).push("` and `").push(ty).push("`: keep one of them");
            panic!("{}", text.as_str());
        }
        if reads {
            first = Some(ty);
        }
        i += 1;
    }
}

/// Stops the compiler when a middleware reads the body, which is the handler's. `arguments` as for [`check_bodies`].
#[doc(hidden)]
#[track_caller]
pub const fn check_no_bodies(middleware: &str, arguments: &[(&str, bool)]) {
    let mut i = 0;
    while i < arguments.len() {
        if arguments[i].1 {
            let text = Sentence::new("`").push(arguments[i].0).push("` of the middleware `").push(middleware);
            let text = text.push("` reads the body of the request, which is then lost for the handler");
            panic!("{}", text.as_str());
        }
        i += 1;
    }
}

const fn named(text: Sentence, route: &FlatRoute) -> Sentence {
    let verb: Verb = route.def.verb;
    let mut text = text.push("`").push(verb.as_str()).push(" ");
    let mut i = 0;
    while i < MAX_MOUNTS {
        if let Some(mount) = route.mounts()[i] {
            text = text.push(mount.prefix);
        }
        i += 1;
    }
    if !(route.is_prefixed() && route.own_segments().is_empty()) {
        text = text.push(route.def.path);
    }
    text.push("` (")
        .push(route.def.name)
        .push(", ")
        .push(route.def.file)
        .push(":")
        .number(route.def.line)
        .push(")")
}
