routes! {
    /// All pages.
    pub Urls:
        index,
        posts::show,
        mount("/api/v1", api::Urls),
}
