///The columns of [`struct@Post`]: `Post.id`.
#[allow(non_upper_case_globals)]
pub const Post: PostColumns<Post, ::hyperdjango::orm::model::Root<Post>> = PostColumns {
    id: ::hyperdjango::orm::expr::Expr::column(),
    title: ::hyperdjango::orm::expr::Expr::column(),
    author: ::hyperdjango::orm::model::Relation::NEW,
    parent: ::hyperdjango::orm::model::Relation::NEW,
    score: ::hyperdjango::orm::expr::Expr::column(),
    token: ::hyperdjango::orm::expr::Expr::column(),
    created: ::hyperdjango::orm::expr::Expr::column(),
    tags: ::hyperdjango::orm::model::ToMany::NEW,
    cover: ::hyperdjango::orm::model::ToOne::NEW,
};
///The columns of [`struct@Post`], in a query on `R`, at the end of path `P`.
#[allow(missing_debug_implementations, dead_code)]
pub struct PostColumns<R, P: ::hyperdjango::orm::model::Path> {
    ///The column `id`.
    pub id: ::hyperdjango::orm::expr::Expr<
        R,
        P::Reached<i64>,
        ::hyperdjango::orm::expr::Column<P, Post, 0usize>,
    >,
    /// What it is called.
    pub title: ::hyperdjango::orm::expr::Expr<
        R,
        P::Reached<String>,
        ::hyperdjango::orm::expr::Column<P, Post, 1usize>,
    >,
    ///The column `author_id`.
    pub author: ::hyperdjango::orm::model::Relation<R, P, Post, 2usize>,
    ///The column `parent_id`.
    pub parent: ::hyperdjango::orm::model::Relation<R, P, Post, 3usize>,
    ///The column `score`.
    pub score: ::hyperdjango::orm::expr::Expr<
        R,
        P::Reached<i32>,
        ::hyperdjango::orm::expr::Column<P, Post, 4usize>,
    >,
    ///The column `token`.
    pub token: ::hyperdjango::orm::expr::Expr<
        R,
        P::Reached<Option<String>>,
        ::hyperdjango::orm::expr::Column<P, Post, 5usize>,
    >,
    ///The column `created`.
    pub created: ::hyperdjango::orm::expr::Expr<
        R,
        P::Reached<Timestamp>,
        ::hyperdjango::orm::expr::Column<P, Post, 6usize>,
    >,
    ///The rows of `Tag` that belong to it, many to many.
    pub tags: ::hyperdjango::orm::model::ToMany<R, P, Post, 0usize>,
    ///The row of `Cover` whose `post` it is, if there is one.
    pub cover: ::hyperdjango::orm::model::ToOne<R, P, Post, 0usize>,
}
impl<R, P: ::hyperdjango::orm::model::Path> ::std::clone::Clone for PostColumns<R, P> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<R, P: ::hyperdjango::orm::model::Path> ::std::marker::Copy for PostColumns<R, P> {}
impl<R: 'static, P: ::hyperdjango::orm::model::Path> ::hyperdjango::orm::model::ColumnSet
for PostColumns<R, P> {
    const ALL: &'static Self = &PostColumns {
        id: ::hyperdjango::orm::expr::Expr::column(),
        title: ::hyperdjango::orm::expr::Expr::column(),
        author: ::hyperdjango::orm::model::Relation::NEW,
        parent: ::hyperdjango::orm::model::Relation::NEW,
        score: ::hyperdjango::orm::expr::Expr::column(),
        token: ::hyperdjango::orm::expr::Expr::column(),
        created: ::hyperdjango::orm::expr::Expr::column(),
        tags: ::hyperdjango::orm::model::ToMany::NEW,
        cover: ::hyperdjango::orm::model::ToOne::NEW,
    };
    const META: &'static ::hyperdjango::orm::model::Table = &::hyperdjango::orm::model::Table {
        columns: &[
            ::hyperdjango::orm::model::ColumnMeta::of::<i64>("id", "id")
                .primary_key()
                .identity(),
            ::hyperdjango::orm::model::ColumnMeta::of::<String>("title", "title")
                .max_length(200u64),
            ::hyperdjango::orm::model::ColumnMeta::of::<
                <User as ::hyperdjango::orm::model::SingleKey>::Column,
            >("author_id", "author")
                .references(::hyperdjango::orm::model::Reference::to::<User>()),
            ::hyperdjango::orm::model::ColumnMeta::of::<
                ::std::option::Option<
                    <Post as ::hyperdjango::orm::model::SingleKey>::Column,
                >,
            >("parent_id", "parent")
                .references(::hyperdjango::orm::model::Reference::to::<Post>()),
            ::hyperdjango::orm::model::ColumnMeta::of::<i32>("score", "score")
                .default("0"),
            ::hyperdjango::orm::model::ColumnMeta::of::<
                Option<String>,
            >("token", "token"),
            ::hyperdjango::orm::model::ColumnMeta::of::<Timestamp>("created", "created")
                .default("now()"),
        ],
        indexes: &[
            ::hyperdjango::orm::model::Index {
                name: "posts_parent_idx",
                columns: &[::hyperdjango::orm::sql::Part::Name("parent_id")],
                ..::hyperdjango::orm::model::Index::PLAIN
            },
            ::hyperdjango::orm::model::Index {
                name: "posts_score_created_idx",
                columns: &[
                    ::hyperdjango::orm::sql::Part::Name("score"),
                    ::hyperdjango::orm::sql::Part::Text(" DESC"),
                    ::hyperdjango::orm::sql::Part::Text(", "),
                    ::hyperdjango::orm::sql::Part::Name("created"),
                    ::hyperdjango::orm::sql::Part::Text(" DESC"),
                ],
                ..::hyperdjango::orm::model::Index::PLAIN
            },
            ::hyperdjango::orm::model::Index {
                name: "posts_author_title_uniq",
                columns: &[
                    ::hyperdjango::orm::sql::Part::Name("author_id"),
                    ::hyperdjango::orm::sql::Part::Text(", "),
                    ::hyperdjango::orm::sql::Part::Name("title"),
                ],
                unique: true,
                ..::hyperdjango::orm::model::Index::PLAIN
            },
        ],
        junctions: &[
            ::hyperdjango::orm::model::Table {
                columns: &[
                    ::hyperdjango::orm::model::ColumnMeta::part_of_key::<
                        Post,
                    >("post_id"),
                    ::hyperdjango::orm::model::ColumnMeta::part_of_key::<Tag>("tag_id"),
                ],
                indexes: &[
                    ::hyperdjango::orm::model::Index {
                        name: "posts_tags_tag_id_idx",
                        columns: &[::hyperdjango::orm::sql::Part::Name("tag_id")],
                        ..::hyperdjango::orm::model::Index::PLAIN
                    },
                ],
                ..::hyperdjango::orm::model::Table::named("posts_tags")
            },
        ],
        ..::hyperdjango::orm::model::Table::named("posts")
    };
}
#[diagnostic::do_not_recommend]
impl ::hyperdjango::orm::model::Model for Post {
    type Key = i64;
    type Signals = ::hyperdjango::orm::model::NoSignals;
    type Database = ::hyperdjango::db::Db;
    type Columns<R: 'static, P: ::hyperdjango::orm::model::Path> = PostColumns<R, P>;
    const TABLE: &'static str = "posts";
    const KEY: &'static [&'static str] = &["id"];
    const KEY_COLUMNS: &'static [usize] = &[0usize];
    const NAMES: &'static [&'static str] = &[
        "id",
        "title",
        "author_id",
        "parent_id",
        "score",
        "token",
        "created",
    ];
    const ORDERING: ::hyperdjango::orm::sql::Rope = &[
        ::hyperdjango::orm::sql::Part::Column(
            <::hyperdjango::orm::model::Root<
                Post,
            > as ::hyperdjango::orm::model::Path>::NODE,
            "created",
        ),
        ::hyperdjango::orm::sql::Part::Text(" DESC"),
    ];
    const ORDERING_REVERSED: ::hyperdjango::orm::sql::Rope = &[
        ::hyperdjango::orm::sql::Part::Column(
            <::hyperdjango::orm::model::Root<
                Post,
            > as ::hyperdjango::orm::model::Path>::NODE,
            "created",
        ),
    ];
    const RULES_BY_COLUMN: &'static [::hyperdjango::orm::validation::Rules] = &[
        ::hyperdjango::orm::validation::Rules::NONE,
        ::hyperdjango::orm::validation::Rules {
            max_length: ::std::option::Option::Some(200u64),
            ..::hyperdjango::orm::validation::Rules::NONE
        },
        ::hyperdjango::orm::validation::Rules::NONE,
        ::hyperdjango::orm::validation::Rules::NONE,
        ::hyperdjango::orm::validation::Rules {
            ge: ::std::option::Option::Some(
                ::hyperdjango::orm::validation::Limit::Int(0),
            ),
            ..::hyperdjango::orm::validation::Rules::NONE
        },
    ];
    fn decode(
        row: &mut ::hyperdjango::orm::row::RowReader<'_>,
    ) -> ::std::result::Result<Self, ::hyperdjango::db::DatabaseError> {
        ::std::result::Result::Ok(Self {
            id: row.read::<i64>()?,
            title: row.read::<String>()?,
            author: ::hyperdjango::orm::model::ForeignKey::of(
                row.read::<<User as ::hyperdjango::orm::model::SingleKey>::Column>()?,
            ),
            parent: row
                .read::<
                    ::std::option::Option<
                        <Post as ::hyperdjango::orm::model::SingleKey>::Column,
                    >,
                >()?
                .map(::hyperdjango::orm::model::ForeignKey::of),
            score: row.read::<i32>()?,
            token: row.read::<Option<String>>()?,
            created: row.read::<Timestamp>()?,
        })
    }
    fn write_members(to: &mut ::hyperdjango::orm::row::Members<'_, '_>) {
        ::hyperdjango::orm::row::member::<i64>(to, ",\"id\":");
        ::hyperdjango::orm::row::member::<String>(to, ",\"title\":");
        ::hyperdjango::orm::row::member::<
            <User as ::hyperdjango::orm::model::SingleKey>::Column,
        >(to, ",\"author\":");
        ::hyperdjango::orm::row::member::<
            ::std::option::Option<<Post as ::hyperdjango::orm::model::SingleKey>::Column>,
        >(to, ",\"parent\":");
        ::hyperdjango::orm::row::member::<i32>(to, ",\"score\":");
        ::hyperdjango::orm::row::secret(to);
        ::hyperdjango::orm::row::member::<Timestamp>(to, ",\"created\":");
    }
    fn stored(&self, number: usize) -> &dyn ::hyperdjango::orm::model::Stores {
        match number {
            0usize => &self.id,
            1usize => &self.title,
            2usize => &self.author,
            3usize => &self.parent,
            4usize => &self.score,
            5usize => &self.token,
            6usize => &self.created,
            _ => ::hyperdjango::orm::model::no_such_column::<Self>(number),
        }
    }
    fn key(&self) -> Self::Key {
        ::std::clone::Clone::clone(&self.id)
    }
}
#[diagnostic::do_not_recommend]
impl ::hyperdjango::orm::model::SingleKey for Post {
    type Column = i64;
}
#[diagnostic::do_not_recommend]
impl<R> ::hyperdjango::orm::expr::Operand<R, i64> for &Post {
    type Truth = bool;
    type Node = ::hyperdjango::orm::expr::Value<i64>;
    fn into_node(self) -> Self::Node {
        ::hyperdjango::orm::expr::Value::new(::hyperdjango::orm::model::Model::key(self))
    }
}
impl ::hyperdjango::orm::model::HasColumn<0usize> for Post {
    type Type = i64;
    type Source = ::hyperdjango::orm::model::Stored;
}
impl ::hyperdjango::orm::model::HasColumn<1usize> for Post {
    type Type = String;
    type Source = ::hyperdjango::orm::model::Stored;
}
impl ::hyperdjango::orm::model::HasColumn<2usize> for Post {
    type Type = <User as ::hyperdjango::orm::model::SingleKey>::Column;
    type Source = ::hyperdjango::orm::model::Stored;
}
impl ::hyperdjango::orm::model::HasForeignKey<2usize> for Post {
    type Target = User;
    const FIELD: &'static str = "author";
    const COLUMN: &'static str = "author_id";
    const NULLABLE: bool = false;
    type Reached<T: ::hyperdjango::orm::expr::function::Carries> = T;
    type Loaded<
        P: ::hyperdjango::orm::model::Path,
        T: ::hyperdjango::orm::model::Model,
    > = P::Loaded<T>;
}
impl ::hyperdjango::orm::model::HasColumn<3usize> for Post {
    type Type = ::std::option::Option<
        <Post as ::hyperdjango::orm::model::SingleKey>::Column,
    >;
    type Source = ::hyperdjango::orm::model::Stored;
}
impl ::hyperdjango::orm::model::HasForeignKey<3usize> for Post {
    type Target = Post;
    const FIELD: &'static str = "parent";
    const COLUMN: &'static str = "parent_id";
    const NULLABLE: bool = true;
    type Reached<T: ::hyperdjango::orm::expr::function::Carries> = T::Nullable;
    type Loaded<
        P: ::hyperdjango::orm::model::Path,
        T: ::hyperdjango::orm::model::Model,
    > = ::std::option::Option<T>;
}
impl ::hyperdjango::orm::model::HasColumn<4usize> for Post {
    type Type = i32;
    type Source = ::hyperdjango::orm::model::Stored;
}
impl ::hyperdjango::orm::model::HasColumn<5usize> for Post {
    type Type = Option<String>;
    type Source = ::hyperdjango::orm::model::Stored;
}
impl ::hyperdjango::orm::model::HasColumn<6usize> for Post {
    type Type = Timestamp;
    type Source = ::hyperdjango::orm::model::Stored;
}
const _: () = ::hyperdjango::orm::model::same_database::<Post, User>();
impl ::hyperdjango::orm::model::Refers<User, 7815024061042257814u64> for Post {
    const LINK: ::hyperdjango::orm::model::Link = ::hyperdjango::orm::model::Link::ForeignKey {
        column: "author_id",
    };
}
const _: () = ::hyperdjango::orm::model::same_database::<Post, Post>();
impl ::hyperdjango::orm::model::Refers<Post, 7371339085820260189u64> for Post {
    const LINK: ::hyperdjango::orm::model::Link = ::hyperdjango::orm::model::Link::ForeignKey {
        column: "parent_id",
    };
}
impl ::hyperdjango::orm::model::HasMany<0usize> for Post {
    type Target = Tag;
    const NAME: &'static str = "tags";
    const LINK: ::hyperdjango::orm::model::Link = ::hyperdjango::orm::model::Link::Through {
        table: "posts_tags",
        from: "post_id",
        to: "tag_id",
    };
}
impl ::hyperdjango::orm::model::Refers<Tag, 15644445103386232192u64> for Post {
    const LINK: ::hyperdjango::orm::model::Link = ::hyperdjango::orm::model::Link::Through {
        table: "posts_tags",
        from: "tag_id",
        to: "post_id",
    };
}
impl ::hyperdjango::orm::model::HasOne<0usize> for Post {
    type Target = Cover;
    const NAME: &'static str = "cover";
    const COLUMN: &'static str = <<Post as ::hyperdjango::orm::model::HasOne<
        0usize,
    >>::Target as ::hyperdjango::orm::model::RefersOne<
        Post,
        10101548734087531847u64,
    >>::COLUMN;
}
impl ::hyperdjango::serde::Serialize for Post {
    fn serialize<S: ::hyperdjango::serde::Serializer>(
        &self,
        serializer: S,
    ) -> ::std::result::Result<S::Ok, S::Error> {
        ::hyperdjango::orm::model::serialize_row(
            serializer,
            "Post",
            &["id", "title", "author", "parent", "score", "created"],
            (
                &self.id,
                &self.title,
                &self.author,
                &self.parent,
                &self.score,
                &self.created,
            ),
        )
    }
}
