//! What can be said, and on which channels.

use std::fmt::Write as _;

use crate::db::error::DatabaseError;
use crate::db::error_kind::ErrorKind;
use crate::db::sql::Sql;

/// What says something.
pub(in crate::db) const NOTIFY: Sql<'static> = Sql::new("SELECT pg_notify($1, $2)");

/// The longest name PostgreSQL has room for, in bytes (`NAMEDATALEN - 1`).
const LONGEST_NAME: usize = 63;

/// The longest payload, in bytes: PostgreSQL's limit of 8000 has room for a byte behind it.
const LONGEST_PAYLOAD: usize = 7999;

/// Whether this can be said there.
pub(in crate::db) fn check(channel: &str, payload: &str) -> Result<(), DatabaseError> {
    check_channel(channel)?;
    if payload.len() > LONGEST_PAYLOAD {
        return Err(refused(format!(
            "the payload of a notification has {} bytes, and PostgreSQL takes less than 8000: write it into a table, and notify with \
             its key",
            payload.len()
        )));
    }
    if payload.contains('\0') {
        return Err(refused(
            "the payload of a notification has a NUL in it, which PostgreSQL cannot take".into(),
        ));
    }
    Ok(())
}

/// Whether a channel can have this name. LISTEN cuts a longer one, and hears nothing then.
pub(super) fn check_channel(channel: &str) -> Result<(), DatabaseError> {
    let problem = match channel.len() {
        0 => "is empty".to_owned(),
        length if length > LONGEST_NAME => format!("has {length} bytes, and PostgreSQL takes {LONGEST_NAME}"),
        _ if channel.contains('\0') => "has a NUL in it, which PostgreSQL cannot take".to_owned(),
        _ => return Ok(()),
    };
    Err(refused(format!("the name of the channel {channel:?} {problem}")))
}

fn refused(problem: String) -> DatabaseError {
    DatabaseError::new(ErrorKind::Data, problem)
}

/// `LISTEN "posts"; `, as a part of a text.
pub(super) fn add(text: &mut String, verb: &str, channel: &str) {
    let _ = write!(text, "{verb} \"{}\"; ", channel.replace('"', "\"\""));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_postgresql_would_refuse_or_cut_is_refused() {
        for channel in ["posts", "Posts", "a\"b", "ü", "; DROP TABLE posts", &"x".repeat(63)] {
            assert!(check(channel, &"x".repeat(7999)).is_ok());
        }
        let told = |channel: &str, payload: &str| check(channel, payload).unwrap_err().to_string();
        assert_eq!(told("", ""), r#"the name of the channel "" is empty"#);
        assert!(told(&"ü".repeat(32), "").ends_with("has 64 bytes, and PostgreSQL takes 63"));
        assert!(told("a\0", "").contains("NUL"));
        assert!(told("a", "\0").contains("NUL"));
        assert!(told("a", &"ü".repeat(4000)).starts_with("the payload of a notification has 8000 bytes, "));
        assert_eq!(check("", "").unwrap_err().kind(), ErrorKind::Data);
    }

    #[test]
    fn names_are_quoted() {
        let mut text = String::new();
        add(&mut text, "LISTEN", "a");
        add(&mut text, "UNLISTEN", "\"; DROP");
        assert_eq!(text, r#"LISTEN "a"; UNLISTEN """; DROP"; "#);
    }
}
