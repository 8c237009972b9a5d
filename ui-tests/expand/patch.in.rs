#[patch(Post, deny_unknown_fields)]
pub struct PostPatch {
    pub title: Patch<String>,
    #[serde(rename = "link")]
    pub url: Patch<Option<String>>,
    #[patch(skip)]
    pub reason: Option<String>,
}
