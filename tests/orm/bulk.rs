//! Rows written back, many at once, and rows that may be there already.

use hyperdjango::db::{Db, ErrorKind};
use hyperdjango::orm::Error;
use hyperdjango::orm::field::Binary;
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;

use crate::models::{Country, Everything, Post, database};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "words", ordering = [id], unique_together(text, language), many_to_many(others = Word))]
struct Word {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 12, min_length = 1)]
    text: String,
    language: Option<String>,
    #[field(default = 0)]
    uses: i32,
    #[field(unique)]
    code: Option<i32>,
    forms: Option<Vec<String>>,
}

async fn dictionary() -> Db {
    let db = Db::new(hyper_tests::postgres().url().parse().unwrap());
    create_missing_tables(&db, &[Word::META]).await.unwrap();
    db
}

fn kind(error: &Error) -> Option<ErrorKind> {
    match error {
        Error::Database(error) => Some(error.kind()),
        _ => None,
    }
}

#[tokio::test]
async fn a_row_is_saved_refreshed_and_deleted() {
    let db = &database().await;
    let mut post = Post::objects().get(db, 1).await.unwrap();
    post.title = "Rust 3.0 — née 2".into();
    post.url = None;
    post.save(db).await.unwrap();
    let mut again = Post::objects().get(db, 1).await.unwrap();
    assert_eq!(again, post);
    post.score = 2000;
    assert!(matches!(post.save(db).await, Err(Error::Invalid(_))));
    post.score = 5;
    post.save(db).await.unwrap();
    again.refresh(db).await.unwrap();
    assert_eq!(again.score, 5);
    post.clone().delete(db).await.unwrap();
    assert!(post.save(db).await.unwrap_err().is_does_not_exist());
    assert!(again.refresh(db).await.unwrap_err().is_does_not_exist());
    assert!(post.delete(db).await.unwrap_err().is_does_not_exist());
}

#[tokio::test]
async fn an_edited_row_writes_what_changed() {
    let db = &database().await;
    let mut post = Post::objects().get(db, 2).await.unwrap().edit();
    assert!(!post.is_changed());
    post.save(db).await.unwrap();
    post.score += 1;
    post.url = Some("https://example.org".into());
    post.author = ForeignKey::new(3);
    assert_eq!(post.changed_fields(), ["url", "author", "score"]);
    // Somebody else changes what we did not.
    Post::objects().filter(Post.id.eq(2)).update(db, Post.title.set("Eleven recipes")).await.unwrap();
    post.save(db).await.unwrap();
    assert_eq!((post.title.as_str(), post.score, post.author.id), ("Eleven recipes", 11, 3));
    assert!(!post.is_changed());
    post.url = None;
    assert_eq!(post.changed_fields(), ["url"]);
    post.save(db).await.unwrap();
    assert_eq!(Post::objects().get(db, 2).await.unwrap(), post.into_row());
}

#[tokio::test]
async fn many_rows_are_created_in_order() {
    let db = &dictionary().await;
    assert!(Word::objects().bulk_create(db, [(); 0].map(|()| Word.text.set("x"))).await.unwrap().is_empty());
    let texts = ["ä", "b'\"\\", "c\n", "日本"];
    let rows = texts.iter().enumerate().map(|(i, text)| {
        let language = (i % 2 == 0).then_some("de");
        (Word.text.set(*text), Word.language.set(language), Word.uses.set(i as i32 - 1))
    });
    let words = Word::objects().bulk_create(db, rows).await.unwrap();
    assert_eq!(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), texts);
    assert_eq!(words[0].language.as_deref(), Some("de"));
    assert_eq!((words[1].language.as_deref(), words[0].uses, words[0].id), (None, -1, 1));
    assert_eq!(Word::objects().all(db).await.unwrap(), words);

    let many = (0..5000).map(|i| Word.text.set(format!("w{i}")));
    assert_eq!(Word::objects().bulk_create(db, many).await.unwrap().len(), 5000);
    let wrong = ["fine", "much too long for it"].map(|text| Word.text.set(text));
    assert!(matches!(Word::objects().bulk_create(db, wrong).await, Err(Error::Invalid(_))));
    let twice = [1, 1].map(|code| (Word.text.set(format!("t{code}")), Word.code.set(Some(code))));
    assert_eq!(kind(&Word::objects().bulk_create(db, twice).await.unwrap_err()), Some(ErrorKind::Unique));
    assert_eq!(Word::objects().count(db).await.unwrap(), 5004);
}

#[tokio::test]
async fn arrays_are_created_in_bulk_too() {
    let db = &dictionary().await;
    let rows = [vec!["gehen".to_owned(), "ging".into()], vec![], vec!["ä".into()]]
        .map(|forms| (Word.text.set(format!("{}", forms.len())), Word.forms.set(forms)));
    let words = Word::objects().bulk_create(db, rows).await.unwrap();
    assert_eq!(words[0].forms.as_deref(), Some(&["gehen".to_owned(), "ging".to_owned()][..]));
    assert_eq!(words[1].forms.as_deref(), Some(&[][..]));
    let many = (0..40_000).map(|i| (Word.text.set(format!("m{i}")), Word.forms.set(vec![i.to_string()])));
    assert_eq!(Word::objects().bulk_create(db, many).await.unwrap().len(), 40_000);
}

#[tokio::test]
async fn columns_of_many_rows_are_updated() {
    let db = &database().await;
    let mut posts = Post::objects().order_by(Post.id).all(db).await.unwrap();
    for post in &mut posts {
        post.score = post.id as i32 * 7;
        post.url = None;
        post.author = ForeignKey::new(2);
        post.title = "not written".into();
    }
    let changed = Post::objects().bulk_update(db, (Post.score, Post.url, Post.author), &posts).await.unwrap();
    assert_eq!(changed, 4);
    let after = Post::objects().order_by(Post.id).all(db).await.unwrap();
    assert_eq!(after.iter().map(|post| post.score).collect::<Vec<_>>(), [7, 14, 21, 28]);
    assert!(
        after.iter().all(|post| post.author.id == 2 && post.url.is_none() && post.title != "not written")
    );
    assert_eq!(Post::objects().bulk_update(db, Post.score, &[]).await.unwrap(), 0);
    posts[0].score = -5000;
    assert!(matches!(Post::objects().bulk_update(db, Post.score, &posts).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn arrays_are_updated_in_bulk_too() {
    let db = &dictionary().await;
    let rows = (0..5).map(|i| (Word.text.set(format!("w{i}")), Word.forms.set(vec!["old".to_owned()])));
    let mut words = Word::objects().bulk_create(db, rows).await.unwrap();
    let forms = [
        Some(vec![]),
        None,
        Some(vec!["ä".to_owned(), "NULL".into(), "{\"a\",b}".into(), String::new()]),
        Some(vec!["old".to_owned()]),
        Some((0..1000).map(|i| i.to_string()).collect()),
    ];
    for (word, forms) in words.iter_mut().zip(forms) {
        word.forms = forms;
        word.uses += 7;
        word.language = None;
    }
    let columns = (Word.forms, Word.uses, Word.language);
    assert_eq!(Word::objects().bulk_update(db, columns, &words[..4]).await.unwrap(), 4);
    assert_eq!(Word::objects().bulk_update(db, Word.forms, &words[4..]).await.unwrap(), 1);
    words[4].uses -= 7;
    assert_eq!(Word::objects().all(db).await.unwrap(), words);
    assert_eq!(Word::objects().bulk_update(db, Word.forms, &[]).await.unwrap(), 0);

    // Of very many rows: all or none, though it takes several statements.
    let rows = (0..40_000).map(|i| (Word.text.set(format!("m{i}")), Word.code.set(Some(i))));
    let mut many = Word::objects().bulk_create(db, rows).await.unwrap();
    for word in &mut many {
        word.forms = Some(vec![word.text.clone()]);
        word.code = word.code.map(|code| code + 100_000);
    }
    let last = many.last().unwrap().code;
    many.last_mut().unwrap().code = many[0].code;
    let refused = Word::objects().bulk_update(db, (Word.forms, Word.code), &many).await.unwrap_err();
    assert_eq!(kind(&refused), Some(ErrorKind::Unique));
    assert_eq!(refused.violation().unwrap().fields(), ["code"]);
    let changed =
        Word::objects().filter(Word.code.gte(100_000) | Word.text.eq("m0") & Word.forms.is_not_null());
    assert_eq!(changed.count(db).await.unwrap(), 0);
    many.last_mut().unwrap().code = last;
    let changed = Word::objects().bulk_update(db, (Word.forms, Word.code), &many).await.unwrap();
    assert_eq!(changed, 40_000);
    assert_eq!(Word::objects().filter(Word.code.is_not_null()).all(db).await.unwrap(), many);
}

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
#[choices(native = "mood")]
enum Mood {
    Good,
    Bad,
}

/// Arrays of each kind, and a key of two columns.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lists", ordering = [a, b])]
struct Lists {
    #[field(primary_key)]
    a: i32,
    #[field(primary_key)]
    b: String,
    numbers: Vec<Option<i64>>,
    bytes: Vec<Option<Binary>>,
    moods: Vec<Mood>,
    instants: Option<Vec<Timestamp>>,
    #[field(max_length = 3)]
    codes: Vec<String>,
    json: Vec<serde_json::Value>,
    mood: Mood,
}

#[tokio::test]
async fn arrays_of_each_kind_are_updated_in_bulk() {
    let db = &Db::new(hyper_tests::postgres().url().parse().unwrap());
    create_missing_tables(db, &[Lists::META]).await.unwrap();
    let empty = |a, b: &str| Lists {
        a,
        b: b.into(),
        numbers: vec![],
        bytes: vec![],
        moods: vec![],
        instants: None,
        codes: vec![],
        json: vec![],
        mood: Mood::Good,
    };
    for (a, b) in [(1, "x"), (1, "ü"), (2, "x")] {
        let no = || Vec::<String>::new();
        let values = (
            (Lists.a.set(a), Lists.b.set(b), Lists.numbers.set(vec![Some(1)]), Lists.bytes.set(vec![])),
            (
                Lists.moods.set(vec![Mood::Bad]),
                Lists.codes.set(no()),
                Lists.json.set(vec![]),
                Lists.mood.set(Mood::Bad),
            ),
        );
        Lists::objects().create(db, values).await.unwrap();
    }
    let full = Lists {
        numbers: vec![Some(i64::MIN), None, Some(i64::MAX)],
        bytes: vec![None, Some(Binary(vec![0, 255])), Some(Binary(vec![]))],
        moods: vec![Mood::Good, Mood::Bad, Mood::Good],
        instants: Some(vec![Timestamp::UNIX_EPOCH]),
        codes: vec!["abc".into(), String::new()],
        json: vec![serde_json::json!({"a": [null]}), serde_json::json!(null)],
        ..empty(1, "ü")
    };
    let rows = [empty(1, "x"), full.clone(), empty(2, "x")];
    let columns =
        (Lists.numbers, Lists.bytes, Lists.moods, Lists.instants, Lists.codes, Lists.json, Lists.mood);
    assert_eq!(Lists::objects().bulk_update(db, columns, &rows).await.unwrap(), 3);
    let mut expected = rows.to_vec();
    expected.sort_by_key(|row| (row.a, row.b != "x"));
    assert_eq!(Lists::objects().all(db).await.unwrap(), expected);
    let long = Lists { codes: vec!["abcd".into()], ..full };
    let refused = Lists::objects().bulk_update(db, columns, &[long]).await.unwrap_err();
    assert!(!refused.validation_errors().unwrap().field("codes").is_empty());
}

#[tokio::test]
async fn every_type_goes_in_bulk() {
    let db = &database().await;
    let row = |i: i64| {
        (
            Everything.small.set(i16::MIN),
            Everything.int.set(i32::MAX),
            Everything.big.set(i64::MIN),
            Everything.real.set(f32::MIN_POSITIVE),
            Everything.double.set(f64::INFINITY),
            Everything.flag.set(i == 0),
            Everything.text.set("ẞ\u{10ffff}"),
            Everything.bytes.set(vec![0_u8, 255]),
            Everything.instant.set(Timestamp::from_microsecond(-1).unwrap()),
            Everything.day.set(jiff::civil::date(1, 1, 1)),
            Everything.json.set(serde_json::json!({"a": [null, 1.5]})),
            Everything.maybe.set((i == 1).then_some("")),
        )
    };
    let mut rows = Everything::objects().bulk_create(db, (0..3).map(row)).await.unwrap();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1].maybe.as_deref(), Some(""));
    assert_eq!(rows[0].bytes, [0, 255]);
    assert_eq!(rows[0].double, f64::INFINITY);
    for row in &mut rows {
        row.json = serde_json::json!([]);
        row.bytes.clear();
        row.maybe = None;
    }
    let columns = (Everything.json, Everything.bytes, Everything.maybe);
    assert_eq!(Everything::objects().bulk_update(db, columns, &rows).await.unwrap(), 3);
    let mut after = Everything::objects().all(db).await.unwrap();
    after.sort_by_key(|row| rows.iter().position(|other| other.id == row.id));
    assert_eq!(after, rows);
}

#[tokio::test]
async fn what_is_there_is_ignored_replaced_or_changed() {
    let db = &dictionary().await;
    let word = |text: &'static str, uses| (Word.text.set(text), Word.language.set("de"), Word.uses.set(uses));
    let key = (Word.text, Word.language);
    assert!(Word::objects().on_conflict(key).ignore().create(db, word("a", 1)).await.unwrap().is_some());
    assert!(Word::objects().on_conflict(key).ignore().create(db, word("a", 2)).await.unwrap().is_none());
    let replaced = Word::objects().on_conflict(key).update(Word.uses).create(db, word("a", 3)).await.unwrap();
    assert_eq!(replaced.unwrap().uses, 3);
    let add = Word.uses.set(Word.uses + excluded(Word.uses));
    let added = Word::objects().on_conflict(key).update_with(add).create(db, word("a", 4)).await.unwrap();
    assert_eq!(added.unwrap().uses, 7);
    let only_more =
        Word::objects().on_conflict(key).update(Word.uses).filter(Word.uses.lt(excluded(Word.uses)));
    assert!(only_more.create(db, word("a", 5)).await.unwrap().is_none());
    assert_eq!(only_more.create(db, word("a", 9)).await.unwrap().unwrap().uses, 9);
    let rows = only_more.bulk_create(db, [word("a", 8), word("b", 1), word("c", 2)]).await.unwrap();
    assert_eq!(rows.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    let rows =
        Word::objects().ignore_conflicts().bulk_create(db, [word("c", 8), word("d", 1)]).await.unwrap();
    assert_eq!(rows.len(), 1);
    // Another constraint than the one named still refuses.
    let coded = |text: &'static str| (Word.text.set(text), Word.language.set("de"), Word.code.set(Some(1)));
    Word::objects().create(db, coded("x")).await.unwrap();
    let refused = Word::objects().on_conflict(key).ignore().create(db, coded("y")).await.unwrap_err();
    assert_eq!(kind(&refused), Some(ErrorKind::Unique));
}

#[tokio::test]
async fn get_or_create_has_one_winner() {
    let db = &dictionary().await;
    for round in 0..5 {
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    let text = format!("w{round}");
                    let lookup = (Word.text.set(text), Word.language.set("de"));
                    Word::objects().get_or_create(&db, lookup, Word.uses.set(round)).await.unwrap()
                })
            })
            .collect();
        let (mut created, mut ids) = (0, Vec::new());
        for task in tasks {
            let (word, new) = task.await.unwrap();
            created += u32::from(new);
            ids.push(word.id);
        }
        ids.dedup();
        assert_eq!((created, ids.len()), (1, 1));
    }
    let lookup = (Word.text.set("w0"), Word.language.set("de"));
    assert_eq!(Word::objects().get_or_create(db, lookup, ()).await.unwrap().0.uses, 0);
    // NULL is found as NULL, though the constraint takes each for different.
    let of_none = || (Word.text.set("none"), Word.language.set(None::<&str>));
    assert!(Word::objects().get_or_create(db, of_none(), ()).await.unwrap().1);
    assert!(!Word::objects().get_or_create(db, of_none(), ()).await.unwrap().1);
    Word::objects().create(db, of_none()).await.unwrap();
    let several = Word::objects().get_or_create(db, of_none(), ()).await.unwrap_err();
    assert!(matches!(several, Error::MultipleObjectsReturned { .. }));
    // Another constraint says what is wrong.
    Word::objects().create(db, (Word.text.set("coded"), Word.code.set(Some(5)))).await.unwrap();
    let refused = Word::objects().get_or_create(db, Word.text.set("other"), Word.code.set(Some(5))).await;
    assert_eq!(kind(&refused.unwrap_err()), Some(ErrorKind::Unique));
    let invalid = Word::objects().get_or_create(db, Word.text.set(""), ()).await;
    assert!(matches!(invalid, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn update_or_create_says_which_it_was() {
    let db = &dictionary().await;
    let lookup = || (Word.text.set("a"), Word.language.set("de"));
    let (word, created) = Word::objects().update_or_create(db, lookup(), Word.uses.set(1)).await.unwrap();
    assert!(created && word.uses == 1);
    let (word, created) = Word::objects().update_or_create(db, lookup(), Word.uses.set(2)).await.unwrap();
    assert!(!created && word.uses == 2);
    let (same, created) = Word::objects().update_or_create(db, lookup(), ()).await.unwrap();
    assert!(!created && same == word);
    let (country, created) = Country::objects()
        .update_or_create(&database().await, Country.name.set("Malta"), Country.id.set(2))
        .await
        .unwrap();
    assert!(!created && country.id == 2);
}

#[tokio::test]
async fn rows_are_related_many_to_many() {
    let db = &dictionary().await;
    let words =
        Word::objects().bulk_create(db, ["a", "b", "c", "d"].map(|text| Word.text.set(text))).await.unwrap();
    let related = async || {
        let (_, others) = Word::objects().prefetch_related(Word.others).get(db, 1).await.unwrap();
        others.into_iter().map(|word| word.id).collect::<Vec<_>>()
    };
    assert_eq!(Word.others.add(db, &words[0], [2, 3]).await.unwrap(), 2);
    assert_eq!(Word.others.add(db, &words[0], [3, 4]).await.unwrap(), 1);
    assert_eq!(related().await, [2, 3, 4]);
    assert_eq!(Word.others.remove(db, &words[0], [2, 99]).await.unwrap(), 1);
    assert_eq!(Word.others.set(db, &words[0], [2, 3]).await.unwrap(), 1);
    assert_eq!(related().await, [2, 3]);
    let broken = Word.others.set(db, &words[0], [99]).await.unwrap_err();
    assert_eq!(kind(&broken), Some(ErrorKind::ForeignKey));
    assert_eq!(related().await, [2, 3]);
    assert_eq!(Word.others.clear(db, &words[0]).await.unwrap(), 2);
    assert_eq!(Word.others.set(db, &words[0], [0_i64; 0]).await.unwrap(), 0);
}

#[tokio::test]
async fn what_is_copied_in_is_copied_out() {
    let db = &dictionary().await;
    let columns = (Word.text, Word.language, Word.uses, Word.forms);
    let rows: Vec<_> = (0..20_000)
        .map(|i| {
            let forms = (i % 3 > 0).then(|| vec![format!("ä{i}"); i % 3]);
            (format!("w{i}"), (i % 2 == 0).then(|| "日本".to_owned()), i as i32 - 5, forms)
        })
        .collect();
    assert_eq!(Word::objects().copy_in(db, columns, rows.clone()).await.unwrap(), 20_000);
    let mut out = Vec::new();
    assert_eq!(Word::objects().copy_out(db, columns, |row| out.push(row)).await.unwrap(), 20_000);
    out.sort_by_key(|row| row.2);
    let different = out.iter().zip(&rows).find(|(out, row)| out != row);
    assert_eq!(different, None);
    let mut none = 0;
    Word::objects().all_rows().delete(db).await.unwrap();
    assert_eq!(Word::objects().copy_out(db, Word.id, |_| none += 1).await.unwrap(), 0);
    assert_eq!(none, 0);
}
