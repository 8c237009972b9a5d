//! What NULL in an argument does to the type of a result.

use crate::field::Field;

/// A column type, told apart by whether NULL is one of its values: it decides whether what is computed from it is an
/// `Option`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column type",
    label = "PostgreSQL has no column for this",
    note = "column types are bool, i16, i32, i64, f32, f64, Decimal, String, Binary, Uuid, Timestamp, DateTime, Date, Time, Interval, Jsonb<_>, IpAddr, Range<_>, Option<_> and Vec<_> of these, and ForeignKey<Model>",
    note = "an enum becomes one by `#[derive(Choices)]`, a struct around one of these by `#[derive(Field)]`; anything else, arrays of arrays too, is kept as `Jsonb<_>`"
)]
pub trait Carries: Field {
    /// `U`, as an `Option` if this is one: the type of a function that is NULL when its argument is.
    type Carry<U: Carries>: Carries<Base = U::Base>;
    /// `U` without `Option`, unless this is one: the type of `coalesce(self, U)`.
    type Else<U: Carries>: Carries<Base = U::Base>;
    /// What an argument of type `A` hands on when a function declares its parameter as this: `A` itself, or, where the
    /// parameter is an `Option` and the function so takes NULL, the type without it.
    type Takes<A: Carries>: Carries<Base = A::Base>;
}

#[diagnostic::do_not_recommend]
impl<T: Field<Base = T>> Carries for T {
    type Carry<U: Carries> = U;
    type Else<U: Carries> = U::Base;
    type Takes<A: Carries> = A;
}

#[diagnostic::do_not_recommend]
impl<T: Field<Base = T>> Carries for Option<T> {
    type Carry<U: Carries> = Option<U::Base>;
    type Else<U: Carries> = U;
    type Takes<A: Carries> = A::Base;
}
