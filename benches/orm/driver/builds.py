"""W19: what 50 models with 6 queries each cost to build, in crates written for it."""

import os
import shutil
import subprocess
import time

from driver.processes import Failed, outlived_by_us
from driver.server import BENCHES, target

MODELS = 50

DEPENDENCIES = {
    "hand": 'tokio = { version = "1", features = ["macros", "rt"] }\ntokio-postgres = "0.7.18"\nfutures-util = "0.3"\n',
    "hyperdjango": f'hyperdjango = {{ path = "{BENCHES.parent}" }}\n',
    "diesel": 'diesel = { version = "2.3.14", default-features = false, features = ["postgres_backend", "32-column-tables"] }\n'
    'diesel-async = { version = "0.9.2", features = ["postgres"] }\ntokio = { version = "1", features = ["macros", "rt"] }\n',
    "sea-orm": 'sea-orm = { version = "2.0.4", default-features = false, features = ["macros", "runtime-tokio", '
    '"sqlx-postgres"] }\ntokio = { version = "1", features = ["macros", "rt"] }\n',
}

# Six queries a model: by key, filter with order and limit, count, create, update, delete.
MODULES = {
    "hand": """
use tokio_postgres::{Client, Error, Row};

pub struct Model { pub id: i64, pub name: String, pub note: Option<String>, pub score: i32, pub open: bool }

impl Model {
    fn read(row: &Row) -> Self {
        Self { id: row.get(0), name: row.get(1), note: row.get(2), score: row.get(3), open: row.get(4) }
    }
}

pub async fn all(db: &Client, n: i64) -> Result<u64, Error> {
    let by_key = db.prepare("SELECT id, name, note, score, open FROM table@ WHERE id = $1").await?;
    let one = Model::read(&db.query_one(&by_key, &[&n]).await?);
    let some = db
        .prepare("SELECT id, name, note, score, open FROM table@ WHERE score > $1 AND open ORDER BY name, id LIMIT $2")
        .await?;
    let some: Vec<Model> = db.query(&some, &[&one.score, &20_i64]).await?.iter().map(Model::read).collect();
    let count = db.prepare("SELECT count(*) FROM table@ WHERE note IS NOT NULL AND name = $1").await?;
    let count: i64 = db.query_one(&count, &[&one.name]).await?.get(0);
    let create = db.prepare(
        "INSERT INTO table@ (name, note, score, open) VALUES ($1, $2, $3, $4) RETURNING id, name, note, score, open");
    let created = Model::read(&db.query_one(&create.await?, &[&one.name, &one.note, &(some.len() as i32), &one.open]).await?);
    let update = db.prepare("UPDATE table@ SET score = score + 1, name = $1 WHERE id = $2").await?;
    let updated = db.execute(&update, &[&"x", &created.id]).await?;
    let delete = db.prepare("DELETE FROM table@ WHERE score < $1").await?;
    Ok(updated + db.execute(&delete, &[&EDIT]).await? + count as u64)
}
""",
    "hyperdjango": """
use hyperdjango::prelude::*;

#[derive(Model)]
#[model(table = "table@")]
pub struct Model@ {
    #[field(primary_key)]
    pub id: i64,
    pub name: String,
    pub note: Option<String>,
    pub score: i32,
    pub open: bool,
}

pub async fn all(db: &Db, n: i64) -> Result<u64> {
    let one = Model@::objects().get(db, n).await?;
    let some = Model@::objects()
        .filter(Model@.score.gt(one.score) & Model@.open.eq(true))
        .order_by((Model@.name, Model@.id))
        .limit(20)
        .all(db)
        .await?;
    let count = Model@::objects().filter(!Model@.note.is_null() & Model@.name.eq(&one.name)).count(db).await?;
    let values = (
        Model@.name.set(&one.name),
        Model@.note.set(&one.note),
        Model@.score.set(some.len() as i32),
        Model@.open.set(one.open),
    );
    let created = Model@::objects().create(db, values).await?;
    let changed = (Model@.score.set(Model@.score + 1), Model@.name.set("x"));
    let updated = Model@::objects().filter(Model@.id.eq(created.id)).update(db, changed).await?;
    let deleted = Model@::objects().filter(Model@.score.lt(EDIT)).delete(db).await?;
    Ok(updated + deleted + count)
}
""",
    "diesel": """
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

diesel::table! { table@ (id) { id -> Int8, name -> Text, note -> Nullable<Text>, score -> Int4, open -> Bool, } }
use table@ as t;

#[derive(Queryable, Selectable)]
#[diesel(table_name = table@, check_for_backend(diesel::pg::Pg))]
pub struct Model { pub id: i64, pub name: String, pub note: Option<String>, pub score: i32, pub open: bool }

pub async fn all(db: &mut AsyncPgConnection, n: i64) -> QueryResult<u64> {
    let one: Model = t::table.find(n).select(Model::as_select()).first(db).await?;
    let some: Vec<Model> = t::table
        .filter(t::score.gt(one.score).and(t::open.eq(true)))
        .order((t::name, t::id))
        .limit(20)
        .select(Model::as_select())
        .load(db)
        .await?;
    let count: i64 =
        t::table.filter(t::note.is_not_null().and(t::name.eq(&one.name))).count().get_result(db).await?;
    let values = (t::name.eq(&one.name), t::note.eq(&one.note), t::score.eq(some.len() as i32), t::open.eq(one.open));
    let created: Model =
        diesel::insert_into(t::table).values(values).returning(Model::as_returning()).get_result(db).await?;
    let updated = diesel::update(t::table.find(created.id))
        .set((t::score.eq(t::score + 1), t::name.eq("x")))
        .execute(db)
        .await?;
    let deleted = diesel::delete(t::table.filter(t::score.lt(EDIT))).execute(db).await?;
    Ok((updated + deleted) as u64 + count as u64)
}
""",
    "sea-orm": """
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder, QuerySelect, sea_query::{Expr, ExprTrait}};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "table@")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub note: Option<String>,
    pub score: i32,
    pub open: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub async fn all(db: &DatabaseConnection, n: i64) -> Result<u64, DbErr> {
    let one = Entity::find_by_id(n).one(db).await?.ok_or(DbErr::RecordNotFound(String::new()))?;
    let some = Entity::find()
        .filter(Column::Score.gt(one.score).and(Column::Open.eq(true)))
        .order_by_asc(Column::Name)
        .order_by_asc(Column::Id)
        .limit(20)
        .all(db)
        .await?;
    let count = Entity::find().filter(Column::Note.is_not_null().and(Column::Name.eq(&one.name))).count(db).await?;
    let values = ActiveModel {
        name: Set(one.name),
        note: Set(one.note),
        score: Set(some.len() as i32),
        open: Set(one.open),
        ..Default::default()
    };
    let created = values.insert(db).await?;
    let updated = Entity::update_many()
        .col_expr(Column::Score, Expr::col(Column::Score).add(1))
        .col_expr(Column::Name, Expr::value("x"))
        .filter(Column::Id.eq(created.id))
        .exec(db)
        .await?;
    let deleted = Entity::delete_many().filter(Column::Score.lt(EDIT)).exec(db).await?;
    Ok(updated.rows_affected + deleted.rows_affected + count)
}
""",
}

MAINS = {
    "hand": """#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), tokio_postgres::Error> {
    let (db, connection) = tokio_postgres::connect("host=/tmp", tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    let db = &db;
CALLS    Ok(())
}
""",
    "hyperdjango": """#[hyperdjango::tokio::main(flavor = "current_thread", crate = "hyperdjango::tokio")]
async fn main() -> hyperdjango::Result<()> {
    let db = &hyperdjango::db::Db::new("host=/tmp".parse().expect("a URL"));
CALLS    Ok(())
}
""",
    "diesel": """#[tokio::main(flavor = "current_thread")]
async fn main() -> diesel::QueryResult<()> {
    use diesel_async::AsyncConnection;
    let db = &mut diesel_async::AsyncPgConnection::establish("host=/tmp").await.expect("a connection");
CALLS    Ok(())
}
""",
    "sea-orm": """#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), sea_orm::DbErr> {
    let db = &sea_orm::Database::connect("postgres:///x").await?;
CALLS    Ok(())
}
""",
}

CARGO = """[package]
name = "{name}"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
{dependencies}"""


def write(name):
    """The crate's folder."""
    folder = target() / "orm-builds" / name
    source = folder / "src"
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    (folder / "Cargo.toml").write_text(CARGO.format(name=f"fifty-{name}", dependencies=DEPENDENCIES[name]))
    shutil.copy(BENCHES / "Cargo.lock", folder / "Cargo.lock")
    for n in range(MODELS):
        edit(name, source, n, 1)
    modules = "".join(f"mod m{n};\n" for n in range(MODELS))
    calls = "".join(f"    println!(\"{{}}\", m{n}::all(db, {n}).await?);\n" for n in range(MODELS))
    (source / "main.rs").write_text(f"{modules}\n{MAINS[name].replace('CALLS', calls)}")
    return folder


def edit(name, source, n, value):
    """Writes a module; another `value` is another query."""
    text = MODULES[name].strip().replace("@", str(n)).replace("EDIT", str(value))
    (source / f"m{n}.rs").write_text(text + "\n")


def cargo(folder, *arguments):
    """Seconds, CPU seconds, and the most memory of any of its processes, in MB."""
    command = outlived_by_us("KILL", ["cargo", *arguments])
    env = os.environ | {"CARGO_TARGET_DIR": str(folder / "target"), "CARGO_TERM_QUIET": "true"}
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"cargo {' '.join(arguments)} in {folder}:\n{errors[-3000:]}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(contestants, quick):
    names = [name for name in contestants if name in MODULES]
    rows = {}
    for name in names:
        folder = write(name)
        package = f"fifty-{name}"
        lines = sum(len(file.read_text().splitlines()) for file in (folder / "src").iterdir())
        everything = cargo(folder, "check")
        results = {"lines": f"{lines:,}", "check with all it needs": seconds(everything)}
        cargo(folder, "clean", "-p", package)
        results["check"] = seconds(cargo(folder, "check"))
        edit(name, folder / "src", 7, 2)
        results["check after a query was edited"] = seconds(cargo(folder, "check"))
        rows[name] = results
        if quick:
            print(name, results, flush=True)
            continue
        cargo(folder, "build")
        edit(name, folder / "src", 7, 3)
        results["build after a query was edited"] = seconds(cargo(folder, "build"))
        cargo(folder, "build", "--release")
        cargo(folder, "clean", "--release", "-p", package)
        built = cargo(folder, "build", "--release")
        results["release build"] = seconds(built)
        results["most memory of rustc, MB"] = f"{built[2]:,.0f}"
        results["binary, MB"] = f"{(folder / 'target/release' / package).stat().st_size / 1e6:.1f}"
        print(name, results, flush=True)
    lines = ["| seconds, and CPU seconds | " + " | ".join(names) + " |", "|---|" + "--:|" * len(names)]
    for what in rows[names[0]]:
        lines.append(f"| {what} | " + " | ".join(rows[name][what] for name in names) + " |")
    return "\n".join(lines)


def seconds(measured):
    return f"{measured[0]:.1f}, {measured[1]:.1f}"
