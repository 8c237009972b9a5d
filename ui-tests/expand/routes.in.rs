routes! {
    /// All pages.
    pub Urls:
        index,
        posts::show,
        mount("/api/v1", api::Urls),
        mount("/feed", feed::Urls, middleware = [Timing, Cors::any().max_age(60)]),
}
