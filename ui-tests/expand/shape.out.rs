impl ::hyperdjango::orm::shape::Shape for PostCard {
    type Model = Post;
    const FIELDS: &'static [&'static str] = &[
        "id",
        "headline",
        "author",
        "authorName",
        "tags",
    ];
    fn plan<R: ::hyperdjango::orm::model::Model, P: ::hyperdjango::orm::model::Path>() -> impl ::hyperdjango::orm::shape::Plan<
        Value = Self,
    > {
        let __columns = <<Post as ::hyperdjango::orm::model::Model>::Columns<
            R,
            ::hyperdjango::orm::shape::Here<P>,
        > as ::hyperdjango::orm::model::ColumnSet>::ALL;
        ::hyperdjango::orm::shape::object::<
            Self,
            _,
        >((
            ::hyperdjango::orm::shape::member(
                ",\"id\":",
                ::hyperdjango::orm::shape::Source::<i64>::plan(__columns.id),
            ),
            ::hyperdjango::orm::shape::member(
                ",\"headline\":",
                ::hyperdjango::orm::shape::Source::<String>::plan(__columns.title),
            ),
            ::hyperdjango::orm::shape::member(
                ",\"author\":",
                ::hyperdjango::orm::shape::Source::<AuthorCard>::plan(__columns.author),
            ),
            ::hyperdjango::orm::shape::member(
                ",\"authorName\":",
                ::hyperdjango::orm::shape::Source::<
                    String,
                >::plan(::hyperdjango::orm::shape::about::<R, _>(__columns.author.name)),
            ),
            ::hyperdjango::orm::shape::member(
                ",\"tags\":",
                ::hyperdjango::orm::shape::Source::<
                    Vec<TagCard>,
                >::plan(
                    ::hyperdjango::orm::shape::ordered(
                        __columns
                            .tags
                            .all_related()
                            .filter(Tag.public.eq(true))
                            .limit(3),
                        |related| (related.id.desc(), related.owner.name),
                    ),
                ),
            ),
            ::hyperdjango::orm::shape::hidden(
                ::hyperdjango::orm::shape::Source::<i32>::plan(__columns.score),
            ),
        ))
    }
}
impl ::hyperdjango::orm::shape::Members<
    (i64, String, AuthorCard, String, Vec<TagCard>, i32),
> for PostCard {
    fn from_members(
        (
            id,
            title,
            author,
            author_name,
            tags,
            score,
        ): (i64, String, AuthorCard, String, Vec<TagCard>, i32),
    ) -> Self {
        Self {
            id,
            title,
            author,
            author_name,
            tags,
            score,
        }
    }
    fn into_members(self) -> (i64, String, AuthorCard, String, Vec<TagCard>, i32) {
        let Self { id, title, author, author_name, tags, score } = self;
        (id, title, author, author_name, tags, score)
    }
}
