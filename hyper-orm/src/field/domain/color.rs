//! Colours.

use std::fmt;
use std::str::FromStr;

use hyper_core::db::types::Type;

use super::Invalid;
use super::text::sql_by;
use crate::field::text::utf8;
use crate::field::{DecodeError, Field, Single, serde_as_text, write_quoted};

/// A colour as HTML writes it, `#rrggbb` in small letters: `varchar(7)`.
///
/// ```
/// use hyperdjango::orm::field::Color;
///
/// let color: Color = "#FF8000".parse().unwrap();
/// assert_eq!((color.red, color.green, color.blue), (255, 128, 0));
/// assert_eq!(color.to_string(), "#ff8000");
/// assert!("orange".parse::<Color>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Color {
    /// From 0, none, to 255.
    pub red: u8,
    /// From 0, none, to 255.
    pub green: u8,
    /// From 0, none, to 255.
    pub blue: u8,
}

impl Color {
    /// Of these parts, each from 0 to 255.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { red, green, blue } = self;
        f.pad(&format!("#{red:02x}{green:02x}{blue:02x}"))
    }
}

impl FromStr for Color {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        const INVALID: Invalid = Invalid::new("Enter a colour such as #ff8000.");
        let digits = text
            .strip_prefix('#')
            .filter(|digits| digits.len() == 6 && !digits.contains('+'))
            .ok_or(INVALID)?;
        let number = u32::from_str_radix(digits, 16).map_err(|_| INVALID)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self { red, green, blue })
    }
}

serde_as_text!(Color);

#[diagnostic::do_not_recommend]
impl Field for Color {
    type Base = Self;
    type Kind = Single;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::VARCHAR;
    const ARRAY: Type = Type::VARCHAR_ARRAY;
    const DECLARATION: &'static str = "varchar(7)";

    fn accepts(ty: &Type) -> bool {
        <String as Field>::accepts(ty)
    }

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        let text = utf8(raw)?;
        text.trim_end().parse().map_err(|_| format!("`{text}` is no colour such as #ff8000").into())
    }

    fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        write_quoted(Self::decode(raw)?, out);
        Ok(())
    }
}

sql_by!(Color, |this| this.to_string());

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_colour_reads_back(red: u8, green: u8, blue: u8, text: String, hex in "#[0-9a-fA-F+-]{0,7}") {
            let color = Color::new(red, green, blue);
            prop_assert_eq!(color.to_string().parse(), Ok(color));
            for text in [text, hex] {
                if let Ok(color) = text.parse::<Color>() {
                    prop_assert_eq!(color.to_string(), text.to_ascii_lowercase());
                }
            }
        }
    }
}
