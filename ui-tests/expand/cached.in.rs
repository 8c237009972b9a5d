/// The posts of a page.
#[cached(ttl = 60, skip = [db])]
pub async fn front_page(db: &Db, cache: &Cache, tag: &str, page: Option<u32>) -> Result<Vec<Post>> {
    load(db, tag, page.unwrap_or(1)).await
}

#[cached(name = "sum", ttl = Duration::from_millis(500), beta = 2, across_instances = 10)]
async fn sum<'a>(cache: &'a Cache, mut numbers: Vec<i32>) -> i32 {
    numbers.push(1);
    numbers.iter().sum()
}
