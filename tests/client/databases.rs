//! Databases for tests of models alone.

use hyperdjango::prelude::*;
use hyperdjango::test::TestDatabase;

use crate::site::{Note, Person};

#[hyperdjango::test]
async fn a_database_is_empty_and_commits() -> Result<()> {
    let (one, other) =
        (TestDatabase::new(&[Person::META, Note::META]).await, TestDatabase::new(&[Person::META]).await);
    Person::objects().create(&*one, Person.name.set("ana")).await?;
    assert_eq!(Person::objects().count(&*other).await?, 0);
    // Two transactions at once, each with its own connection.
    let (a, b) = (one.begin().await?, one.begin().await?);
    Person::objects().create(&a, Person.name.set("ben")).await?;
    assert_eq!((Person::objects().count(&a).await?, Person::objects().count(&b).await?), (2, 1));
    a.commit().await?;
    assert_eq!(Person::objects().count(&b).await?, 2);
    // Other programs see it, too.
    let elsewhere = Db::new(one.url().parse().unwrap());
    assert_eq!(Person::objects().count(&elsewhere).await?, 2);
    Ok(())
}
