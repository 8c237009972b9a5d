//! Rows that are marked as deleted, counted as they change, and told the time of their last change.

use hyperdjango::db::Db;
use hyperdjango::orm::Error;
use hyperdjango::orm::model::part::{SoftDelete, Timestamps, Version};
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "notes", ordering = [id], reverse(lines = Line.note))]
struct Note {
    #[field(primary_key)]
    id: i64,
    text: String,
    #[field(part)]
    soft: SoftDelete,
    #[field(part)]
    times: Timestamps,
    #[field(part)]
    lock: Version,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lines")]
struct Line {
    #[field(primary_key)]
    id: i64,
    note: ForeignKey<Note>,
    #[field(part)]
    soft: SoftDelete,
}

async fn notes() -> Db {
    let db = Db::new(hyper_tests::postgres().url().parse().unwrap());
    create_missing_tables(&db, &[Note::META, Line::META]).await.unwrap();
    Note::objects().bulk_create(&db, ["a", "b", "c"].map(|text| Note.text.set(text))).await.unwrap();
    Line::objects().bulk_create(&db, [1, 1, 2].map(|note| Line.note.set(note))).await.unwrap();
    db
}

#[tokio::test]
async fn deleted_rows_are_out_of_sight() {
    let db = &notes().await;
    assert_eq!(Note::objects().filter(Note.text.eq("a")).delete(db).await.unwrap(), 1);
    assert_eq!(Note::objects().filter(Note.text.eq("a")).delete(db).await.unwrap(), 0);
    Note::objects().get(db, 2).await.unwrap().delete(db).await.unwrap();
    assert_eq!(Note::objects().values(Note.text).all(db).await.unwrap(), ["c"]);
    assert_eq!(Note::objects().count(db).await.unwrap(), 1);
    assert!(Note::objects().get(db, 1).await.unwrap_err().is_does_not_exist());
    assert!(!Note::objects().filter(Note.id.eq(1)).exists(db).await.unwrap());
    assert_eq!(Note::objects().aggregate(db, count()).await.unwrap(), 1);
    assert_eq!(Note::all_objects().count(db).await.unwrap(), 3);
    let gone = Note::all_objects().get(db, 1).await.unwrap();
    assert!(gone.soft.deleted.is_some());
    assert!(gone.times.updated >= gone.times.created && gone.lock.version == 2);
    // Changes pass over them, unless they are meant.
    assert_eq!(Note::objects().all_rows().update(db, Note.text.set("x")).await.unwrap(), 1);
    assert_eq!(Note::all_objects().all_rows().update(db, Note.soft.deleted.set(None)).await.unwrap(), 3);
    assert_eq!(Note::objects().count(db).await.unwrap(), 3);
    assert_eq!(Note::objects().filter(Note.id.eq(3)).hard_delete(db).await.unwrap(), 1);
    assert_eq!(Note::all_objects().count(db).await.unwrap(), 2);
}

#[tokio::test]
async fn deleted_rows_belong_to_nobody() {
    let db = &notes().await;
    Line::objects().filter(Line.id.within(&[1_i64, 3])).delete(db).await.unwrap();
    let lines = Note::objects().values(Note.lines.count()).all(db).await.unwrap();
    assert_eq!(lines, [1, 0, 0]);
    assert_eq!(Note::objects().filter(Note.lines.exists()).count(db).await.unwrap(), 1);
    let notes = Note::objects().prefetch_related(Note.lines).all(db).await.unwrap();
    assert_eq!(notes.iter().map(|(_, lines)| lines.len()).collect::<Vec<_>>(), [1, 0, 0]);
    let notes = Note::objects().prefetch_related(Note.lines.limit(5)).all(db).await.unwrap();
    assert_eq!(notes.iter().map(|(_, lines)| lines.len()).collect::<Vec<_>>(), [1, 0, 0]);
}

#[tokio::test]
async fn the_second_to_save_is_told() {
    let db = &notes().await;
    let mut mine = Note::objects().get(db, 1).await.unwrap();
    let mut yours = mine.clone().edit();
    mine.text = "mine".into();
    mine.save(db).await.unwrap();
    assert_eq!(mine.lock.version, 2);
    assert!(mine.times.updated > mine.times.created);
    yours.text = "yours".into();
    let told = yours.save(db).await.unwrap_err();
    assert!(matches!(told, Error::Changed { table: "notes" }));
    assert_eq!(hyperdjango::Error::from(told).status().as_u16(), 409);
    mine.text = "mine again".into();
    mine.save(db).await.unwrap();
    let mut edited = mine.clone().edit();
    edited.text = "edited".into();
    edited.save(db).await.unwrap();
    assert_eq!(edited.lock.version, 4);
    Note::objects().filter(Note.id.eq(1)).update(db, Note.text.set("by a query")).await.unwrap();
    assert!(matches!(mine.save(db).await, Err(Error::Changed { .. })));
    edited.refresh(db).await.unwrap();
    assert_eq!((edited.lock.version, edited.text.as_str()), (5, "by a query"));
    Note::all_objects().filter(Note.id.eq(1)).hard_delete(db).await.unwrap();
    assert!(mine.save(db).await.unwrap_err().is_does_not_exist());
}
