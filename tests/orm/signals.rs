//! Who is told when rows change, and who is not.

use hyperdjango::db::Db;
use hyperdjango::orm::model::{ManyChange, Signals};
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::orm::{self, Error};
use hyperdjango::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "pets", ordering = [id], signals = Diary, many_to_many(friends = Pet))]
struct Pet {
    #[field(primary_key)]
    id: i64,
    #[field(unique)]
    name: String,
    #[field(default = 0)]
    age: i32,
}

/// Writes down what it is told, in the table of entries, so that each test's database has its own.
struct Diary;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "entries", ordering = [id])]
struct Entry {
    #[field(primary_key)]
    id: i64,
    text: String,
}

async fn note(db: &impl Executor, text: String) -> orm::Result<()> {
    Entry::objects().create(db, Entry.text.set(text)).await?;
    Ok(())
}

impl Signals<Pet> for Diary {
    async fn pre_save(db: &impl Executor, pet: &mut Pet) -> orm::Result<()> {
        pet.name = pet.name.trim().to_owned();
        note(db, format!("pre_save {}", pet.name)).await
    }

    async fn post_save(db: &impl Executor, pet: &Pet, created: bool) -> orm::Result<()> {
        note(db, format!("post_save {} {created}", pet.name)).await
    }

    async fn pre_delete(db: &impl Executor, pet: &Pet) -> orm::Result<()> {
        if pet.age > 20 {
            return Err(Error::DoesNotExist { table: "too old to go" });
        }
        note(db, format!("pre_delete {}", pet.name)).await
    }

    async fn post_delete(db: &impl Executor, pet: &Pet) -> orm::Result<()> {
        note(db, format!("post_delete {}", pet.name)).await
    }

    async fn many_changed<const I: usize>(
        db: &impl Executor,
        pet: &Pet,
        change: ManyChange,
        keys: &[<<Pet as hyperdjango::orm::model::HasMany<I>>::Target as Model>::Key],
    ) -> orm::Result<()>
    where
        Pet: hyperdjango::orm::model::HasMany<I>,
    {
        let name = <Pet as hyperdjango::orm::model::HasMany<I>>::NAME;
        note(db, format!("{name} of {}: {change:?} {}", pet.name, keys.len())).await
    }
}

async fn pets() -> Db {
    let db = Db::new(hyper_tests::postgres().url().parse().unwrap());
    create_missing_tables(&db, &[Pet::META, Entry::META]).await.unwrap();
    db
}

/// What the diary says, which is then empty again.
async fn diary(db: &Db) -> Vec<String> {
    let texts = Entry::objects().values(Entry.text).order_by(Entry.id).all(db).await.unwrap();
    Entry::objects().all_rows().delete(db).await.unwrap();
    texts
}

#[tokio::test]
async fn rows_that_are_here_tell() {
    let db = &pets().await;
    let mut rex = Pet::objects().create(db, Pet.name.set("Rex")).await.unwrap();
    assert_eq!(diary(db).await, ["post_save Rex true"]);
    rex.name = " Rexi ".into();
    rex.save(db).await.unwrap();
    assert_eq!(rex.name, "Rexi");
    assert_eq!(diary(db).await, ["pre_save Rexi", "post_save Rexi false"]);
    let mut edit = rex.clone().edit();
    edit.save(db).await.unwrap();
    edit.age = 2;
    edit.save(db).await.unwrap();
    assert_eq!(diary(db).await, ["pre_save Rexi", "post_save Rexi false"]);
    Pet::objects().get_or_create(db, Pet.name.set("Rexi"), ()).await.unwrap();
    Pet::objects().get_or_create(db, Pet.name.set("Mia"), ()).await.unwrap();
    Pet::objects().update_or_create(db, Pet.name.set("Mia"), Pet.age.set(3)).await.unwrap();
    assert_eq!(diary(db).await, ["post_save Mia true", "post_save Mia false"]);
    Pet.friends.add(db, &rex, [2]).await.unwrap();
    Pet.friends.set(db, &rex, [1, 2]).await.unwrap();
    Pet.friends.remove(db, &rex, [1]).await.unwrap();
    Pet.friends.clear(db, &rex).await.unwrap();
    assert_eq!(
        diary(db).await,
        [
            "friends of Rexi: Add 1",
            "friends of Rexi: Set 2",
            "friends of Rexi: Remove 1",
            "friends of Rexi: Clear 0"
        ]
    );
    rex.delete(db).await.unwrap();
    assert_eq!(diary(db).await, ["pre_delete Rexi", "post_delete Rexi"]);
}

#[tokio::test]
async fn an_error_keeps_the_change_from_happening() {
    let db = &pets().await;
    let mut old = Pet::objects().create(db, (Pet.name.set("Old"), Pet.age.set(21))).await.unwrap();
    assert!(old.clone().delete(db).await.unwrap_err().is_does_not_exist());
    assert!(Pet::objects().exists(db).await.unwrap());
    diary(db).await;
    // In a transaction what was written down goes with the rest.
    let undone: Result<(), hyperdjango::Error> = db
        .atomic(async |tx| {
            old.name = "Older".into();
            old.save(tx).await?;
            Err(hyperdjango::Error::conflict("no"))
        })
        .await;
    undone.unwrap_err();
    assert!(diary(db).await.is_empty());
}

#[tokio::test]
async fn what_changes_many_rows_tells_nobody() {
    let db = &pets().await;
    Pet::objects().bulk_create(db, ["a", "b", "c"].map(|name| Pet.name.set(name))).await.unwrap();
    let mut all = Pet::objects().all(db).await.unwrap();
    all[0].age = 5;
    Pet::objects().bulk_update(db, Pet.age, &all).await.unwrap();
    Pet::objects().filter(Pet.age.eq(5)).update(db, Pet.age.set(6)).await.unwrap();
    Pet::objects().on_conflict(Pet.name).ignore().create(db, Pet.name.set("a")).await.unwrap();
    Pet::objects().copy_in(db, (Pet.name, Pet.age), [("d".to_owned(), 1)]).await.unwrap();
    Pet::objects().all_rows().delete(db).await.unwrap();
    assert!(diary(db).await.is_empty());
}
