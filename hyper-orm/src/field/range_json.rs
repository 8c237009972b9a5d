//! Ranges in JSON, as they come and go by serde.

use std::ops::Bound;

use serde::de::Error;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::range::{Range, RangeBound, bounds};

impl<T: RangeBound + Serialize> Serialize for Range<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some((lower, upper)) = &self.0 else {
            let mut object = serializer.serialize_struct("Range", 1)?;
            object.serialize_field("empty", &true)?;
            return object.end();
        };
        let value = |bound: &Bound<T>| match bound {
            Bound::Included(value) | Bound::Excluded(value) => Some(value.clone()),
            Bound::Unbounded => None,
        };
        let included = |bound: &Bound<T>| matches!(bound, Bound::Included(_));
        let mut object = serializer.serialize_struct("Range", 3)?;
        object.serialize_field("lower", &value(lower))?;
        object.serialize_field("upper", &value(upper))?;
        object.serialize_field("bounds", bounds(included(lower), included(upper)))?;
        object.end()
    }
}

/// How a range is written in JSON; `bounds` is `"[)"` when it is not said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<T> {
    #[serde(default)]
    empty: bool,
    #[serde(default = "none")]
    lower: Option<T>,
    #[serde(default = "none")]
    upper: Option<T>,
    bounds: Option<String>,
}

const fn none<T>() -> Option<T> {
    None
}

impl<'de, T: RangeBound + Deserialize<'de>> Deserialize<'de> for Range<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Written { empty, lower, upper, bounds } = Written::<T>::deserialize(deserializer)?;
        if empty {
            return Ok(Self::empty());
        }
        let (from, to) = match bounds.as_deref().unwrap_or("[)") {
            "[]" => (true, true),
            "[)" => (true, false),
            "(]" => (false, true),
            "()" => (false, false),
            other => {
                return Err(D::Error::custom(format!(
                    "bounds `{other}` are none of `[]`, `[)`, `(]` and `()`"
                )));
            }
        };
        let bound = |value: Option<T>, included| match value {
            Some(value) if included => Bound::Included(value),
            Some(value) => Bound::Excluded(value),
            None => Bound::Unbounded,
        };
        let range = Self::new(bound(lower, from), bound(upper, to));
        if range.is_reversed() {
            return Err(D::Error::custom("the start of the range must not exceed the end of the range"));
        }
        Ok(range)
    }
}
