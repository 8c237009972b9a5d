//! The names PostgreSQL gives to constraints that were declared without one.

/// Longest name, in bytes.
const LONGEST: usize = 63;

/// Whether a constraint has the name PostgreSQL makes of these: `posts_slug_key`, or `posts_slug_key1` where that was
/// taken.
pub(super) fn is_made_of(name: &str, table: &str, column: &str, label: &str) -> bool {
    let digits = &name[name.trim_end_matches(|c: char| c.is_ascii_digit()).len()..];
    name == made_of(table, column, label) || name == made_of(table, column, &format!("{label}{digits}"))
}

/// PostgreSQL's `makeObjectName`: the longer of both names is cut until all fits.
fn made_of(table: &str, column: &str, label: &str) -> String {
    let parts = 1 + usize::from(!column.is_empty());
    let room = LONGEST - label.len() - parts;
    let (mut first, mut second) = (table.len(), column.len());
    while first + second > room {
        if first > second { first -= 1 } else { second -= 1 }
    }
    let (first, second) = (clipped(table, first), clipped(column, second));
    if column.is_empty() { format!("{first}_{label}") } else { format!("{first}_{second}_{label}") }
}

/// At most so many bytes, of whole characters.
fn clipped(name: &str, most: usize) -> &str {
    &name[..name.floor_char_boundary(most)]
}

/// The columns in `Key (author_id, title)=(1, x) already exists.`, whatever language the rest is in; none where one is an
/// expression.
pub(super) fn columns_of(detail: &str) -> Vec<String> {
    let Some((list, _)) = detail.split_once(")=(") else { return Vec::new() };
    let Some((_, list)) = list.split_once('(') else { return Vec::new() };
    let columns = list.split(", ").map(|column| column.trim_matches('"').replace("\"\"", "\""));
    columns.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_as_postgresql_does() {
        assert_eq!(made_of("posts", "slug", "key"), "posts_slug_key");
        assert_eq!(made_of("posts", "", "pkey"), "posts_pkey");
        let long = "a".repeat(63);
        assert_eq!(made_of(&long, "b", "key"), format!("{}_b_key", "a".repeat(57)));
        assert_eq!(made_of(&long, &long, "fkey"), format!("{}_{}_fkey", "a".repeat(29), "a".repeat(28)));
        assert_eq!(made_of(&"ü".repeat(31), "", "pkey"), format!("{}_pkey", "ü".repeat(29)));
        assert!(is_made_of("posts_slug_key12", "posts", "slug", "key"));
        assert!(!is_made_of("posts_slug_keys", "posts", "slug", "key"));
        assert!(is_made_of("posts_line2_key", "posts", "line2", "key"));
    }

    #[test]
    fn columns_are_read_in_any_language() {
        assert_eq!(columns_of("Key (author_id, title)=(1, a)=(b) already exists."), ["author_id", "title"]);
        assert_eq!(columns_of("Schlüssel »(\"user\")=(1)« existiert bereits."), ["user"]);
        assert_eq!(columns_of("Failing row contains (1, 2)."), [""; 0]);
    }
}
