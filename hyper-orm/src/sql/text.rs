//! A statement's text at its own length, with its key.

use std::marker::PhantomData;

use hyper_core::db::Sql;

use super::part::Rope;
use super::render::render;
use super::rendered::Rendered;

/// Something with a rope. What it renders to is a constant, made when first mentioned in the program and only
/// then.
pub trait Statement {
    /// The table it is about.
    const TABLE: &'static str;
    /// What it says.
    const ROPE: Rope;
}

/// The text of a statement with those of its optional parts whose bit is set in `MASK`.
#[derive(Debug)]
pub struct Text<H, const MASK: u32>(PhantomData<H>);

impl<H: Statement, const MASK: u32> Text<H, MASK> {
    /// The whole rendering, which never reaches the binary.
    const FULL: Rendered = render(H::TABLE, H::ROPE, MASK);
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
    pub const SQL: Sql<'static> =
        Sql::new(match std::str::from_utf8(Self::CUT.split_at(Self::FULL.len()).0) {
            Ok(text) => text,
            Err(_) => panic!("parts are UTF-8, and so is what is made of them"),
        });
}

/// How many optional conditions a query has: so many times two texts are written, of which each call takes one.
pub trait Options: 'static {
    /// How many.
    const COUNT: u8;

    /// The text for those of them that are there.
    fn sql<H: Statement>(mask: u32) -> Sql<'static>;
}

/// One more than `Self`; there are at most four.
#[diagnostic::on_unimplemented(
    message = "a query has at most four `filter_if`",
    label = "one too many",
    note = "each doubles the texts the compiler writes; for more, or for any number, build the query with `.dynamic()`"
)]
pub trait OneMore: Options {
    /// That.
    type Options: Options;
}

macro_rules! options {
    ($($name:ident $count:literal [$($mask:literal)+] $($next:ident)?;)+) => {$(
        #[doc = concat!(stringify!($count), " optional conditions.")]
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Options for $name {
            const COUNT: u8 = $count;

            #[inline]
            fn sql<H: Statement>(mask: u32) -> Sql<'static> {
                match mask {
                    $($mask => Text::<H, $mask>::SQL,)+
                    _ => Text::<H, 0>::SQL,
                }
            }
        }

        $(impl OneMore for $name {
            type Options = $next;
        })?
    )+};
}

options! {
    Zero 0 [0] One;
    One 1 [0 1] Two;
    Two 2 [0 1 2 3] Three;
    Three 3 [0 1 2 3 4 5 6 7] Four;
    Four 4 [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15];
}
