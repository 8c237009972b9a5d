//! How things are said on a page: times as people say them, counts with their noun, the host of a link,
//! and what people wrote themselves. Pure functions, all safe on any input.

mod ago;
mod count;
mod host;
mod prose;

pub use ago::{Ago, ago};
pub use count::{Grouped, grouped, plural};
pub use host::{host_of, web_url};
pub use prose::{Prose, first_words};
