//! A weblog with a bit of everything, and rows in it with NULLs, empty values, unicode and extremes.

use hyperdjango::db::Db;
use hyperdjango::orm::field::Range;
use hyperdjango::orm::model::Table;
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;

use super::same::{Site, cells};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "countries", reverse(users = User.country))]
pub(crate) struct Country {
    #[field(primary_key)]
    pub id: i64,
    #[field(unique)]
    pub name: String,
    pub people: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "users",
    reverse(posts = Post.author, edited = Post.editor, comments = Comment.author, notes = Note.owner),
    reverse_one(profile = Profile.user)
)]
pub(crate) struct User {
    #[field(primary_key)]
    pub id: i64,
    #[field(unique)]
    pub name: String,
    pub email: Option<String>,
    pub age: Option<i32>,
    pub country: Option<ForeignKey<Country>>,
    #[field(default = 0)]
    pub balance: Decimal,
    #[field(default = true)]
    pub active: bool,
    pub joined: Option<Date>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "profiles")]
pub(crate) struct Profile {
    #[field(primary_key)]
    pub id: i64,
    pub user: OneToOne<User>,
    pub bio: Option<String>,
    pub country: Option<ForeignKey<Country>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "posts", many_to_many(tags = Tag), reverse(comments = Comment.post))]
pub(crate) struct Post {
    #[field(primary_key)]
    pub id: i64,
    pub title: String,
    pub slug: Option<String>,
    pub author: ForeignKey<User>,
    pub editor: Option<ForeignKey<User>>,
    #[field(default = 0)]
    pub score: i32,
    pub rating: Option<f64>,
    pub price: Option<Decimal>,
    #[field(db_default = "'{}'")]
    pub labels: Vec<String>,
    pub data: Option<serde_json::Value>,
    #[field(default = false)]
    pub published: bool,
    pub day: Option<Date>,
    #[field(auto_now_add)]
    pub created: Timestamp,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "tags", ordering = [name], reverse(posts = Post.tags))]
pub(crate) struct Tag {
    #[field(primary_key)]
    pub id: i64,
    #[field(unique)]
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "comments", reverse(answers = Comment.parent))]
pub(crate) struct Comment {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub post: ForeignKey<Post>,
    pub author: Option<ForeignKey<User>>,
    #[field(on_delete = cascade)]
    pub parent: Option<ForeignKey<Comment>>,
    pub text: String,
    #[field(default = 0)]
    pub votes: i16,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "notes", ordering = [-id])]
pub(crate) struct Note {
    #[field(primary_key)]
    pub id: i64,
    pub text: String,
    pub owner: Option<ForeignKey<User>>,
    #[field(soft_delete)]
    pub deleted: Option<Timestamp>,
}

/// The least and the greatest a type can hold.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "extremes")]
pub(crate) struct Extreme {
    #[field(primary_key)]
    pub id: i64,
    pub small: i16,
    pub int: i32,
    pub big: i64,
    pub real: f32,
    pub double: f64,
    pub amount: Decimal,
    pub at: Timestamp,
    pub day: Date,
    pub text: String,
    pub key: Uuid,
    pub maybe: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "slots")]
pub(crate) struct Slot {
    #[field(primary_key)]
    pub id: i64,
    pub hours: Option<Range<i32>>,
    pub days: Range<Date>,
    pub numbers: Option<Vec<Option<i32>>>,
    pub letters: Vec<String>,
}

/// A table without rows.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "nothing")]
pub(crate) struct Nothing {
    #[field(primary_key)]
    pub id: i64,
    pub number: i32,
    pub maybe: Option<String>,
    pub user: Option<ForeignKey<User>>,
}

cells! {
    Country: id name people;
    User: id name email age country balance active joined;
    Profile: id user bio country;
    Post: id title slug author editor score rating price labels data published day created;
    Tag: id name;
    Comment: id post author parent text votes;
    Note: id text owner deleted;
    Extreme: id small int big real double amount at day text key maybe;
    Nothing: id number maybe user;
}

const ROWS: &str = r#"
    INSERT INTO countries (id, name, people) VALUES (1, 'Italy', 58990000), (2, 'Malta', NULL), (3, 'Åland', 0);
    INSERT INTO users (id, name, email, age, country_id, balance, active, joined) VALUES
        (1, 'ana', 'ana@example.org', 30, 1, 12.50, true, '2020-01-31'),
        (2, 'bob', NULL, NULL, NULL, 0, true, NULL),
        (3, 'eve', '', 17, 2, -3.075, false, '2024-02-29'),
        (4, E'Zoë \U0001F600', 'ZOE@EXAMPLE.ORG', 30, 1, 99999999999999.99, true, '0001-01-01'),
        (5, '', NULL, 0, 2, 0.00, false, '9999-12-31');
    INSERT INTO profiles (id, user_id, bio, country_id) VALUES (1, 1, 'Writes.', NULL), (2, 3, NULL, 3), (3, 5, '', 1);
    INSERT INTO posts (id, title, slug, author_id, editor_id, score, rating, price, labels, data, published, day, created) VALUES
        (1, 'Rust in the garden', 'rust', 1, 2, 30, 4.5, 9.99, '{garden,rust}', '{"city": "Rome", "n": 3, "tags": ["a", "b"], "none": null}', true, '2024-02-29', '2024-02-29 23:30:15.75+00'),
        (2, 'Ten recipes', NULL, 2, NULL, 10, NULL, NULL, '{}', NULL, true, NULL, '2024-03-01 00:00+00'),
        (3, E'Why 100% of cats_sleep \\ nap', 'cats', 1, 1, -5, 0, 0, '{""}', '[1, "a", null]', false, '2024-02-29', '2023-12-31 23:59:59.999999+00'),
        (4, '', '', 3, NULL, 10, 1.25, 9.99, '{a,NULL,"x,y"}', '{}', true, '2023-01-01', '2024-03-01 00:00+00'),
        (5, E'Ünïcode \U0001F600 — rust', 'rust', 4, 3, 2147483647, -0.5, 1000000.01, '{ünï}', '"text"', false, NULL, '1970-01-01 00:00+00'),
        (6, 'rust', NULL, 1, 4, 0, 4.5, -1, '{rust}', 'null', true, '2022-06-15', '2024-02-29 00:00+00');
    UPDATE posts SET labels = '{a,"x,y"}' WHERE id = 4;
    INSERT INTO tags (id, name) VALUES (1, 'nature'), (2, 'food'), (3, 'unused'), (4, 'größe');
    INSERT INTO posts_tags (post_id, tag_id) VALUES (1, 1), (1, 4), (2, 2), (3, 1), (5, 1), (5, 2), (5, 4);
    INSERT INTO comments (id, post_id, author_id, parent_id, text, votes) VALUES
        (1, 1, 2, NULL, 'First', 3), (2, 1, 1, 1, 'Thanks', 0), (3, 1, NULL, 2, 'Anonymous', -32768),
        (4, 2, 3, NULL, 'Too much salt', 32767), (5, 5, 4, NULL, '', 1), (6, 1, 2, 3, 'Deep', 2), (7, 3, 1, NULL, 'Mew', 3);
    INSERT INTO notes (id, text, owner_id, deleted) VALUES
        (1, 'kept', 1, NULL), (2, 'gone', 1, '2024-01-01 00:00+00'), (3, 'nobody''s', NULL, NULL), (4, 'gone, too', NULL, '2024-02-29 12:00+00');
    INSERT INTO extremes (id, small, int, big, real, double, amount, at, day, text, key, maybe) VALUES
        (1, -32768, -2147483648, -9223372036854775808, -3.4028235e38, -1.7976931348623157e308, -79228162514264337593543950335,
         '0001-01-01 00:00+00', '0001-01-01', '', '00000000-0000-0000-0000-000000000000', NULL),
        (2, 32767, 2147483647, 9223372036854775807, 3.4028235e38, 1.7976931348623157e308, 79228162514264337593543950335,
         '9999-12-30 22:00:00.999999+00', '9999-12-31', repeat(U&'\+01F600', 500), 'ffffffff-ffff-ffff-ffff-ffffffffffff', 9223372036854775807),
        (3, 0, 0, 0, 0, 5e-324, 0.0000000000000000000000000001,
         '1970-01-01 00:00+00', '1970-01-01', E'\x01 \t\n\\ '' " % _', '12345678-1234-1234-1234-123456789012', 0);
    INSERT INTO slots (id, hours, days, numbers, letters) VALUES
        (1, '[9,17)', '[2024-01-01,2024-02-01)', '{1,NULL,3}', '{a,b}'), (2, 'empty', '(,)', '{}', '{}'),
        (3, NULL, 'empty', NULL, '{b,"ß"}'), (4, '(,0]', '[2024-01-31,2024-02-01)', '{3}', '{a}');
    DO $$ DECLARE t text; BEGIN
        FOREACH t IN ARRAY ARRAY['countries','users','profiles','posts','tags','comments','notes','extremes','slots'] LOOP
            EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, ''id''), 100)', t);
        END LOOP;
    END $$;
"#;

/// A database of its own with these rows.
pub(crate) async fn site() -> Site {
    let database = hyper_tests::postgres();
    let db = Db::new(database.url().parse().unwrap());
    let tables: [&'static Table; 10] = [
        Country::META,
        User::META,
        Profile::META,
        Post::META,
        Tag::META,
        Comment::META,
        Note::META,
        Extreme::META,
        Slot::META,
        Nothing::META,
    ];
    create_missing_tables(&db, &tables).await.unwrap();
    db.execute_batch(ROWS).await.unwrap();
    Site::new(db, database.url()).await
}
