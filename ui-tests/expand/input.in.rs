#[input(Post, validate = check_post)]
#[serde(rename_all = "camelCase")]
pub struct NewPost {
    pub title: String,
    #[serde(rename = "link")]
    pub url: Option<String>,
    pub author: i64,
    #[input(column = home.street)]
    pub street: String,
    #[input(skip)]
    pub accept_rules: bool,
}
