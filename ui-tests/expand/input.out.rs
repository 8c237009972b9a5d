impl ::hyperdjango::orm::expr::Assignments<Post> for NewPost {
    const COLUMNS: &'static [usize] = &[
        ::hyperdjango::orm::input::number::<String, _>(&Post.title),
        ::hyperdjango::orm::input::number::<Option<String>, _>(&Post.url),
        ::hyperdjango::orm::input::number::<i64, _>(&Post.author),
        ::hyperdjango::orm::input::number::<String, _>(&Post.home.street),
    ];
    const NAMES: ::hyperdjango::orm::sql::Rope = &[
        ::hyperdjango::orm::sql::Part::Name(
            <Post as ::hyperdjango::orm::model::Model>::NAMES[<Self as ::hyperdjango::orm::expr::Assignments<
                Post,
            >>::COLUMNS[0usize]],
        ),
        ::hyperdjango::orm::sql::Part::Text(", "),
        ::hyperdjango::orm::sql::Part::Name(
            <Post as ::hyperdjango::orm::model::Model>::NAMES[<Self as ::hyperdjango::orm::expr::Assignments<
                Post,
            >>::COLUMNS[1usize]],
        ),
        ::hyperdjango::orm::sql::Part::Text(", "),
        ::hyperdjango::orm::sql::Part::Name(
            <Post as ::hyperdjango::orm::model::Model>::NAMES[<Self as ::hyperdjango::orm::expr::Assignments<
                Post,
            >>::COLUMNS[2usize]],
        ),
        ::hyperdjango::orm::sql::Part::Text(", "),
        ::hyperdjango::orm::sql::Part::Name(
            <Post as ::hyperdjango::orm::model::Model>::NAMES[<Self as ::hyperdjango::orm::expr::Assignments<
                Post,
            >>::COLUMNS[3usize]],
        ),
    ];
    const VALUES: ::hyperdjango::orm::sql::Rope = &[
        ::hyperdjango::orm::sql::Part::Param,
        ::hyperdjango::orm::sql::Part::Text(", "),
        ::hyperdjango::orm::sql::Part::Param,
        ::hyperdjango::orm::sql::Part::Text(", "),
        ::hyperdjango::orm::sql::Part::Param,
        ::hyperdjango::orm::sql::Part::Text(", "),
        ::hyperdjango::orm::sql::Part::Param,
    ];
    const SET: ::hyperdjango::orm::sql::Rope = &[
        ::hyperdjango::orm::sql::Part::Name(
            <Post as ::hyperdjango::orm::model::Model>::NAMES[<Self as ::hyperdjango::orm::expr::Assignments<
                Post,
            >>::COLUMNS[0usize]],
        ),
        ::hyperdjango::orm::sql::Part::Text(" = "),
        ::hyperdjango::orm::sql::Part::Param,
        ::hyperdjango::orm::sql::Part::Text(", "),
        ::hyperdjango::orm::sql::Part::Name(
            <Post as ::hyperdjango::orm::model::Model>::NAMES[<Self as ::hyperdjango::orm::expr::Assignments<
                Post,
            >>::COLUMNS[1usize]],
        ),
        ::hyperdjango::orm::sql::Part::Text(" = "),
        ::hyperdjango::orm::sql::Part::Param,
        ::hyperdjango::orm::sql::Part::Text(", "),
        ::hyperdjango::orm::sql::Part::Name(
            <Post as ::hyperdjango::orm::model::Model>::NAMES[<Self as ::hyperdjango::orm::expr::Assignments<
                Post,
            >>::COLUMNS[2usize]],
        ),
        ::hyperdjango::orm::sql::Part::Text(" = "),
        ::hyperdjango::orm::sql::Part::Param,
        ::hyperdjango::orm::sql::Part::Text(", "),
        ::hyperdjango::orm::sql::Part::Name(
            <Post as ::hyperdjango::orm::model::Model>::NAMES[<Self as ::hyperdjango::orm::expr::Assignments<
                Post,
            >>::COLUMNS[3usize]],
        ),
        ::hyperdjango::orm::sql::Part::Text(" = "),
        ::hyperdjango::orm::sql::Part::Param,
    ];
    fn bind<'a>(&'a self, params: &mut ::hyperdjango::orm::sql::Params<'a>) {
        params.push(&self.title);
        params.push(&self.url);
        params.push(&self.author);
        params.push(&self.street);
    }
    fn check(&self, errors: &mut ::hyperdjango::ValidationErrors) {
        ::hyperdjango::orm::input::check(&Post.title, &self.title, "title", errors);
        ::hyperdjango::orm::input::check(&Post.url, &self.url, "link", errors);
        ::hyperdjango::orm::input::check(&Post.author, &self.author, "author", errors);
        ::hyperdjango::orm::input::check(
            &Post.home.street,
            &self.street,
            "street",
            errors,
        );
        let validate: fn(&Self, &mut ::hyperdjango::ValidationErrors) = check_post;
        validate(self, errors);
    }
}
impl ::hyperdjango::orm::write::BulkRow<Post> for NewPost {
    fn value(&self, nth: usize) -> ::hyperdjango::db::Param<'_> {
        match nth {
            0usize => &self.title,
            1usize => &self.url,
            2usize => &self.author,
            3usize => &self.street,
            _ => ::hyperdjango::orm::model::no_such_column::<Post>(nth),
        }
    }
}
impl ::hyperdjango::orm::input::Input for NewPost {
    type Model = Post;
}
