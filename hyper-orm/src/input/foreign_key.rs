//! Foreign keys in forms and JSON bodies: as their keys.

use serde::{Deserialize, Deserializer};

use crate::model::{ForeignKey, Model};

/// From the key. Whether there is such a row, the database says when it is written.
impl<'de, M: Model<Key: Deserialize<'de>>> Deserialize<'de> for ForeignKey<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        M::Key::deserialize(deserializer).map(Self::of)
    }
}
