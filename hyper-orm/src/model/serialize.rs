//! A row for serde, by its fields as a tuple: one call in the program of a model, whatever it has of fields.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::tuples::tuples;

/// References to fields, and tuples of such.
pub trait Members {
    const COUNT: usize;

    fn serialize<S: SerializeStruct>(self, names: &[&'static str], to: &mut S) -> Result<(), S::Error>;
}

impl<T: Serialize> Members for &T {
    const COUNT: usize = 1;

    #[inline]
    fn serialize<S: SerializeStruct>(self, names: &[&'static str], to: &mut S) -> Result<(), S::Error> {
        to.serialize_field(names[0], self)
    }
}

impl Members for () {
    const COUNT: usize = 0;

    #[inline]
    fn serialize<S: SerializeStruct>(self, _: &[&'static str], _: &mut S) -> Result<(), S::Error> {
        Ok(())
    }
}

macro_rules! members {
    ($(($($name:ident),+))+) => {$(
                impl<$($name: Members),+> Members for ($($name,)+) {
            const COUNT: usize = 0 $(+ $name::COUNT)+;

            #[inline]
            #[expect(non_snake_case)]
            fn serialize<Z: SerializeStruct>(self, names: &[&'static str], to: &mut Z) -> Result<(), Z::Error> {
                let ($($name,)+) = self;
                $(
                    let (own, names) = names.split_at($name::COUNT);
                    $name.serialize(own, to)?;
                )+
                let _ = names;
                Ok(())
            }
        }
    )+};
}
tuples!(up to 16: members);

/// Serializes a struct whose fields have these names.
///
/// # Errors
/// The serializer's.
#[inline]
pub fn serialize_row<S: Serializer, T: Members>(
    serializer: S,
    name: &'static str,
    names: &[&'static str],
    members: T,
) -> Result<S::Ok, S::Error> {
    let mut object = serializer.serialize_struct(name, names.len())?;
    members.serialize(names, &mut object)?;
    object.end()
}
