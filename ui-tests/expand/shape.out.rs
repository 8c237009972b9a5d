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
        fn field_0<
            R: ::hyperdjango::orm::model::Model,
            P: ::hyperdjango::orm::model::Path,
        >(
            __columns: &'static <Post as ::hyperdjango::orm::model::Model>::Columns<
                R,
                ::hyperdjango::orm::shape::Here<P>,
            >,
        ) -> impl ::hyperdjango::orm::shape::Plan<Value = i64> {
            let source = __columns.id;
            ::hyperdjango::orm::shape::member::<i64, _>(",\"id\":", source)
        }
        fn field_1<
            R: ::hyperdjango::orm::model::Model,
            P: ::hyperdjango::orm::model::Path,
        >(
            __columns: &'static <Post as ::hyperdjango::orm::model::Model>::Columns<
                R,
                ::hyperdjango::orm::shape::Here<P>,
            >,
        ) -> impl ::hyperdjango::orm::shape::Plan<Value = String> {
            let source = __columns.title;
            ::hyperdjango::orm::shape::member::<String, _>(",\"headline\":", source)
        }
        fn field_2<
            R: ::hyperdjango::orm::model::Model,
            P: ::hyperdjango::orm::model::Path,
        >(
            __columns: &'static <Post as ::hyperdjango::orm::model::Model>::Columns<
                R,
                ::hyperdjango::orm::shape::Here<P>,
            >,
        ) -> impl ::hyperdjango::orm::shape::Plan<Value = AuthorCard> {
            let source = __columns.author;
            ::hyperdjango::orm::shape::member::<AuthorCard, _>(",\"author\":", source)
        }
        fn field_3<
            R: ::hyperdjango::orm::model::Model,
            P: ::hyperdjango::orm::model::Path,
        >(
            __columns: &'static <Post as ::hyperdjango::orm::model::Model>::Columns<
                R,
                ::hyperdjango::orm::shape::Here<P>,
            >,
        ) -> impl ::hyperdjango::orm::shape::Plan<Value = String> {
            let source = ::hyperdjango::orm::shape::about::<R, _>(__columns.author.name);
            ::hyperdjango::orm::shape::member::<String, _>(",\"authorName\":", source)
        }
        fn field_4<
            R: ::hyperdjango::orm::model::Model,
            P: ::hyperdjango::orm::model::Path,
        >(
            __columns: &'static <Post as ::hyperdjango::orm::model::Model>::Columns<
                R,
                ::hyperdjango::orm::shape::Here<P>,
            >,
        ) -> impl ::hyperdjango::orm::shape::Plan<Value = Vec<TagCard>> {
            let source = ::hyperdjango::orm::shape::ordered(
                __columns.tags.all_related().filter(Tag.public.eq(true)).limit(3),
                |related| (related.id.desc(), related.owner.name),
            );
            ::hyperdjango::orm::shape::member::<Vec<TagCard>, _>(",\"tags\":", source)
        }
        fn field_5<
            R: ::hyperdjango::orm::model::Model,
            P: ::hyperdjango::orm::model::Path,
        >(
            __columns: &'static <Post as ::hyperdjango::orm::model::Model>::Columns<
                R,
                ::hyperdjango::orm::shape::Here<P>,
            >,
        ) -> impl ::hyperdjango::orm::shape::Plan<Value = i32> {
            let source = __columns.score;
            ::hyperdjango::orm::shape::hidden::<i32, _>(source)
        }
        let __columns = <<Post as ::hyperdjango::orm::model::Model>::Columns<
            R,
            ::hyperdjango::orm::shape::Here<P>,
        > as ::hyperdjango::orm::model::ColumnSet>::ALL;
        ::hyperdjango::orm::shape::object::<
            Self,
            _,
        >((
            field_0::<R, P>(__columns),
            field_1::<R, P>(__columns),
            field_2::<R, P>(__columns),
            field_3::<R, P>(__columns),
            field_4::<R, P>(__columns),
            field_5::<R, P>(__columns),
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
