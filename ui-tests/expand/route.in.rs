/// Shows one comment of a post.
///
/// With those who answered it.
#[get("/posts/{post}/comments/{slug}", boxed)]
pub async fn show(slug: String, db: &Db, post: i64, page: Query<Page>) -> Result<Html<CommentPage>> {
    load(db, post, slug, page.number).await
}

#[post("/posts")]
async fn create(Json(post): Json<NewPost>) -> StatusCode {
    StatusCode::CREATED
}
