#[shape(Post)]
#[serde(rename_all = "camelCase")]
pub struct PostCard {
    pub id: i64,
    #[shape(rename = "headline")]
    pub title: String,
    pub author: AuthorCard,
    #[shape(expr = Post.author.name)]
    pub author_name: String,
    #[shape(filter = Tag.public.eq(true), order_by = [-id, owner.name], limit = 3)]
    pub tags: Vec<TagCard>,
    #[serde(skip)]
    pub score: i32,
}
