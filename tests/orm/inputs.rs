//! Rows made and changed by structs of the user's own: columns, rules, what is missing, what is NULL.

use hyperdjango::orm::Error;
use hyperdjango::orm::input::Changes;
use hyperdjango::prelude::*;
use serde::Deserialize;
use serde_json::json;

use crate::models::{Person, Post, database};

#[derive(Input, Deserialize, Debug, Clone)]
#[input(Post, validate = NewPost::honest)]
struct NewPost {
    title: String,
    #[serde(rename = "link")]
    url: Option<String>,
    #[serde(default)]
    score: i32,
    #[input(skip)]
    #[serde(default)]
    accepted: bool,
}

impl NewPost {
    fn honest(&self, errors: &mut ValidationErrors) {
        if self.title.contains("free") && self.score > 5 {
            errors.add(hyperdjango::NON_FIELD_ERRORS, "Nothing is free.");
        }
    }
}

#[derive(Input, Deserialize)]
#[input(Person)]
struct NewPerson {
    name: String,
    email: Option<String>,
    country: Option<i64>,
    password: String,
}

#[derive(Patch, Debug, Clone, Default, PartialEq)]
#[patch(Post, validate = PostPatch::honest)]
#[serde(rename_all = "camelCase")]
struct PostPatch {
    title: Patch<String>,
    #[serde(rename = "link")]
    url: Patch<Option<String>>,
    author: Patch<ForeignKey<Person>>,
    score: Patch<i32>,
    published: Patch<bool>,
    #[patch(skip)]
    why_so: Option<String>,
}

impl PostPatch {
    fn honest(&self, errors: &mut ValidationErrors) {
        if self.why_so.as_deref() == Some("") {
            errors.add("whySo", "Say something.");
        }
    }
}

#[derive(Patch, Debug)]
#[patch(Person, deny_unknown_fields)]
struct PersonPatch {
    country: Patch<Option<i64>>,
    name: Patch<String>,
}

fn from<T: for<'de> Deserialize<'de>>(value: serde_json::Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn invalid<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Invalid(errors)) => errors.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn rows_are_made_from_forms() {
    let db = &database().await;
    let form: NewPost = from(json!({"title": "Ünïcode ☃", "link": "https://example.org", "accepted": true}));
    assert!(form.accepted);
    let values = (form.clone(), Post.author.set(2));
    assert_eq!(
        Post::objects().create_sql(&values),
        concat!(
            r#"INSERT INTO "posts" ("title", "url", "score", "author_id") VALUES ($1, $2, $3, $4) "#,
            r#"RETURNING "posts"."id", "posts"."title", "posts"."url", "posts"."author_id", "posts"."score", "#,
            r#""posts"."published", "posts"."created""#
        )
    );
    let post = Post::objects().create(db, values).await.unwrap();
    assert_eq!((post.title.as_str(), post.author.id, post.score), ("Ünïcode ☃", 2, 0));
    assert_eq!(post.url.as_deref(), Some("https://example.org"));
    // Inside each other, at any depth; and the same struct changes rows.
    let again = NewPost { title: "Again".into(), url: None, score: 7, accepted: false };
    let nested = ((Post.author.set(3), (again.clone(), Post.published.set(false))),);
    let post = Post::objects().create(db, nested).await.unwrap();
    assert_eq!((post.url, post.score, post.published, post.author.id), (None, 7, false, 3));
    let changed = Post::objects().filter(Post.id.eq(1)).update(db, (again, Post.published.set(false))).await;
    assert_eq!(changed.unwrap(), 1);
    let post = Post::objects().get(db, 1).await.unwrap();
    assert_eq!((post.title.as_str(), post.url, post.score, post.author.id), ("Again", None, 7, 1));

    let person: NewPerson = from(json!({"name": "zoe", "country": 2, "password": "x"}));
    let person = Person::objects().create(db, person).await.unwrap();
    assert_eq!((person.country.unwrap().id, person.email), (2, None));
    let nowhere: NewPerson = from(json!({"name": "zoe", "country": 99, "password": "x"}));
    let error = Person::objects().create(db, nowhere).await.unwrap_err();
    assert!(
        matches!(error, Error::Database(error) if error.kind() == hyperdjango::db::ErrorKind::ForeignKey)
    );
}

#[tokio::test]
async fn the_rules_are_the_models() {
    let db = &database().await;
    let wrong = NewPost { title: "free".repeat(60), url: Some("x".into()), score: 2_000, accepted: false };
    let expected = concat!(
        "__all__: Nothing is free.; link: Enter a valid URL.; ",
        "score: Ensure this value is less than or equal to 1000.; ",
        "title: Ensure this value has at most 200 characters (it has 240)."
    );
    assert_eq!(wrong.validate().unwrap_err().to_string(), expected);
    assert_eq!(invalid(Post::objects().create(db, (wrong.clone(), Post.author.set(1))).await), expected);
    let all = Post::objects().filter(Post.id.gt(0));
    assert_eq!(invalid(all.update(db, wrong).await), expected);
    let nobody =
        NewPerson { name: String::new(), email: Some("no".into()), country: None, password: "\0".into() };
    assert_eq!(
        nobody.validate().unwrap_err().to_string(),
        "email: Enter a valid email address.; name: This field cannot be blank.; \
         password: Null characters are not allowed."
    );
}

#[tokio::test]
async fn many_rows_are_made_from_forms() {
    let db = &database().await;
    let forms = (0..300).map(|i| {
        let url = (i % 3 == 0).then(|| format!("https://example.org/{i}"));
        (
            NewPost { title: format!("Post {i}"), url, score: i, accepted: true },
            Post.author.set(1 + i64::from(i % 2)),
        )
    });
    let posts = Post::objects().bulk_create(db, forms.collect::<Vec<_>>()).await.unwrap();
    assert_eq!(posts.len(), 300);
    assert_eq!((posts[299].score, posts[299].author.id, &posts[299].url), (299, 2, &None));
    let people = ["p", "q"].map(|name| NewPerson {
        name: name.into(),
        email: None,
        country: None,
        password: String::new(),
    });
    let people = Person::objects().bulk_create(db, Vec::from(people)).await.unwrap();
    assert_eq!(people.iter().map(|person| &*person.name).collect::<Vec<_>>(), ["p", "q"]);
}

#[test]
fn what_is_missing_is_untouched() {
    let untouched: PostPatch = from(json!({}));
    assert_eq!(untouched, PostPatch::default());
    let patch: PostPatch = from(json!({"link": null, "score": 0, "whySo": "because", "unknown": 1}));
    assert_eq!(
        patch,
        PostPatch {
            url: Patch::Set(None),
            score: 0.into(),
            why_so: Some("because".into()),
            ..PostPatch::default()
        }
    );
    let error = |json: &str| serde_json::from_str::<PostPatch>(json).unwrap_err().to_string();
    assert!(error(r#"{"title": null}"#).starts_with("invalid type: null, expected a string"));
    assert!(error("[1]").starts_with("invalid type: integer `1`, expected a string"));
    assert!(error("3").starts_with("invalid type: integer `3`, expected an object"));
    let denied = serde_json::from_str::<PersonPatch>(r#"{"nam": "x"}"#).unwrap_err().to_string();
    assert!(denied.starts_with("unknown field `nam`, expected `country` or `name`"));
    // From a form, too.
    let form: PostPatch = serde_json::from_value(json!({"author": 2})).unwrap();
    assert_eq!(form.author.as_set().map(|author| author.id), Some(2));
}

#[tokio::test]
async fn only_what_is_touched_is_written() {
    let db = &database().await;
    let first = Post::objects().filter(Post.id.eq(1));
    let patch: PostPatch = from(json!({"link": null, "score": -7}));
    assert_eq!(
        first.patch_sql(&patch).unwrap(),
        r#"UPDATE "posts" SET "url" = $2, "score" = $3 WHERE "posts"."id" = $1"#
    );
    let before = Post::objects().get(db, 1).await.unwrap();
    assert_eq!(first.patch(db, patch).await.unwrap(), 1);
    let after = Post::objects().get(db, 1).await.unwrap();
    assert_eq!(after, Post { url: None, score: -7, ..before });

    // Each set of columns, on one connection.
    for bits in 0..16_u8 {
        let touched = |bit: u8| bits & (1 << bit) != 0;
        let value = |bit: u8| i32::from(bits) * 10 + i32::from(bit);
        let mut patch = PostPatch::default();
        let mut expected = Post::objects().get(db, 2).await.unwrap();
        if touched(0) {
            expected.title = format!("Title {bits}");
            patch.title = expected.title.clone().into();
        }
        if touched(1) {
            expected.url = (bits > 7).then(|| "https://example.org".into());
            patch.url = expected.url.clone().into();
        }
        if touched(2) {
            expected.score = value(2);
            patch.score = expected.score.into();
        }
        if touched(3) {
            expected.published = bits % 4 == 0;
            patch.published = expected.published.into();
        }
        assert_eq!(Post::objects().patch_one(db, 2, patch).await.unwrap(), expected);
        assert_eq!(Post::objects().get(db, 2).await.unwrap(), expected);
    }

    // Over a foreign key, several rows, with what the client has no say in.
    let anas = Post::objects().filter(Post.author.name.eq("ana"));
    let patch = PostPatch { score: 1.into(), ..PostPatch::default() };
    let both = (patch, Post.published.set(false));
    assert_eq!(
        anas.patch_sql(&both).unwrap(),
        concat!(
            r#"UPDATE "posts" SET "score" = $2, "published" = $3 WHERE "id" IN (SELECT "posts"."id" FROM "posts" "#,
            r#"JOIN "people" AS "author" ON "author"."id" = "posts"."author_id" WHERE "author"."name" = $1)"#
        )
    );
    assert_eq!(anas.patch(db, both).await.unwrap(), 2);
    let all = Post::objects().all_rows();
    assert_eq!(all.patch(db, Post.score.set(9)).await.unwrap(), 4);
    let maybe = Post::objects().filter_if(Some(Post.id.lt(3))).filter(Post.id.gt(1));
    let patch = PostPatch { author: ForeignKey::new(3).into(), ..PostPatch::default() };
    assert_eq!(maybe.patch(db, patch).await.unwrap(), 1);
    assert_eq!(Post::objects().get(db, 2).await.unwrap().author.id, 3);
    let person: PersonPatch = from(json!({"country": null}));
    assert_eq!(Person::objects().patch_one(db, 1, person).await.unwrap().country, None);
}

#[tokio::test]
async fn nothing_touched_and_nobody_there() {
    let db = &database().await;
    let nothing = PostPatch::default;
    let first = Post::objects().filter(Post.id.eq(1));
    assert_eq!(first.patch_sql(&nothing()), None);
    assert_eq!(first.patch(db, nothing()).await.unwrap(), 1);
    assert_eq!(Post::objects().patch_one(db, 1, nothing()).await.unwrap().id, 1);
    let nobody = Post::objects().filter(Post.id.eq(99));
    assert_eq!(nobody.patch(db, nothing()).await.unwrap(), 0);
    assert_eq!(nobody.patch(db, Post.score.set(1)).await.unwrap(), 0);
    assert!(Post::objects().patch_one(db, 99, nothing()).await.unwrap_err().is_does_not_exist());
    assert!(Post::objects().patch_one(db, 99, Post.score.set(1)).await.unwrap_err().is_does_not_exist());
}

#[tokio::test]
async fn touched_columns_keep_their_rules() {
    let db = &database().await;
    let patch: PostPatch = from(json!({"link": "x", "score": 9999, "title": "\0", "whySo": ""}));
    let expected = "link: Enter a valid URL.; score: Ensure this value is less than or equal to 1000.; \
                    title: Null characters are not allowed.; whySo: Say something.";
    let mut errors = ValidationErrors::new();
    patch.check(&mut errors);
    assert_eq!(errors.to_string(), expected);
    let first = Post::objects().filter(Post.id.eq(1));
    assert_eq!(first.patch_sql(&patch), None);
    assert_eq!(invalid(first.patch(db, patch.clone()).await), expected);
    assert_eq!(invalid(Post::objects().patch_one(db, 1, patch).await), expected);
}

mod with_parts {
    use hyperdjango::orm::model::part::{SoftDelete, Timestamps, Version};
    use hyperdjango::prelude::*;

    #[derive(Part, Debug, Clone, PartialEq)]
    pub(crate) struct Place {
        #[field(max_length = 5)]
        pub(crate) street: String,
    }

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "houses")]
    pub(crate) struct House {
        #[field(primary_key)]
        pub(crate) id: i64,
        pub(crate) floors: i32,
        #[field(part)]
        pub(crate) place: Place,
        #[field(part)]
        pub(crate) times: Timestamps,
        #[field(part)]
        pub(crate) lock: Version,
        #[field(part)]
        pub(crate) state: SoftDelete,
    }
}

use with_parts::House;

#[derive(Input, Debug)]
#[input(House)]
struct NewHouse {
    floors: i32,
    #[input(column = place.street)]
    street: String,
}

#[derive(Patch, Debug, Default)]
#[patch(House)]
struct HousePatch {
    floors: Patch<i32>,
    #[patch(column = place.street)]
    street: Patch<String>,
}

#[derive(Shape, Debug, PartialEq)]
#[shape(House)]
struct HouseCard {
    #[shape(expr = House.place.street)]
    street: String,
    #[shape(expr = House.lock.version)]
    version: i32,
}

#[tokio::test]
async fn columns_of_parts_and_those_that_change_with_others() {
    let db = hyperdjango::db::Db::new(hyper_tests::postgres().url().parse().unwrap());
    hyperdjango::orm::schema::create_missing_tables(&db, &[House::META]).await.unwrap();
    let db = &db;
    let made = House::objects().create(db, NewHouse { floors: 2, street: "A".into() }).await.unwrap();
    let patch = HousePatch { street: Patch::Set("B".into()), ..HousePatch::default() };
    let all = House::objects().filter(House.floors.eq(2));
    assert_eq!(
        all.patch_sql(&patch).unwrap(),
        concat!(
            r#"UPDATE "houses" SET "street" = $2, "updated" = now(), "version" = "houses"."version" + 1 "#,
            r#"WHERE "houses"."deleted" IS NULL AND "houses"."floors" = $1"#
        )
    );
    assert_eq!(all.patch(db, patch).await.unwrap(), 1);
    let patch = HousePatch { floors: 3.into(), ..HousePatch::default() };
    let changed = House::objects().patch_one(db, made.id, patch).await.unwrap();
    assert_eq!((changed.floors, changed.place.street.as_str()), (3, "B"));
    assert!(changed.times.updated > made.times.updated);
    let cards = House::objects().shape::<HouseCard>().all(db).await.unwrap();
    assert_eq!(cards, [HouseCard { street: "B".into(), version: made.lock.version + 2 }]);
    // The field's rules, under the field's own name.
    let long = NewHouse { floors: 1, street: "too long".into() };
    assert_eq!(
        long.validate().unwrap_err().to_string(),
        "street: Ensure this value has at most 5 characters (it has 8)."
    );
    // A row that is marked as deleted is none.
    House::objects().filter(House.id.eq(made.id)).delete(db).await.unwrap();
    let patch = || HousePatch { floors: 4.into(), ..HousePatch::default() };
    assert!(House::objects().patch_one(db, made.id, patch()).await.unwrap_err().is_does_not_exist());
    assert_eq!(House::objects().filter(House.floors.eq(3)).patch(db, patch()).await.unwrap(), 0);
    assert!(House::objects().shape::<HouseCard>().all(db).await.unwrap().is_empty());
}
