#[::core::prelude::v1::test]
/// A post is shown.
#[ignore]
fn a_post_is_shown() -> Result<()> {
    async fn test(client: Client<Site>, server: LiveServer<Site>) -> Result<()> {
        client.get("/").await.expect(200);
        Ok(())
    }
    ::hyperdjango::test::run(async {
        test(
                <Client<Site> as ::hyperdjango::test::TestArgument>::make().await,
                <LiveServer<Site> as ::hyperdjango::test::TestArgument>::make().await,
            )
            .await
    })
}
#[::core::prelude::v1::test]
fn nothing_is_needed() {
    async fn test() {}
    ::hyperdjango::test::run(async { test().await })
}
