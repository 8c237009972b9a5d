//! A site with benchmarks as a process of its own, for its exit codes and signals.

use hyperdjango::db::{Measured, Sql};
use hyperdjango::prelude::*;

#[derive(Model)]
#[model(table = "notes")]
struct Note {
    #[field(primary_key)]
    id: i64,
    author: i64,
    text: String,
}

#[get("/")]
async fn index() {}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls, benchmarks = [by_author, first_and_count, paced, other::misbehaving])]
struct Site;

/// As a page has it: it takes whatever runs queries.
async fn by_author(db: &impl Executor) -> Result<Vec<Note>> {
    Ok(Note::objects().filter(Note.author.eq(7)).order_by(Note.id.desc()).all(db).await?)
}

async fn first_and_count(db: &Measured) -> Result<(Note, u64)> {
    let first = Note::objects().get(db, 1).await?;
    let count = Note::objects().filter(Note.id.lte(first.id + 10)).count(db).await?;
    Ok((first, count))
}

/// As slow as the test says.
async fn paced(db: &Measured) -> Result<u64> {
    Ok(db.read(Sql::new("SELECT pg_sleep(seconds) FROM pace"), &[], |_| Ok(())).await?)
}

mod other {
    use super::*;

    /// What the environment says.
    pub(super) async fn misbehaving(db: &Measured) -> Result<()> {
        match std::env::var("MISBEHAVE").as_deref() {
            Ok("write") => {
                let note = (Note.author.set(1), Note.text.set("not to be"));
                Note::objects().create(db, note).await?;
            }
            Ok("nothing") => {}
            Ok("begin") => {
                db.begin().await?;
            }
            Ok("copy") => {
                db.copy_out("COPY notes TO STDOUT", |_| Ok(())).await?;
            }
            Ok("fail") => {
                db.read(Sql::new("SELECT 1 FROM nowhere"), &[], |_| Ok(())).await?;
            }
            _ => {
                db.execute_batch("SET LOCAL enable_seqscan = off").await?;
                db.read(Sql::new("SELECT 1"), &[], |_| Ok(())).await?;
            }
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    manage::<Site>()
}
