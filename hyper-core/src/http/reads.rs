//! What a handler's arguments read of a request, for those who keep its answer.

use http::HeaderName;

use super::Request;

/// What was read, beside what every key of a page has.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    /// Fields by their names.
    pub(crate) fields: Vec<HeaderName>,
    /// All fields, in a `HeaderMap`: nobody knows which of them counted.
    pub(crate) all_fields: bool,
    /// What only this request has: its client's address, its id.
    pub(crate) itself: bool,
}

impl Request {
    /// From here on what its handler's arguments read is noted.
    pub(crate) fn note_reads(&mut self) {
        self.reads = Some(Box::default());
    }

    /// What was read since; none where nobody wants to know.
    pub(crate) fn noted_reads(&self) -> Option<&Reads> {
        self.reads.as_deref()
    }

    /// An argument reads a field.
    pub(crate) fn reads_field(&mut self, name: &HeaderName) {
        if let Some(reads) = &mut self.reads
            && !reads.fields.contains(name)
        {
            reads.fields.push(name.clone());
        }
    }

    /// An argument reads all fields.
    pub(crate) fn reads_all_fields(&mut self) {
        if let Some(reads) = &mut self.reads {
            reads.all_fields = true;
        }
    }

    /// An argument reads what only this request has.
    pub(crate) fn reads_itself(&mut self) {
        if let Some(reads) = &mut self.reads {
            reads.itself = true;
        }
    }
}
