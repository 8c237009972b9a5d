//! One value of a form, as whatever the struct wants it to be.

use serde::de::value::Error;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::Value;
use crate::http::upload;

/// A single value.
#[derive(Clone, Copy)]
pub(super) struct Scalar<'n, 'a>(pub(super) &'n Value<'a>);

impl Scalar<'_, '_> {
    fn text(&self) -> Result<&str, Error> {
        match self.0 {
            Value::Text(text) => Ok(text),
            Value::File(_) => Err(Error::custom("expected text, found a file")),
        }
    }
}

/// Text of a form as a `bool`: what browsers and people write.
fn boolean(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["true", "on", "1", "yes"]) {
        Some(true)
    } else if is(&["false", "off", "0", "no", ""]) {
        Some(false)
    } else {
        None
    }
}

macro_rules! whole_numbers {
    ($($type:ident $method:ident $visit:ident,)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let text = self.text()?;
            match text.parse::<$type>() {
                Ok(number) => visitor.$visit(number),
                Err(_) => {
                    let (least, most) = ($type::MIN, $type::MAX);
                    let message = format!("expected a whole number from {least} to {most}, found `{}`", short(text));
                    Err(Error::custom(message))
                }
            }
        }
    )* };
}

/// The beginning of a text, for a message.
fn short(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.to_owned(),
    }
}

fn float(text: &str) -> Result<f64, Error> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(Error::custom(format!("expected a number, found `{}`", short(text)))),
    }
}

impl<'de> Deserializer<'de> for Scalar<'_, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let text = self.text()?;
        let value = boolean(text);
        visitor.visit_bool(
            value.ok_or_else(|| {
                Error::custom(format!("expected `true` or `false`, found `{}`", short(text)))
            })?,
        )
    }

    whole_numbers! {
        i8 deserialize_i8 visit_i8,
        i16 deserialize_i16 visit_i16,
        i32 deserialize_i32 visit_i32,
        i64 deserialize_i64 visit_i64,
        i128 deserialize_i128 visit_i128,
        u8 deserialize_u8 visit_u8,
        u16 deserialize_u16 visit_u16,
        u32 deserialize_u32 visit_u32,
        u64 deserialize_u64 visit_u64,
        u128 deserialize_u128 visit_u128,
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let number = float(self.text()?)? as f32;
        if !number.is_finite() {
            return Err(Error::custom(format!("expected a number, found `{}`", short(self.text()?))));
        }
        visitor.visit_f32(number)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_f64(float(self.text()?)?)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    /// What is left empty is nothing.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Text(text) if text.is_empty() => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name != upload::NAME {
            return visitor.visit_newtype_struct(self);
        }
        match self.0 {
            Value::File(file) => upload::hand_over(file.clone(), visitor),
            Value::Text(_) => Err(Error::custom("expected a file, found text")),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit_struct seq tuple tuple_struct map struct identifier
    }
}

/// A choice by its name.
impl<'de> EnumAccess<'de> for Scalar<'_, '_> {
    type Error = Error;
    type Variant = Unit;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Unit), Error> {
        let text: &str = self.text()?;
        Ok((seed.deserialize(IntoDeserializer::<Error>::into_deserializer(text))?, Unit))
    }
}

/// A choice that carries nothing: all a text can be.
pub(super) struct Unit;

impl<'de> VariantAccess<'de> for Unit {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Error> {
        Err(Error::custom("this choice needs a value, which forms cannot send"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("this choice needs values, which forms cannot send"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Error> {
        Err(Error::custom("this choice needs fields, which forms cannot send"))
    }
}
