//! Where answers go: to the reader in a check, nowhere otherwise.

use std::hint::black_box;

use serde::Serialize;

/// Takes the answer of each operation.
#[derive(Debug, Default)]
pub struct Out {
    pub(crate) writes: bool,
}

impl Out {
    /// Takes an answer. In a measured run that is only the compiler's reason to compute it.
    #[inline]
    pub fn value(&mut self, value: &impl Serialize) {
        if self.writes {
            println!("{}", serde_json::to_string(value).expect("answers can be written"));
        } else {
            black_box(value);
        }
    }

    /// Takes an answer that is JSON.
    #[inline]
    pub fn json(&mut self, json: &[u8]) {
        if self.writes {
            println!("{}", String::from_utf8_lossy(json));
        } else {
            black_box(json);
        }
    }
}
