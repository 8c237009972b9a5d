//! What every update of a row sets besides what it is told to.

use std::marker::PhantomData;

use crate::model::Model;
use crate::sql::{Part, Rope};

/// `, "updated" = now(), "version" = "pages"."version" + 1`, for a model `M` that has such columns.
pub(super) struct Always<M>(PhantomData<fn() -> M>);

impl<M: Model> Always<M> {
    /// The time of the change, behind other assignments.
    const TIME: Rope =
        if M::AUTO_NOW.is_empty() { &[] } else { &[Part::Text(", "), Part::Rope(M::AUTO_NOW)] };

    /// One change more, behind other assignments.
    const VERSION: Rope = match M::VERSION {
        None => &[],
        Some(column) => &[
            Part::Text(", "),
            Part::Name(M::NAMES[column]),
            Part::Text(" = "),
            Part::Name(M::TABLE),
            Part::Text("."),
            Part::Name(M::NAMES[column]),
            Part::Text(" + 1"),
        ],
    };

    /// Both.
    pub(super) const SET: Rope = match (Self::TIME, Self::VERSION) {
        (time, []) => time,
        ([], version) => version,
        _ => &[Part::Rope(Self::TIME), Part::Rope(Self::VERSION)],
    };

    /// What is left of them when these columns are set by hand.
    pub(super) const fn beside(columns: &[usize]) -> Rope {
        let (mut time, mut version, mut i) = (true, true, 0);
        while i < columns.len() {
            time = time && !M::META.columns[columns[i]].auto_now;
            version = version
                && match M::VERSION {
                    Some(column) => column != columns[i],
                    None => true,
                };
            i += 1;
        }
        match (time, version) {
            (true, true) => Self::SET,
            (true, false) => Self::TIME,
            (false, true) => Self::VERSION,
            (false, false) => &[],
        }
    }
}
