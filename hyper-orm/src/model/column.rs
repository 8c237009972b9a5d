//! What the derive says of a column besides its type and its names. These are functions and no struct update syntax: that is
//! a move of each of two dozen fields, which the compiler checks and evaluates one by one in the user's program.

use super::{ColumnMeta, Constraint, Reference};

macro_rules! set {
    ($($flag:ident)+; $($field:ident: $type:ty)+) => {
        #[doc(hidden)]
        impl ColumnMeta {
            $(
                #[must_use]
                pub const fn $flag(mut self) -> Self {
                    self.$flag = true;
                    self
                }
            )+
            $(
                #[must_use]
                pub const fn $field(mut self, value: $type) -> Self {
                    self.$field = Some(value);
                    self
                }
            )+

            #[must_use]
            pub const fn checks(mut self, checks: &'static [Constraint]) -> Self {
                self.checks = checks;
                self
            }
        }
    };
}

set! {
    primary_key identity unique auto_now version;
    max_length: u64
    digits: (u32, u32)
    db_type: &'static str
    collation: &'static str
    default: &'static str
    generated: &'static str
    comment: &'static str
    references: Reference
}
