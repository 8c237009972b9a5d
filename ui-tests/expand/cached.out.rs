/// The posts of a page.
pub async fn front_page(
    db: &Db,
    cache: &Cache,
    tag: &str,
    page: Option<u32>,
) -> Result<Vec<Post>> {
    front_page::__ask(false, db, cache, tag, page).await
}
impl front_page {
    #[allow(clippy::too_many_arguments)]
    async fn __ask(
        __anew: bool,
        db: &Db,
        cache: &Cache,
        tag: &str,
        page: Option<u32>,
    ) -> Result<Vec<Post>> {
        let __key = front_page::__key(&tag, &page);
        ::hyperdjango::__private::cached::<
            Vec<Post>,
            _,
        >(
                cache,
                __key,
                front_page::__options().anew(__anew),
                async move || -> Result<Vec<Post>> {
                    load(db, tag, page.unwrap_or(1)).await
                },
            )
            .await
    }
}
/// The keys of [`front_page`](fn@front_page), which is cached.
#[allow(non_camel_case_types, dead_code)]
#[derive(Debug, Clone, Copy)]
pub enum front_page {}
#[allow(
    dead_code,
    unused_qualifications,
    single_use_lifetimes,
    clippy::all,
    clippy::pedantic
)]
impl front_page {
    /// The key that what is returned for these arguments is kept under.
    #[must_use]
    pub fn key(tag: &str, page: Option<u32>) -> ::hyperdjango::__private::ArgKey {
        Self::__key(&tag, &page)
    }
    /// Takes out what is kept for these arguments; true if there was something.
    ///
    /// # Errors
    /// That the cache cannot be reached.
    pub async fn invalidate(
        cache: &Cache,
        tag: &str,
        page: Option<u32>,
    ) -> ::core::result::Result<bool, ::hyperdjango::__private::CacheError> {
        cache.delete(Self::__key(&tag, &page)).await
    }
    /// Computes it for these arguments now, and keeps it in the place of what is kept; returns it.
    pub async fn refresh(
        db: &Db,
        cache: &Cache,
        tag: &str,
        page: Option<u32>,
    ) -> Result<Vec<Post>> {
        Self::__ask(true, db, cache, tag, page).await
    }
    fn __key(tag: &&str, page: &Option<u32>) -> ::hyperdjango::__private::ArgKey {
        let mut __key = ::hyperdjango::__private::ArgKey::new(
            ::core::concat!(::core::module_path!(), "::front_page"),
        );
        <&str as ::hyperdjango::__private::CacheArg>::write(tag, &mut __key);
        <Option<u32> as ::hyperdjango::__private::CacheArg>::write(page, &mut __key);
        __key
    }
    fn __options() -> ::hyperdjango::__private::CachedOptions {
        ::hyperdjango::__private::CachedOptions {
            ttl: <::hyperdjango::__private::Ttl as ::core::convert::From<_>>::from(60),
            ..::core::default::Default::default()
        }
    }
}
async fn sum<'a>(cache: &'a Cache, numbers: Vec<i32>) -> i32 {
    sum::__ask(false, cache, numbers).await
}
impl sum {
    #[allow(clippy::too_many_arguments)]
    async fn __ask<'a>(__anew: bool, cache: &'a Cache, mut numbers: Vec<i32>) -> i32 {
        let __key = sum::__key(&numbers);
        let __kind = {
            #[allow(unused_imports)]
            use ::hyperdjango::__private::{ReturnsResult as _, ReturnsValue as _};
            (&::hyperdjango::__private::Returned::<i32>::new()).kind()
        };
        __kind
            .cached(
                cache,
                __key,
                sum::__options().anew(__anew),
                async move || -> i32 {
                    numbers.push(1);
                    numbers.iter().sum()
                },
            )
            .await
    }
}
/// The keys of [`sum`](fn@sum), which is cached.
#[allow(non_camel_case_types, dead_code)]
#[derive(Debug, Clone, Copy)]
enum sum {}
#[allow(
    dead_code,
    unused_qualifications,
    single_use_lifetimes,
    clippy::all,
    clippy::pedantic
)]
impl sum {
    /// The key that what is returned for these arguments is kept under.
    #[must_use]
    fn key<'a>(numbers: Vec<i32>) -> ::hyperdjango::__private::ArgKey {
        Self::__key(&numbers)
    }
    /// Takes out what is kept for these arguments; true if there was something.
    ///
    /// # Errors
    /// That the cache cannot be reached.
    async fn invalidate<'a>(
        cache: &'a Cache,
        numbers: Vec<i32>,
    ) -> ::core::result::Result<bool, ::hyperdjango::__private::CacheError> {
        cache.delete(Self::__key(&numbers)).await
    }
    /// Computes it for these arguments now, and keeps it in the place of what is kept; returns it.
    async fn refresh<'a>(cache: &'a Cache, numbers: Vec<i32>) -> i32 {
        Self::__ask(true, cache, numbers).await
    }
    fn __key<'a>(numbers: &Vec<i32>) -> ::hyperdjango::__private::ArgKey {
        let mut __key = ::hyperdjango::__private::ArgKey::new("sum");
        <Vec<i32> as ::hyperdjango::__private::CacheArg>::write(numbers, &mut __key);
        __key
    }
    fn __options() -> ::hyperdjango::__private::CachedOptions {
        ::hyperdjango::__private::CachedOptions {
            ttl: <::hyperdjango::__private::Ttl as ::core::convert::From<
                _,
            >>::from(Duration::from_millis(500)),
            beta: ::core::option::Option::Some(2 as f64),
            across_instances: ::core::option::Option::Some(
                ::core::time::Duration::from_secs(10),
            ),
            ..::core::default::Default::default()
        }
    }
}
