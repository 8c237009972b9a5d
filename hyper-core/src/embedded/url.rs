//! URLs of databases.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const KEEP: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// The URL of a database behind a socket in a folder.
pub(crate) fn of_socket(folder: &Path, database: &str) -> String {
    let folder = folder.to_string_lossy();
    format!("postgres://hyper@{}/{}", utf8_percent_encode(&folder, KEEP), utf8_percent_encode(database, KEEP))
}

/// The same server's URL with another database; also of the form `host=.. user=..`.
pub(crate) fn with_database(url: &str, database: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        let quoted = database.replace('\\', "\\\\").replace('\'', "\\'");
        return format!("{url} dbname='{quoted}'");
    };
    let (place, query) = match rest.split_once('?') {
        Some((place, query)) => (place, format!("?{query}")),
        None => (rest, String::new()),
    };
    let server = place.split_once('/').map_or(place, |(server, _)| server);
    format!("{scheme}://{server}/{}{query}", utf8_percent_encode(database, KEEP))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_postgres::Config;

    fn database(url: &str) -> Option<String> {
        url.parse::<Config>().unwrap().get_dbname().map(str::to_owned)
    }

    #[test]
    fn a_socket_has_a_url_that_clients_read() {
        let config: Config = of_socket(Path::new("/tmp/a b"), "na/me").parse().unwrap();
        assert_eq!(config.get_hosts(), [tokio_postgres::config::Host::Unix("/tmp/a b".into())]);
        assert_eq!((config.get_user(), config.get_dbname()), (Some("hyper"), Some("na/me")));
    }

    #[test]
    fn another_database_changes_nothing_else() {
        let url = with_database("postgres://u:p%2Fw@h:1/old?connect_timeout=3", "new one");
        assert_eq!(url, "postgres://u:p%2Fw@h:1/new%20one?connect_timeout=3");
        assert_eq!(database(&with_database("postgres://h", "x")).as_deref(), Some("x"));
        assert_eq!(database(&with_database("host=h dbname=old", "it's")).as_deref(), Some("it's"));
    }
}
