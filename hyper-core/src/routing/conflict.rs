//! The sentences about mistakes that only constant evaluation sees: two routes that match the same
//! requests, and handlers that read the body twice.

use super::{FlatRoute, MAX_MOUNTS, Verb};

const CAPACITY: usize = 1024;

/// Stops the compiler with a sentence that names both handlers, where they are and their full paths.
#[track_caller]
pub(super) const fn conflict(first: &FlatRoute, second: &FlatRoute) -> ! {
    let text = Text { bytes: [0; CAPACITY], len: 0 }
        .push("conflicting routes: ")
        .route(first)
        .push(" and ")
        .route(second)
        .push(" match the same requests: change the path or the method of one");
    panic!("{}", text.as_str())
}

/// Stops the compiler when a handler reads the body twice, or where there is none. `arguments` are
/// the types as written, and whether they read the body.
#[doc(hidden)]
#[track_caller]
pub const fn check_bodies(handler: &str, method: &str, arguments: &[(&str, bool)]) {
    let text = Text { bytes: [0; CAPACITY], len: 0 };
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

#[derive(Clone, Copy)]
struct Text {
    bytes: [u8; CAPACITY],
    len: usize,
}

impl Text {
    const fn push(mut self, text: &str) -> Self {
        let (text, mut i) = (text.as_bytes(), 0);
        while i < text.len() && self.len < CAPACITY {
            self.bytes[self.len] = text[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    const fn route(self, route: &FlatRoute) -> Self {
        let verb: Verb = route.def.verb;
        let mut text = self.push("`").push(verb.as_str()).push(" ");
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

    const fn number(self, n: u32) -> Self {
        let text = if n >= 10 { self.number(n / 10) } else { self };
        let digit = [b'0' + (n % 10) as u8];
        match std::str::from_utf8(&digit) {
            Ok(digit) => text.push(digit),
            Err(_) => text,
        }
    }

    const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            // Only a sentence cut off inside a character gets here.
            Err(_) => "conflicting routes: two handlers match the same requests",
        }
    }
}
