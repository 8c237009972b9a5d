//! Values the macro can read.

use syn::{Expr, ExprLit, ExprUnary, Lit, LitStr, UnOp};

/// A literal, with its sign.
pub(in super::super) enum Literal<'a> {
    Int(i128),
    Float(f64),
    Bool(bool),
    Text(&'a LitStr),
}

pub(in super::super) fn literal(expr: &Expr) -> Option<Literal<'_>> {
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Int(int) => int.base10_parse().ok().map(Literal::Int),
            Lit::Float(float) => float.base10_parse().ok().map(Literal::Float),
            Lit::Bool(value) => Some(Literal::Bool(value.value)),
            Lit::Str(text) => Some(Literal::Text(text)),
            _ => None,
        },
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => match literal(expr)? {
            Literal::Int(int) => Some(Literal::Int(-int)),
            Literal::Float(float) => Some(Literal::Float(-float)),
            _ => None,
        },
        _ => None,
    }
}

/// A default that is computed for each row, by its name: `default = uuid_v7`.
#[derive(PartialEq, Clone, Copy)]
pub(in super::super) enum Computed {
    Now,
    Today,
    UuidV4,
    UuidV7,
}

impl Computed {
    /// All, with their names and the type they are for.
    pub(in super::super) const ALL: [(&'static str, Self, &'static str); 4] = [
        ("now", Self::Now, "Timestamp"),
        ("today", Self::Today, "Date"),
        ("uuid_v4", Self::UuidV4, "Uuid"),
        ("uuid_v7", Self::UuidV7, "Uuid"),
    ];

    pub(in super::super) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|known| known.0 == name).map(|known| known.1)
    }

    pub(in super::super) fn sql(self) -> &'static str {
        match self {
            Self::Now => "now()",
            Self::Today => "CURRENT_DATE",
            Self::UuidV4 => "gen_random_uuid()",
            // `uuidv7()` came with PostgreSQL 18. Of a random version 4, the first 48 bits become the milliseconds, and
            // bits 52 and 53, which hold two of the version's four, become ones: 0100 is then 0111.
            Self::UuidV7 => concat!(
                "encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing substring(",
                "int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), ",
                "52, 1), 53, 1), 'hex')::uuid"
            ),
        }
    }
}

/// The computed default an expression names.
pub(in super::super) fn computed(expr: &Expr) -> Option<Computed> {
    let Expr::Path(path) = expr else { return None };
    Computed::named(&path.path.get_ident()?.to_string())
}
