//! Streamed JSON as the answer of a handler.

use futures_util::stream::try_unfold;
use hyper_core::http::{IntoResponse, Request, Response, Stream};

use super::iterate::JsonStream;
use super::select::Selection;

/// The rows as one JSON array, in constant memory for any number of them. The handler takes `db: &'static Db`, as the
/// answer is longer there than the handler runs.
///
/// ```
/// # hyperdjango::__blog!();
/// /// All posts.
/// #[get("/posts.json")]
/// async fn export(db: &'static Db) -> Result<Response> {
///     let posts = Post::objects().order_by(Post.id).json_stream(db).await?;
///     Ok(posts.into_response(&Request::new(Method::GET, "/")?))
/// }
/// # drop(export);
/// ```
impl<M: 'static, S: Selection<M> + 'static> IntoResponse for JsonStream<'static, M, S> {
    fn into_response(self, request: &Request) -> Response {
        let pieces = try_unfold(self, async |mut json| {
            let piece = json.next().await.map_err(hyper_core::Error::from)?;
            Ok::<_, hyper_core::Error>(piece.map(|piece| (piece, json)))
        });
        Stream::new("application/json", pieces).into_response(request)
    }
}
