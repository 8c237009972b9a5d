//! Statements that came back again and again, and what would have asked once.

use std::fmt;
use std::panic::Location;

use super::asked::{Asked, AskedModel};

/// The longest text of a statement that is shown, in characters.
const LONGEST: usize = 300;

/// A statement that a piece of work ran again and again, from [`QueryLog::n_plus_one`](super::QueryLog::n_plus_one).
///
/// `Display` says all of it in three lines.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RepeatedQuery {
    /// Its text.
    pub sql: String,
    /// How often it ran.
    pub count: usize,
    /// The call of the query's method that ran it first; known in builds with debug assertions.
    pub place: Option<&'static Location<'static>>,
    /// What asks once instead.
    pub advice: String,
}

impl fmt::Display for RepeatedQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} times  {}", self.count, shortened(&self.sql))?;
        if let Some(place) = self.place {
            write!(f, "\n    at {}:{}:{}", place.file(), place.line(), place.column())?;
        }
        write!(f, "\n    {}", self.advice)
    }
}

fn shortened(sql: &str) -> String {
    match sql.char_indices().nth(LONGEST) {
        // The condition says more than the columns.
        Some((end, _)) => match sql.find(" FROM ") {
            Some(from) if sql.starts_with("SELECT ") && from > 60 => {
                let rest: String = sql[from..].chars().take(LONGEST).collect();
                format!("SELECT ..{rest}{}", if sql[from..].len() > rest.len() { ".." } else { "" })
            }
            _ => format!("{}..", &sql[..end]),
        },
        None => sql.to_owned(),
    }
}

/// What asks once instead of a statement for each row; `before` are the models that were asked about earlier.
pub(super) fn advice(sql: &str, asked: Option<Asked>, before: &[&AskedModel]) -> String {
    let model = asked.and_then(|asked| asked.model);
    let name = model.map_or("Model", |model| model.short_name());
    let verb = sql.split([' ', '(']).find(|word| !word.is_empty()).unwrap_or_default();
    match verb {
        "INSERT" => return format!("`{name}::objects().bulk_create(..)` writes all rows in one statement"),
        "UPDATE" => {
            return format!(
                "`{name}::objects().bulk_update(..)` writes all rows in one statement; so does one `.update(..)`, where all get \
                 the same values"
            );
        }
        "DELETE" => {
            return format!(
                "one `.delete(..)` behind `{name}::objects().filter(..)` deletes all rows that are meant"
            );
        }
        _ => {}
    }
    model.and_then(|model| towards_one(sql, model, before).or_else(|| towards_many(sql, model, before))).unwrap_or_else(|| {
        "one query for all rows does it: `.select_related(..)` loads what a foreign key leads to, `.prefetch_related(..)` the rows \
         that belong to each, `.in_bulk(..)` the rows of many keys"
            .to_owned()
    })
}

/// Rows that are asked for by their key.
fn towards_one(sql: &str, model: &AskedModel, before: &[&AskedModel]) -> Option<String> {
    let [key] = model.key else { return None };
    if !asks_by(sql, model.table, key) {
        return None;
    }
    let name = model.short_name();
    for other in before.iter().rev() {
        let relation = (other.foreign_keys)().into_iter().find(|(_, _, table)| *table == model.table);
        if let Some((_, field, _)) = relation {
            let other = other.short_name();
            return Some(format!(
                "`.select_related({other}.{field})` on the query of `{other}` loads the `{name}` of each with it"
            ));
        }
    }
    Some(format!("`{name}::objects().in_bulk(db, &keys)` loads the rows of many keys in one statement"))
}

/// Rows that are asked for by what they belong to.
fn towards_many(sql: &str, model: &AskedModel, before: &[&AskedModel]) -> Option<String> {
    let keys = (model.foreign_keys)();
    let (_, field, table) = keys.into_iter().find(|(column, ..)| asks_by(sql, model.table, column))?;
    let (name, relation) = (model.short_name(), model.table);
    let Some(owner) = before.iter().rev().find(|other| other.table == table) else {
        return Some(format!(
            "`{name}::objects().filter({name}.{field}.key().within(&keys))` loads those of all in one statement"
        ));
    };
    let owner = owner.short_name();
    Some(format!(
        "`.prefetch_related({owner}.{relation})` on the query of `{owner}` loads those of all in one statement; the relation is \
         `#[model(reverse({relation} = {name}.{field}))]` on `{owner}`"
    ))
}

/// Whether rows are asked for in which this column has one value.
fn asks_by(sql: &str, table: &str, column: &str) -> bool {
    let condition = sql.split_once(" WHERE ").map_or("", |(_, condition)| condition);
    condition.contains(&format!("\"{table}\".\"{column}\" = $"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &AskedModel =
        &AskedModel { table: "users", name: || "site::User", key: &["id"], foreign_keys: Vec::new };
    const POST: &AskedModel = &AskedModel {
        table: "posts",
        name: || "Post",
        key: &["id"],
        foreign_keys: || vec![("author_id", "author", "users")],
    };

    fn of(sql: &str, model: &'static AskedModel, before: &[&AskedModel]) -> String {
        advice(sql, Some(Asked { place: Location::caller(), model: Some(model) }), before)
    }

    #[test]
    fn the_relation_is_named_where_it_is_known() {
        let by_key = r#"SELECT "users"."id" FROM "users" WHERE "users"."id" = $1"#;
        let found = of(by_key, USER, &[USER, POST]);
        assert_eq!(
            found,
            "`.select_related(Post.author)` on the query of `Post` loads the `User` of each with it"
        );
        assert!(of(by_key, USER, &[USER]).contains("`User::objects().in_bulk("));
        let of_user =
            r#"SELECT count(*) FROM "posts" WHERE "posts"."score" > $1 AND "posts"."author_id" = $2"#;
        let found = of(of_user, POST, &[USER]);
        assert!(found.starts_with("`.prefetch_related(User.posts)` on the query of `User` "), "{found}");
        assert!(found.ends_with("`#[model(reverse(posts = Post.author))]` on `User`"), "{found}");
        assert!(
            of(of_user, POST, &[POST]).contains("`Post::objects().filter(Post.author.key().within(&keys))`")
        );
        let other = r#"SELECT "posts"."author_id" = $1 FROM "posts" WHERE "posts"."score" = $2"#;
        assert!(of(other, POST, &[USER]).contains("`.select_related(..)`"));
        assert!(advice(by_key, None, &[POST]).contains("`.select_related(..)`"));
        assert!(advice("", None, &[]).contains("`.select_related(..)`"));
        assert!(of("INSERT INTO users", USER, &[]).contains("`User::objects().bulk_create("));
        assert!(of("UPDATE users", USER, &[]).contains("`User::objects().bulk_update("));
        assert!(of("DELETE FROM users", USER, &[]).contains("`User::objects().filter("));
    }

    #[test]
    fn long_texts_keep_their_conditions() {
        let long = format!("SELECT {} FROM t WHERE x = $1", "\"column\", ".repeat(100));
        assert_eq!(shortened(&long), "SELECT .. FROM t WHERE x = $1");
        assert_eq!(shortened(&"ä".repeat(301)), format!("{}..", "ä".repeat(300)));
        let conditions = format!("{long}{}", " OR x = 'ü'".repeat(100));
        let short = shortened(&conditions);
        assert!(
            short.starts_with("SELECT .. FROM t ") && short.ends_with("..") && short.chars().count() < 320
        );
    }
}
