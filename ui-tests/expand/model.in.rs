/// Something to read.
#[model(table = "posts", ordering = [-created], index(-score, -created), unique_together(author, title), many_to_many(tags = Tag), reverse_one(cover = Cover.post))]
pub struct Post {
    #[field(primary_key)]
    pub id: i64,
    /// What it is called.
    #[field(max_length = 200)]
    pub title: String,
    pub author: ForeignKey<User>,
    pub parent: Option<ForeignKey<Post>>,
    #[field(default = 0, ge = 0)]
    pub score: i32,
    #[field(secret)]
    pub token: Option<String>,
    #[field(auto_now_add)]
    pub created: Timestamp,
}
