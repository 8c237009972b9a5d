//! A statement's text at its own length, with its key.

use hyper_core::db::Sql;

use super::part::Rope;
use super::render::{Rendered, render};

/// Something with a rope. What it renders to is a constant, made when first mentioned in the program and only
/// then.
pub trait Statement {
    /// The table it is about.
    const TABLE: &'static str;
    /// What it says.
    const ROPE: Rope;
    /// The whole rendering, which never reaches the binary.
    const FULL: Rendered = render(Self::TABLE, Self::ROPE);
    /// The text in the smallest of some sizes that holds it.
    const CUT: &'static [u8] = match Self::FULL.len() {
        0..=64 => &Self::FULL.cut::<64>(),
        65..=128 => &Self::FULL.cut::<128>(),
        129..=192 => &Self::FULL.cut::<192>(),
        193..=256 => &Self::FULL.cut::<256>(),
        257..=384 => &Self::FULL.cut::<384>(),
        385..=512 => &Self::FULL.cut::<512>(),
        513..=768 => &Self::FULL.cut::<768>(),
        769..=1024 => &Self::FULL.cut::<1024>(),
        1025..=1536 => &Self::FULL.cut::<1536>(),
        1537..=2048 => &Self::FULL.cut::<2048>(),
        2049..=4096 => &Self::FULL.cut::<4096>(),
        _ => &Self::FULL.cut::<8192>(),
    };
    /// The text and its key.
    const SQL: Sql<'static> = Sql::new(match std::str::from_utf8(Self::CUT.split_at(Self::FULL.len()).0) {
        Ok(text) => text,
        Err(_) => panic!("parts are UTF-8, and so is what is made of them"),
    });
}
