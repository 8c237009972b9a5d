/// Why a post is not shown or written.
#[derive(Debug, HttpError)]
enum PostError {
    #[status(404, "no post {0}")]
    NotFound(i64),
    #[status(409, "slug `{slug}` is taken", field = "slug")]
    Taken { slug: String },
    #[status(422, "The post is not valid.", code = "post.invalid")]
    Invalid(#[errors] ValidationErrors),
    #[from]
    Database(DatabaseError),
    #[from]
    #[status(502, "The shop does not answer.", retry_after = 5)]
    Shop(ShopError),
}
