const _: () = {
    const COLUMN_0: ::hyperdjango::orm::input::Filled<String> = ::hyperdjango::orm::input::filled::<
        String,
        _,
    >(&Post.title);
    const COLUMN_1: ::hyperdjango::orm::input::Filled<Option<String>> = ::hyperdjango::orm::input::filled::<
        Option<String>,
        _,
    >(&Post.url);
    const COLUMN_2: ::hyperdjango::orm::input::Filled<i64> = ::hyperdjango::orm::input::filled::<
        i64,
        _,
    >(&Post.author);
    const COLUMN_3: ::hyperdjango::orm::input::Filled<String> = ::hyperdjango::orm::input::filled::<
        String,
        _,
    >(&Post.home.street);
    impl ::hyperdjango::orm::expr::Assignments<Post> for NewPost {
        const COLUMNS: &'static [usize] = &[
            COLUMN_0.number,
            COLUMN_1.number,
            COLUMN_2.number,
            COLUMN_3.number,
        ];
        const NAMES: ::hyperdjango::orm::sql::Rope = &[
            ::hyperdjango::orm::sql::Part::Name(
                <Post as ::hyperdjango::orm::model::Model>::NAMES[COLUMN_0.number],
            ),
            ::hyperdjango::orm::sql::Part::Text(", "),
            ::hyperdjango::orm::sql::Part::Name(
                <Post as ::hyperdjango::orm::model::Model>::NAMES[COLUMN_1.number],
            ),
            ::hyperdjango::orm::sql::Part::Text(", "),
            ::hyperdjango::orm::sql::Part::Name(
                <Post as ::hyperdjango::orm::model::Model>::NAMES[COLUMN_2.number],
            ),
            ::hyperdjango::orm::sql::Part::Text(", "),
            ::hyperdjango::orm::sql::Part::Name(
                <Post as ::hyperdjango::orm::model::Model>::NAMES[COLUMN_3.number],
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
                <Post as ::hyperdjango::orm::model::Model>::NAMES[COLUMN_0.number],
            ),
            ::hyperdjango::orm::sql::Part::Text(" = "),
            ::hyperdjango::orm::sql::Part::Param,
            ::hyperdjango::orm::sql::Part::Text(", "),
            ::hyperdjango::orm::sql::Part::Name(
                <Post as ::hyperdjango::orm::model::Model>::NAMES[COLUMN_1.number],
            ),
            ::hyperdjango::orm::sql::Part::Text(" = "),
            ::hyperdjango::orm::sql::Part::Param,
            ::hyperdjango::orm::sql::Part::Text(", "),
            ::hyperdjango::orm::sql::Part::Name(
                <Post as ::hyperdjango::orm::model::Model>::NAMES[COLUMN_2.number],
            ),
            ::hyperdjango::orm::sql::Part::Text(" = "),
            ::hyperdjango::orm::sql::Part::Param,
            ::hyperdjango::orm::sql::Part::Text(", "),
            ::hyperdjango::orm::sql::Part::Name(
                <Post as ::hyperdjango::orm::model::Model>::NAMES[COLUMN_3.number],
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
            (COLUMN_0.check)(&self.title, "title", errors);
            (COLUMN_1.check)(&self.url, "link", errors);
            (COLUMN_2.check)(&self.author, "author", errors);
            (COLUMN_3.check)(&self.street, "street", errors);
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
    impl ::hyperdjango::http::Validate for NewPost {
        fn clean(&self, errors: &mut ::hyperdjango::ValidationErrors) {
            ::hyperdjango::orm::expr::Assignments::<Post>::check(self, errors);
        }
    }
    impl ::hyperdjango::orm::input::Input for NewPost {
        type Model = Post;
    }
};
