//! What is read of a request while it is answered, for those who keep the answer.
//!
//! Each way to something of a request that is not in every key of a page notes it, whoever takes it: an argument, a
//! middleware, an answer. What this crate looks at although no answer depends on it is behind `unnoted_` names.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use http::{Extensions, HeaderMap, HeaderName};
use parking_lot::Mutex;

use super::{Peer, Request};

/// What was read, beside what every key of a page has.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    /// Fields by their names.
    fields: Mutex<Vec<HeaderName>>,
    /// All fields: nobody knows which of them counted. Who reads them says `Vary` himself.
    all_fields: AtomicBool,
    /// What only this request has: its client's address, its id; or what a middleware has read that nobody knows of.
    itself: AtomicBool,
    /// Whether it is a handler's turn, or that of its arguments and its answer; else it is a middleware's.
    is_handling: AtomicBool,
}

impl Reads {
    /// The fields that were read by their names.
    pub(crate) fn fields(&self) -> Vec<HeaderName> {
        self.fields.lock().clone()
    }

    /// Whether its handler has read all fields.
    pub(crate) fn all_fields(&self) -> bool {
        self.all_fields.load(Relaxed)
    }

    /// Whether what is no part of any key was read.
    pub(crate) fn itself(&self) -> bool {
        self.itself.load(Relaxed)
    }
}

impl Request {
    /// From here on what is read of it is noted.
    pub(crate) fn note_reads(&mut self) {
        self.reads = Some(Box::default());
    }

    /// What was read since; none where nobody wants to know.
    pub(crate) fn noted_reads(&self) -> Option<&Reads> {
        self.reads.as_deref()
    }

    /// A page cache around has nothing to do with it.
    pub(crate) fn passes_page_cache(&mut self) {
        self.has_passed = true;
    }

    pub(crate) fn has_passed_page_cache(&self) -> bool {
        self.has_passed
    }

    /// Whether it is a handler who reads from here on, or a middleware. What a handler answers says `Vary` for it; a
    /// middleware around knows nothing of that.
    #[inline]
    pub(crate) fn is_handled(&self, by_handler: bool) {
        if let Some(reads) = &self.reads {
            reads.is_handling.store(by_handler, Relaxed);
        }
    }

    /// A field is read.
    #[inline]
    pub(crate) fn reads_field(&self, name: &HeaderName) {
        if let Some(reads) = &self.reads {
            let mut fields = reads.fields.lock();
            if !fields.contains(name) {
                fields.push(name.clone());
            }
        }
    }

    /// All fields are read.
    #[inline]
    pub(crate) fn reads_all_fields(&self) {
        if let Some(reads) = &self.reads {
            let read = if reads.is_handling.load(Relaxed) { &reads.all_fields } else { &reads.itself };
            read.store(true, Relaxed);
        }
    }

    /// What only this request has is read.
    #[inline]
    pub(crate) fn reads_itself(&self) {
        if let Some(reads) = &self.reads {
            reads.itself.store(true, Relaxed);
        }
    }

    #[inline]
    pub(crate) fn unnoted_headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    #[inline]
    pub(crate) fn unnoted_extensions(&self) -> &Extensions {
        &self.parts.extensions
    }

    #[inline]
    pub(crate) fn unnoted_extensions_mut(&mut self) -> &mut Extensions {
        &mut self.parts.extensions
    }

    #[inline]
    pub(crate) fn unnoted_peer(&self) -> Peer {
        self.peer
    }

    pub(crate) fn unnoted_client_ip(&self) -> IpAddr {
        self.context().proxies.client(self.peer, &self.parts.headers)
    }
}
