//! Which fields a constraint is about, and what is said of it.

use hyperdjango::db::{Db, ErrorKind, Executor};
use hyperdjango::orm;
use hyperdjango::orm::field::Range;
use hyperdjango::prelude::*;

use super::schema::database;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "rooms",
    many_to_many(tags = Label),
    index(expr = "lower(name)", unique, name = "rooms_lower_name"),
    index(wing, unique, where = "floor > 100"),
    unique_together(wing, door_number),
    constraint(check = "floor <> 13", name = "floors_have_luck", message = "There is no floor 13."),
    constraint(check = "floor < 1000", name = "floors_end"),
    constraint(exclude = "USING gist (during WITH &&)", name = "rooms_overlap", message = "Somebody is there.")
)]
pub(crate) struct MeetingRoom {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 40, unique)]
    pub name: String,
    #[field(db_column = "w")]
    pub wing: String,
    pub door_number: i32,
    #[field(default = 1, check = "floor > -5")]
    pub floor: i32,
    #[field(db_default = "'low'")]
    pub level: Noise,
    #[field(on_delete = protect, deferrable = immediate)]
    pub beside: Option<ForeignKey<MeetingRoom>>,
    pub host: Option<ForeignKey<Label>>,
    pub during: Option<Range<i32>>,
    #[field(unique)]
    pub a_name_so_long_that_the_database_cuts_that_of_its_constraint: Option<i32>,
}

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
pub(crate) enum Noise {
    Low,
    High,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "labels")]
pub(crate) struct Label {
    #[field(primary_key)]
    pub id: i64,
}

async fn rooms() -> Db {
    let db = database(&[MeetingRoom::META, Label::META]).await;
    db.execute_batch("INSERT INTO labels VALUES (1)").await.unwrap();
    let first = (
        MeetingRoom.name.set("Ada"),
        MeetingRoom.wing.set("A"),
        MeetingRoom.door_number.set(1),
        MeetingRoom.during.set(Some(Range::from(1..5))),
        MeetingRoom.a_name_so_long_that_the_database_cuts_that_of_its_constraint.set(1),
    );
    MeetingRoom::objects().create(&db, first).await.unwrap();
    db
}

/// What an update of the second room fails with: constraint, fields, message, kind and status.
macro_rules! refused {
    ($db:expr, $values:expr) => {{
        let error =
            MeetingRoom::objects().filter(MeetingRoom.id.eq(2)).update($db, $values).await.unwrap_err();
        what(error)
    }};
}

type What = (Option<String>, Vec<&'static str>, String, ErrorKind, u16);

fn what(error: orm::Error) -> What {
    let violation = error.violation().unwrap_or_else(|| panic!("no violation: {error}")).clone();
    assert_eq!(error.kind(), Some(violation.kind()));
    let errors = error.validation_errors().unwrap();
    let field = if let [field] = violation.fields() { field } else { hyperdjango::NON_FIELD_ERRORS };
    assert_eq!(errors.field(field), [violation.message()]);
    let answer = hyperdjango::Error::from(error);
    assert_eq!(answer.errors(), Some(&errors));
    (
        violation.constraint().map(str::to_owned),
        violation.fields().to_vec(),
        violation.message().to_owned(),
        violation.kind(),
        answer.status().as_u16(),
    )
}

#[tokio::test]
async fn each_constraint_names_its_fields() {
    let db = &rooms().await;
    let second = (MeetingRoom.name.set("Bo"), MeetingRoom.wing.set("B"), MeetingRoom.door_number.set(1));
    MeetingRoom::objects().create(db, second).await.unwrap();
    let expect = |what: What, constraint: &str, fields: &[&str], message: &str, kind, status| {
        assert_eq!(what, (Some(constraint.into()), fields.to_vec(), message.into(), kind, status));
    };
    let unique = ErrorKind::Unique;
    expect(
        refused!(db, MeetingRoom.name.set("Ada")),
        "rooms_name_key",
        &["name"],
        "Meeting room with this Name already exists.",
        unique,
        409,
    );
    expect(
        refused!(db, MeetingRoom.name.set("ADA")),
        "rooms_lower_name",
        &[],
        "Constraint “rooms_lower_name” is violated.",
        unique,
        409,
    );
    expect(
        refused!(db, (MeetingRoom.wing.set("A"), MeetingRoom.door_number.set(1))),
        "rooms_wing_door_number_uniq",
        &["wing", "door_number"],
        "Meeting room with this Wing and Door number already exists.",
        unique,
        409,
    );
    expect(
        refused!(db, MeetingRoom.id.set(1)),
        "rooms_pkey",
        &["id"],
        "Meeting room with this Id already exists.",
        unique,
        409,
    );
    let long = MeetingRoom.a_name_so_long_that_the_database_cuts_that_of_its_constraint.set(1);
    expect(
        refused!(db, long),
        "rooms_a_name_so_long_that_the_database_cuts_that_of_its_con_key",
        &["a_name_so_long_that_the_database_cuts_that_of_its_constraint"],
        "Meeting room with this A name so long that the database cuts that of its constraint already exists.",
        unique,
        409,
    );
    expect(
        refused!(db, MeetingRoom.floor.set(MeetingRoom.floor + 12)),
        "floors_have_luck",
        &[],
        "There is no floor 13.",
        ErrorKind::Check,
        422,
    );
    expect(
        refused!(db, MeetingRoom.floor.set(1000)),
        "floors_end",
        &[],
        "Constraint “floors_end” is violated.",
        ErrorKind::Check,
        422,
    );
    expect(
        refused!(db, MeetingRoom.floor.set(-5)),
        "rooms_floor_check",
        &["floor"],
        "Constraint “rooms_floor_check” is violated.",
        ErrorKind::Check,
        422,
    );
    expect(
        refused!(db, MeetingRoom.during.set(Some(Range::from(4..9)))),
        "rooms_overlap",
        &["during"],
        "Somebody is there.",
        ErrorKind::Exclusion,
        409,
    );
    let nothing = "Select a valid choice. That choice is not one of the available choices.";
    expect(
        refused!(db, MeetingRoom.beside.set(99)),
        "rooms_beside_id_fkey",
        &["beside"],
        nothing,
        ErrorKind::ForeignKey,
        409,
    );
    // This one is checked when the statement's own transaction ends.
    expect(
        refused!(db, MeetingRoom.host.set(99)),
        "rooms_host_id_fkey",
        &["host"],
        nothing,
        ErrorKind::ForeignKey,
        409,
    );
    sql_function! { fn nullif(a: i32, b: i32) -> i32; }
    let (constraint, fields, message, kind, status) = refused!(db, MeetingRoom.door_number.set(nullif(1, 1)));
    assert!(constraint.is_none_or(|name| name == "rooms_door_number_not_null"));
    assert_eq!((fields, message.as_str()), (vec!["door_number"], "This field cannot be null."));
    assert_eq!((kind, status), (ErrorKind::NotNull, 422));
    // The one beside is the one that refers, and both are of one table.
    MeetingRoom::objects().filter(MeetingRoom.id.eq(2)).update(db, MeetingRoom.beside.set(1)).await.unwrap();
    let error = MeetingRoom::objects().filter(MeetingRoom.id.eq(1)).delete(db).await.unwrap_err();
    let refers = "Meeting room cannot be changed or deleted: something refers to it.";
    expect(what(error), "rooms_beside_id_fkey", &[], refers, ErrorKind::ForeignKey, 409);
}

#[tokio::test]
async fn whatever_writes_says_so() {
    let db = &rooms().await;
    let row = |name: &'static str, door: i32| {
        (MeetingRoom.name.set(name), MeetingRoom.wing.set("A"), MeetingRoom.door_number.set(door))
    };
    let name = |error: orm::Error| assert_eq!(what(error).1, ["name"]);
    let objects = MeetingRoom::objects;
    name(objects().create(db, row("Ada", 2)).await.unwrap_err());
    name(objects().bulk_create(db, [row("Cy", 3), row("Ada", 4)]).await.unwrap_err());
    let mut second = objects().create(db, row("Bo", 5)).await.unwrap();
    second.name = "Ada".into();
    name(second.save(db).await.unwrap_err());
    name(objects().bulk_update(db, MeetingRoom.name, &[second.clone()]).await.unwrap_err());
    second.name = "Bo".into();
    let mut edited = second.clone().edit();
    edited.name = "Ada".into();
    name(edited.save(db).await.unwrap_err());
    name(objects().get_or_create(db, MeetingRoom.id.set(7), row("Ada", 8)).await.unwrap_err());
    name(objects().update_or_create(db, MeetingRoom.id.set(7), row("Ada", 8)).await.unwrap_err());
    let columns = (MeetingRoom.name, MeetingRoom.wing, MeetingRoom.door_number);
    name(objects().copy_in(db, columns, [("Ada".to_owned(), "Z".to_owned(), 9)]).await.unwrap_err());
    // Of the table in between.
    let (constraint, fields, ..) = what(MeetingRoom.tags.add(db, &second, [99]).await.unwrap_err());
    assert_eq!((constraint.as_deref(), fields), (Some("rooms_tags_label_id_fkey"), vec!["tags"]));
    // In a transaction a foreign key is checked at its end, where the model is not known but by who asks.
    let tx = db.begin().await.unwrap();
    objects().filter(MeetingRoom.id.eq(second.id)).update(&tx, MeetingRoom.host.set(99)).await.unwrap();
    let error = orm::Error::from(tx.commit().await.unwrap_err());
    assert!(error.violation().is_none());
    assert_eq!(what(error.of_model::<MeetingRoom>()).1, ["host"]);
    // A table that others made has other names.
    db.execute_batch(
        "ALTER TABLE rooms DROP CONSTRAINT rooms_name_key; DROP INDEX rooms_lower_name; CREATE UNIQUE INDEX x ON rooms (w, name)",
    )
    .await
    .unwrap();
    let (constraint, fields, ..) = what(
        objects()
            .create(
                db,
                (MeetingRoom.name.set("Bo"), MeetingRoom.wing.set("A"), MeetingRoom.door_number.set(77)),
            )
            .await
            .unwrap_err(),
    );
    assert!(matches!(constraint.as_deref(), Some("x")), "{constraint:?}");
    assert_eq!(fields, ["wing", "name"]);
    assert_eq!(second.level, Noise::Low);
    // What the program cannot write, another can.
    let error = db.execute_batch("UPDATE rooms SET level = 'loud'").await.unwrap_err();
    let (_, fields, message, ..) = what(orm::Error::from(error).of_model::<MeetingRoom>());
    assert_eq!((fields, message.as_str()), (vec!["level"], "Value is not a valid choice."));
}
