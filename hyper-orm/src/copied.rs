//! `Clone`, `Copy` and `Debug` of types that name others without holding them.

/// Implements them where the fields do; a derive would ask the same of the types in the `PhantomData`.
macro_rules! copied {
    ($($name:ident<$($param:ident),+ $(; const $constant:ident: $of:ty)?> { $($field:tt: $type:ident),+; $phantom:tt })+) => {$(
        impl<$($param),+ $(, const $constant: $of)?> Clone for $name<$($param),+ $(, $constant)?>
        where
            $($type: Clone),+
        {
            fn clone(&self) -> Self {
                Self { $($field: self.$field.clone(),)+ $phantom: std::marker::PhantomData }
            }
        }

        impl<$($param),+ $(, const $constant: $of)?> Copy for $name<$($param),+ $(, $constant)?>
        where
            $($type: Copy),+
        {
        }

        impl<$($param),+ $(, const $constant: $of)?> std::fmt::Debug for $name<$($param),+ $(, $constant)?> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(std::any::type_name::<Self>())
            }
        }
    )+};
}
pub(crate) use copied;
