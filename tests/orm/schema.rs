//! What the models' options become in PostgreSQL's own catalogs.

use hyperdjango::db::{Db, Sql};
use hyperdjango::orm::model::{HasMany, HasOne, Link, Table};
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(reverse(books = Book.author, favourites = Favourite.writer), reverse_one(desk = Desk.owner), many_to_many(mentors = Writer))]
pub(crate) struct Writer {
    #[field(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "books", many_to_many(genres = Genre, readers = Writer through Favourite(book, writer)))]
pub(crate) struct Book {
    #[field(primary_key)]
    pub id: i64,
    pub author: ForeignKey<Writer>,
    pub sequel_of: Option<ForeignKey<Book>>,
    pub title: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "genres", reverse(books = Book.genres))]
pub(crate) struct Genre {
    #[field(primary_key, max_length = 20)]
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Favourite {
    #[field(primary_key)]
    pub id: i64,
    pub writer: ForeignKey<Writer>,
    #[field(db_column = "the_book")]
    pub book: ForeignKey<Book>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Desk {
    #[field(primary_key)]
    pub id: i64,
    pub owner: OneToOne<Writer>,
}

#[test]
fn relations_know_their_columns() {
    fn link<M: HasMany<I>, const I: usize>() -> String {
        format!("{} {} {:?}", M::Target::TABLE, M::NAME, M::LINK)
    }
    assert_eq!(link::<Writer, 0>(), r#"books books ForeignKey { column: "author_id" }"#);
    assert_eq!(link::<Writer, 1>(), r#"favourite favourites ForeignKey { column: "writer_id" }"#);
    assert_eq!(
        link::<Writer, 2>(),
        r#"writer mentors Through { table: "writer_mentors", from: "from_writer_id", to: "to_writer_id" }"#
    );
    assert_eq!(
        link::<Book, 0>(),
        r#"genres genres Through { table: "books_genres", from: "book_id", to: "genre_id" }"#
    );
    assert_eq!(
        link::<Book, 1>(),
        r#"writer readers Through { table: "favourite", from: "the_book", to: "writer_id" }"#
    );
    assert_eq!(
        link::<Genre, 0>(),
        r#"books books Through { table: "books_genres", from: "genre_id", to: "book_id" }"#
    );
    assert!(matches!(<Genre as HasMany<0>>::LINK, Link::Through { .. }));
    assert_eq!(<Writer as HasOne<0>>::COLUMN, "owner_id");
    // They are fields of the columns' struct.
    let _ = (Writer.books, Writer.favourites, Writer.mentors, Writer.desk, Book.genres, Book.author.books);
    let owner = Writer::objects().filter(Writer.desk.id.eq(3));
    assert!(
        owner.sql().ends_with(
            r#" LEFT JOIN "desk" AS "desk" ON "desk"."owner_id" = "writer"."id" WHERE "desk"."id" = $1"#
        ),
        "{}",
        owner.sql()
    );
}

#[test]
fn every_column_of_a_row_is_a_parameter() {
    let book = Book { id: 7, author: ForeignKey::new(3), sequel_of: None, title: "ü".into() };
    let debug: Vec<_> = (0..4).map(|i| format!("{:?}", book.column(i))).collect();
    assert_eq!(debug, ["7", "writer(3)", "None", r#""ü""#]);
}

/// A new database with these tables, which it is asked for twice.
pub(crate) async fn database(tables: &[&'static Table]) -> Db {
    let db = Db::new(hyper_tests::postgres().url().parse().unwrap());
    create_missing_tables(&db, tables).await.unwrap();
    create_missing_tables(&db, tables).await.unwrap();
    db
}

/// The texts a query returns.
pub(crate) async fn texts(db: &Db, sql: &'static str) -> Vec<String> {
    let mut texts = Vec::new();
    db.read(Sql::new(sql), &[], |row| {
        texts.push(row.try_get::<_, Option<String>>(0)?.unwrap_or_else(|| "NULL".into()));
        Ok(())
    })
    .await
    .unwrap();
    texts
}

#[tokio::test]
async fn a_junction_has_keys_and_indexes_both_ways() {
    let db = database(&[Book::META, Genre::META, Writer::META, Favourite::META, Desk::META]).await;
    let constraints = "SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid::regclass::text IN ('books_genres', 'writer_mentors', 'desk') AND contype <> 'n' ORDER BY 1";
    assert_eq!(
        texts(&db, constraints).await,
        [
            "books_genres FOREIGN KEY (book_id) REFERENCES books(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "books_genres FOREIGN KEY (genre_id) REFERENCES genres(name) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "books_genres PRIMARY KEY (book_id, genre_id)",
            "desk FOREIGN KEY (owner_id) REFERENCES writer(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "desk PRIMARY KEY (id)",
            "desk UNIQUE (owner_id)",
            "writer_mentors FOREIGN KEY (from_writer_id) REFERENCES writer(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "writer_mentors FOREIGN KEY (to_writer_id) REFERENCES writer(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "writer_mentors PRIMARY KEY (from_writer_id, to_writer_id)",
        ]
    );
    let indexes = "SELECT indexdef FROM pg_indexes WHERE tablename = 'books_genres' ORDER BY 1";
    assert_eq!(
        texts(&db, indexes).await,
        [
            "CREATE INDEX books_genres_genre_id_idx ON public.books_genres USING btree (genre_id)",
            "CREATE UNIQUE INDEX books_genres_pkey ON public.books_genres USING btree (book_id, genre_id)",
        ]
    );
}

/// Two tables that refer to each other, and one of them to itself.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "hens")]
pub(crate) struct Hen {
    #[field(primary_key)]
    pub id: i64,
    pub hatched_from: ForeignKey<Egg>,
    pub mother: Option<ForeignKey<Hen>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "eggs")]
pub(crate) struct Egg {
    #[field(primary_key)]
    pub id: i64,
    pub laid_by: ForeignKey<Hen>,
}

#[tokio::test]
async fn tables_can_refer_to_each_other_in_a_circle() {
    let db = database(&[Hen::META, Egg::META]).await;
    let keys = "SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid::regclass::text IN ('hens', 'eggs') AND contype = 'f' ORDER BY 1";
    assert_eq!(
        texts(&db, keys).await,
        [
            "eggs FOREIGN KEY (laid_by_id) REFERENCES hens(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "hens FOREIGN KEY (hatched_from_id) REFERENCES eggs(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "hens FOREIGN KEY (mother_id) REFERENCES hens(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        ]
    );
    // Which is first does not matter, as foreign keys are checked at the end.
    db.atomic(async |tx| {
        Hen::objects().create(tx, (Hen.id.set(1), Hen.hatched_from.set(1))).await?;
        Egg::objects().create(tx, (Egg.id.set(1), Egg.laid_by.set(1))).await
    })
    .await
    .unwrap();
}

/// Names that need their quotes, and names so long that PostgreSQL would cut them.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "Order; 'items' -- of a table with a name that is all but too",
    many_to_many(the_same_with_a_name_that_is_also_quite_long_and_then_some = OddName),
    index(a_field_with_a_long_name_of_its_own, another_field_with_a_long_name_of_its_own),
    comment = "it's; --"
)]
pub(crate) struct OddName {
    #[field(primary_key, db_column = "select")]
    pub id: i64,
    #[field(db_column = "Größe $do$", comment = "'", unique)]
    pub size: i32,
    pub a_field_with_a_long_name_of_its_own: i32,
    pub another_field_with_a_long_name_of_its_own: i32,
    pub parent: Option<ForeignKey<OddPair>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "odd $do$ pair")]
pub(crate) struct OddPair {
    #[field(primary_key)]
    pub id: i64,
    pub other: Option<ForeignKey<OddName>>,
}

#[tokio::test]
async fn odd_names_stay_what_they_are() {
    let db = database(&[OddName::META, OddPair::META]).await;
    let values = (
        OddName.size.set(3),
        OddName.a_field_with_a_long_name_of_its_own.set(4),
        OddName.another_field_with_a_long_name_of_its_own.set(5),
    );
    let row = OddName::objects().create(&db, values).await.unwrap();
    assert_eq!(OddName::objects().filter(OddName.size.eq(3)).one(&db).await.unwrap(), row);
    OddPair::objects().create(&db, OddPair.other.set_or_null(Some(row.id))).await.unwrap();
    assert_eq!(OddPair::objects().filter(OddPair.other.size.eq(3)).count(&db).await.unwrap(), 1);
    let cut = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND length(relname) > 63";
    assert_eq!(texts(&db, cut).await, [""; 0]);
    let keys = "SELECT count(*)::text FROM pg_constraint WHERE contype = 'f'";
    assert_eq!(texts(&db, keys).await, ["4"]);
}

#[derive(Model)]
#[model(table = "accented", comment = "it's", extension = "plpgsql", index(name))]
struct Accented {
    #[field(primary_key)]
    id: i64,
    #[field(comment = "who")]
    name: String,
}

/// Each program that starts creates what is missing, while others work.
#[tokio::test]
async fn what_is_there_is_not_made_again() {
    let db = database(&[Accented::META, OddName::META, OddPair::META]).await;
    let comments = "SELECT string_agg(xmin::text || description, ',' ORDER BY objoid, objsubid) FROM pg_description \
                    WHERE objoid::regclass::text IN ('accented', 'odd $do$ pair') AND classoid = 'pg_class'::regclass";
    let before = texts(&db, comments).await;
    assert!(before[0].ends_with("who"), "{before:?}");
    let tables = [Accented::META, OddName::META, OddPair::META];
    {
        // Somebody who writes is not waited for, though an index would.
        let tx = db.begin().await.unwrap();
        Accented::objects().create(&tx, Accented.name.set("é")).await.unwrap();
        let again = create_missing_tables(&db, &tables);
        tokio::time::timeout(std::time::Duration::from_secs(20), again).await.expect("it waits").unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(texts(&db, comments).await, before);
    // What is missing or different is made.
    let indexes = "SELECT indexname::text FROM pg_indexes WHERE tablename = 'accented' ORDER BY 1";
    let there = texts(&db, indexes).await;
    assert_eq!(there.len(), 2);
    let drop = format!(
        "DROP INDEX \"{}\"; COMMENT ON TABLE accented IS 'else'; COMMENT ON COLUMN accented.name IS NULL",
        there[0]
    );
    db.execute_batch(&drop).await.unwrap();
    create_missing_tables(&db, &tables).await.unwrap();
    assert_eq!(texts(&db, indexes).await, there);
    let of_table = "SELECT obj_description('accented'::regclass) || col_description('accented'::regclass, 2)";
    assert_eq!(texts(&db, of_table).await, ["it'swho"]);
}
