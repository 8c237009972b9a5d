//! Replicas by the settings.

use std::time::Duration;

use super::super::component::{key, options, url};
use super::super::pool::Db;
use super::options::PrimaryReplica;
use crate::settings::SettingsError;
use crate::{Result, Settings};

/// The replicas of a database: `DATABASE_REPLICAS` names them, with `_NAME` behind it for a database that has a name.
pub(in super::super) fn routing(settings: &Settings, database: &str) -> Result<Option<PrimaryReplica>> {
    let list = key("DATABASE_REPLICAS", database);
    let names: Vec<&str> = settings.list(&list).collect();
    if names.is_empty() {
        return Ok(None);
    }
    let milliseconds = |name: &str, default: usize| -> Result<Duration> {
        Ok(Duration::from_millis(settings.number(name, 0..=86_400_000, default)? as u64))
    };
    let mut routing = PrimaryReplica::new()
        .name(if database.is_empty() { "default" } else { database })
        .wait(milliseconds("REPLICA_WAIT", 50)?)
        .max_lag(milliseconds("REPLICA_MAX_LAG", 10_000)?)
        .probe(milliseconds("REPLICA_PROBE", 2_000)?);
    for (i, &entry) in names.iter().enumerate() {
        let (name, weight) = match entry.split_once(':') {
            None => (entry, Some(1)),
            Some((name, weight)) => (name, weight.parse().ok().filter(|weight| *weight <= 1_000)),
        };
        let is_name = !name.is_empty() && name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric());
        let Some(weight) = weight.filter(|_| is_name) else {
            let problem = format!(
                "should be names of letters, digits and `_`, each with a weight from 0 to 1000 or none, such as \
                 `east:3 west`, and has `{entry}`"
            );
            return Err(SettingsError::new(&list, problem).into());
        };
        let is_there = |other: &&str| other.split(':').next().is_some_and(|n| n.eq_ignore_ascii_case(name));
        if names[..i].iter().any(is_there) {
            return Err(SettingsError::new(&list, format!("has `{name}` twice")).into());
        }
        let of = key("DATABASE_URL", name);
        let Some(at) = url(settings, &of)? else {
            let problem = format!("is missing, and {list} has `{name}`: set it to the URL of that replica");
            return Err(SettingsError::new(&of, problem).into());
        };
        routing = routing.replica(name, Db::with_options(at, options(settings, name)?), weight);
    }
    Ok(Some(routing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Option<PrimaryReplica>> {
        routing(&Settings::from_pairs(pairs.iter().copied()).unwrap(), "")
    }

    #[test]
    fn names_have_urls_and_weights() {
        assert!(read(&[]).unwrap().is_none());
        let pairs = [
            ("DATABASE_REPLICAS", "east:3, west"),
            ("DATABASE_URL_EAST", "postgres://app:secret@east/shop"),
            ("DATABASE_URL_WEST", "host=west dbname=shop"),
            ("REPLICA_WAIT", "7"),
        ];
        let routing = read(&pairs).unwrap().unwrap();
        let nodes: Vec<_> = routing.nodes.iter().map(|node| (node.name.as_str(), node.weight)).collect();
        assert_eq!(nodes, [("east", 3), ("west", 1)]);
        assert_eq!(routing.wait, Duration::from_millis(7));
        assert!(!format!("{routing:?}").contains("secret"));
    }

    #[test]
    fn what_is_wrong_is_said_of_its_setting() {
        let east = ("DATABASE_URL_EAST", "host=east");
        let missing = "DATABASE_URL_EAST is missing, and DATABASE_REPLICAS has `east`: set it to the URL of that replica";
        for (pairs, expected) in [
            (vec![("DATABASE_REPLICAS", "east")], missing),
            (vec![("DATABASE_REPLICAS", "east EAST"), east], "DATABASE_REPLICAS has `EAST` twice"),
            (vec![("DATABASE_REPLICAS", "east:x"), east], "has `east:x`"),
            (vec![("DATABASE_REPLICAS", "east:-1"), east], "has `east:-1`"),
            (vec![("DATABASE_REPLICAS", ":1")], "has `:1`"),
            (vec![("DATABASE_REPLICAS", "a-b")], "has `a-b`"),
            (
                vec![("DATABASE_REPLICAS", "east"), ("DATABASE_URL_EAST", "nonsense")],
                "DATABASE_URL_EAST cannot be read",
            ),
            (vec![("DATABASE_REPLICAS", "east"), east, ("POOL_SIZE_EAST", "x")], "POOL_SIZE_EAST should be"),
            (vec![("DATABASE_REPLICAS", "east"), east, ("REPLICA_WAIT", "-1")], "REPLICA_WAIT should be"),
        ] {
            let error = read(&pairs).unwrap_err();
            let said =
                std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            assert!(said.contains(expected), "{said}");
        }
    }
}
