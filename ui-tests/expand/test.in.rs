/// A post is shown.
#[test]
#[ignore]
async fn a_post_is_shown(client: Client<Site>, server: LiveServer<Site>) -> Result<()> {
    client.get("/").await.expect(200);
    Ok(())
}

#[test]
async fn nothing_is_needed() {}
