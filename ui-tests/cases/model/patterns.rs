// Patterns that are no regular expressions, or none that the `regex` crate takes.
use hyperdjango::prelude::*;

#[derive(Model)]
pub struct Plate {
    #[field(primary_key)]
    pub id: i64,
    #[field(pattern = "^[A-Z]{2}(-[0-9]+$")]
    pub number: String,
    #[field(pattern = r"^(?!00)\d+$")]
    pub code: Option<String>,
    #[field(pattern = r"ä[z-a]")]
    pub texts: Vec<String>,
}

fn main() {}
