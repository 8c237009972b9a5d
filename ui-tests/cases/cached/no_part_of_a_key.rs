// A type whose values nobody can tell apart.
use hyperdjango::prelude::*;

struct Filter {
    tag: String,
}

#[cached(ttl = 60)]
async fn count(cache: &Cache, page: u32, filter: Option<Filter>) -> Result<usize> {
    Ok(filter.map_or(0, |filter| filter.tag.len()) + page as usize)
}

fn main() {}
