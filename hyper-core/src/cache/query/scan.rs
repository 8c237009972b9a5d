//! Which tables a statement reads, and which it writes: from its text, the one thing all statements have.
//!
//! What is read is told generously: every name in the text, which is too much by names of columns and aliases, and never too
//! little. What is written is told by the words before it.

/// A word of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A name or keyword without quotes, in small letters.
    Word(String),
    /// A name in quotes.
    Quoted(String),
    /// A character that is neither.
    Sign(u8),
}

/// What a statement writes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::cache) struct Written {
    /// These tables, and what follows them.
    pub(super) tables: Vec<String>,
    /// What these functions write, if they do: every name before a bracket.
    pub(super) calls: Vec<String>,
    /// Whether rows go, and others may go with them.
    pub(super) removes: bool,
    /// Any table, for all that can be seen: it calls a procedure, or changes tables themselves.
    pub(super) anything: bool,
}

impl Written {
    pub(super) fn is_nothing(&self) -> bool {
        !self.anything && self.tables.is_empty() && self.calls.is_empty()
    }

    /// Both.
    pub(super) fn join(&mut self, other: &Self) {
        self.anything |= other.anything;
        self.removes |= other.removes;
        for (all, others) in [(&mut self.tables, &other.tables), (&mut self.calls, &other.calls)] {
            for name in others {
                if !all.contains(name) {
                    all.push(name.clone());
                }
            }
        }
    }
}

/// All names in a statement.
pub(super) fn names(sql: &str) -> Vec<String> {
    let mut names: Vec<String> = tokens(sql)
        .into_iter()
        .filter_map(|token| match token {
            Token::Word(name) | Token::Quoted(name) => Some(name),
            Token::Sign(_) => None,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What a statement, or several, write.
pub(super) fn written(sql: &str) -> Written {
    let tokens = tokens(sql);
    let word = |at: usize| match tokens.get(at) {
        Some(Token::Word(word)) => word.as_str(),
        _ => "",
    };
    let mut written = Written::default();
    for at in 0..tokens.len() {
        let before = |back: usize| at.checked_sub(back).map_or("", word);
        if let (Some(Token::Word(name) | Token::Quoted(name)), Some(Token::Sign(b'('))) =
            (tokens.get(at), tokens.get(at + 1))
        {
            written.calls.push(name.clone());
        }
        // The first token of a table's name, if a table is named here.
        let table = match word(at) {
            "insert" if word(at + 1) == "into" => at + 2,
            "merge" | "delete" if matches!(word(at + 1), "into" | "from") => {
                written.removes = true;
                at + 2
            }
            // Of a `MERGE`, and not of an `IF` in a function.
            "update" if before(1) == "then" && word(at + 1) == "set" => continue,
            // Not of `FOR UPDATE`, `FOR NO KEY UPDATE`, `ON CONFLICT .. DO UPDATE`, `ON UPDATE`.
            "update" if !matches!(before(1), "for" | "key" | "do" | "on") => at + 1,
            "copy" if tokens.get(at + 1) != Some(&Token::Sign(b'(')) && copies_in(&tokens[at..]) => {
                // `COPY BINARY posts FROM`, as it was written long ago.
                at + if word(at + 1) == "binary" && word(at + 2) != "from" { 2 } else { 1 }
            }
            "truncate" => {
                written.removes = true;
                written.anything |= tokens[at..].contains(&Token::Word("cascade".to_owned()));
                at + if word(at + 1) == "table" { 2 } else { 1 }
            }
            // What was prepared is not said here; nor what `format` makes, in a function.
            "execute" => {
                written.anything = true;
                continue;
            }
            "commit" if word(at + 1) == "prepared" => {
                written.anything = true;
                continue;
            }
            "call" | "do" | "alter" | "drop" | "create" | "refresh" | "import" | "reassign"
                if is_first(&tokens, at) =>
            {
                written.anything = true;
                continue;
            }
            _ => continue,
        };
        let is_truncated = word(at) == "truncate";
        let mut at = table;
        loop {
            at += usize::from(word(at) == "only");
            // `schema.table`: the last.
            while tokens.get(at + 1) == Some(&Token::Sign(b'.')) {
                at += 2;
            }
            match (tokens.get(at), tokens.get(at + 1)) {
                // `U&"..."`: a name with escapes.
                (Some(Token::Word(u)), Some(Token::Sign(b'&'))) if u == "u" => written.anything = true,
                (Some(Token::Word(name) | Token::Quoted(name)), _) => written.tables.push(name.clone()),
                _ => written.anything = true,
            }
            // `TRUNCATE a, ONLY b`.
            let star = usize::from(tokens.get(at + 1) == Some(&Token::Sign(b'*')));
            if !is_truncated || tokens.get(at + 1 + star) != Some(&Token::Sign(b',')) {
                break;
            }
            at += 2 + star;
        }
    }
    written.tables.sort_unstable();
    written.tables.dedup();
    written.calls.sort_unstable();
    written.calls.dedup();
    written
}

/// Whether a statement begins here, in a function as well.
fn is_first(tokens: &[Token], at: usize) -> bool {
    match at.checked_sub(1).map(|before| &tokens[before]) {
        None | Some(Token::Sign(b';')) => true,
        // `WHEN NOT MATCHED THEN DO NOTHING` is of a `MERGE`.
        Some(Token::Word(word)) if tokens[at] != Token::Word("do".to_owned()) => {
            matches!(word.as_str(), "begin" | "then" | "else" | "loop")
        }
        _ => false,
    }
}

/// Whether a COPY is from somewhere into a table.
fn copies_in(tokens: &[Token]) -> bool {
    let is = |token: &Token, word: &str| matches!(token, Token::Word(other) if other == word);
    let to = tokens.iter().position(|token| is(token, "to"));
    let from = tokens.iter().position(|token| is(token, "from"));
    match (from, to) {
        (Some(from), Some(to)) => from < to,
        (from, _) => from.is_some(),
    }
}

fn tokens(sql: &str) -> Vec<Token> {
    let bytes = sql.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            byte if byte.is_ascii_whitespace() => at += 1,
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => at = after_comment(bytes, at),
            b'"' => {
                let (name, end) = quoted(sql, at);
                tokens.push(Token::Quoted(name));
                at = end;
            }
            b'\'' => {
                let escapes = matches!(tokens.last(), Some(Token::Word(word)) if word == "e")
                    && at > 0
                    && matches!(bytes[at - 1], b'e' | b'E');
                if escapes {
                    tokens.pop();
                }
                at = after_text(bytes, at, escapes);
            }
            b'$' => at = after_dollar(bytes, at),
            byte if byte == b'_' || byte.is_ascii_alphabetic() || byte >= 0x80 => {
                let end = word_end(bytes, at);
                // As PostgreSQL does in UTF-8: `Ü` is no `ü`.
                tokens.push(Token::Word(sql[at..end].to_ascii_lowercase()));
                at = end;
            }
            byte if byte.is_ascii_digit() => at = word_end(bytes, at),
            byte => {
                tokens.push(Token::Sign(byte));
                at += 1;
            }
        }
    }
    tokens
}

/// Where a word ends: at no byte within a character.
fn word_end(bytes: &[u8], mut at: usize) -> usize {
    let is_in = |byte: &u8| *byte == b'_' || *byte == b'$' || byte.is_ascii_alphanumeric() || *byte >= 0x80;
    while bytes.get(at).is_some_and(is_in) {
        at += 1;
    }
    at
}

/// A name in quotes, and what is behind it.
fn quoted(sql: &str, at: usize) -> (String, usize) {
    let bytes = sql.as_bytes();
    let mut end = at + 1;
    loop {
        match memchr::memchr(b'"', &bytes[end..]) {
            None => return (sql[at + 1..].replace("\"\"", "\""), bytes.len()),
            Some(next) if bytes.get(end + next + 1) == Some(&b'"') => end += next + 2,
            Some(next) => {
                let end = end + next;
                return (sql[at + 1..end].replace("\"\"", "\""), end + 1);
            }
        }
    }
}

/// What is behind a text in single quotes.
fn after_text(bytes: &[u8], at: usize, escapes: bool) -> usize {
    let mut at = at + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if escapes => at += 2,
            b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 2,
            b'\'' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// What is behind a comment, which may have others inside.
fn after_comment(bytes: &[u8], at: usize) -> usize {
    let (mut at, mut depth) = (at, 0_u32);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                at += 2;
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

/// What is behind a parameter, or a text in dollars.
fn after_dollar(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while bytes.get(end).is_some_and(|byte| *byte == b'_' || byte.is_ascii_alphanumeric() || *byte >= 0x80) {
        end += 1;
    }
    let is_parameter = bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
    if is_parameter || bytes.get(end) != Some(&b'$') {
        return end.max(at + 1);
    }
    let tag = &bytes[at..=end];
    memchr::memmem::find(&bytes[end + 1..], tag).map_or(bytes.len(), |found| end + 1 + found + tag.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_written_is_told() {
        for (sql, tables) in [
            ("SELECT * FROM posts", vec![]),
            ("SELECT * FROM posts FOR UPDATE OF posts", vec![]),
            ("select 1 for no key update", vec![]),
            (
                "INSERT INTO \"posts\" (\"title\") VALUES ($1) ON CONFLICT (id) DO UPDATE SET title = 'x'",
                vec!["posts"],
            ),
            ("UPDATE \"posts\" SET \"score\" = (SELECT 1 FROM users)", vec!["posts"]),
            ("UPDATE ONLY public.Posts AS p SET a = 1", vec!["posts"]),
            ("DELETE FROM \"Odd \"\"name\"\" ü\" USING users", vec!["Odd \"name\" ü"]),
            ("WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone", vec!["a", "b"]),
            (
                "MERGE INTO posts USING x ON true WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN INSERT DEFAULT VALUES",
                vec!["posts"],
            ),
            ("COPY \"posts\" (a) FROM STDIN BINARY", vec!["posts"]),
            ("COPY posts TO STDOUT", vec![]),
            ("COPY (SELECT * FROM posts) TO STDOUT", vec![]),
            ("TRUNCATE a, ONLY_b, \"C\" RESTART IDENTITY", vec!["C", "a", "only_b"]),
            ("truncate table s.a *, b", vec!["a", "b"]),
            ("TRUNCATE ONLY a, ONLY s.b", vec!["a", "b"]),
            ("COPY BINARY posts FROM STDIN", vec!["posts"]),
            ("COPY binary FROM STDIN", vec!["binary"]),
            ("COPY (DELETE FROM posts RETURNING *) TO STDOUT", vec!["posts"]),
            ("UPDATE ÜBER SET a = 1", vec!["Über"]),
            (
                "BEGIN IF x THEN UPDATE posts SET a = 1; ELSE DELETE FROM users; END IF; END",
                vec!["posts", "users"],
            ),
            (
                "SELECT 'INSERT INTO a', $$ DELETE FROM b $$, $x$ UPDATE c $x$ -- UPDATE d\n /* DELETE /* FROM */ e */",
                vec![],
            ),
            ("SELECT E'\\'; UPDATE a SET b = 1 --', 'it''s UPDATE b SET'", vec![]),
            ("SELECT 1; UPDATE a SET b = 1; DELETE FROM c", vec!["a", "c"]),
            ("CREATE_not", vec![]),
        ] {
            let written = written(sql);
            assert_eq!(
                (written.tables.iter().map(String::as_str).collect::<Vec<_>>(), written.anything),
                (tables, false),
                "{sql}"
            );
        }
        for sql in [
            "CALL recount()",
            "DO $$ BEGIN DELETE FROM a; END $$",
            "SELECT 1; drop table posts",
            "ALTER TABLE posts ADD x int",
            "TRUNCATE posts CASCADE",
            "CREATE TABLE x AS SELECT 1",
            "COMMIT PREPARED 'x'",
            "EXPLAIN ANALYZE EXECUTE p",
            "BEGIN EXECUTE format('UPDATE %I SET a = 1', t); END",
            "BEGIN DROP TABLE x; END",
            "UPDATE U&\"d\\0061t\" SET a = 1",
        ] {
            assert!(written(sql).anything, "{sql}");
        }
    }

    #[test]
    fn functions_are_called_with_brackets() {
        assert_eq!(written("SELECT recount(7), \"Odd one\" (), now").calls, ["Odd one", "recount"]);
    }

    #[test]
    fn names_are_all_there() {
        let names = names(
            "SELECT \"posts\".\"id\", 'users' FROM Posts JOIN s.\"Users\" u ON $1 = 7e1 AND x2_$ö = 'x'",
        );
        assert_eq!(names, ["Users", "and", "from", "id", "join", "on", "posts", "s", "select", "u", "x2_$ö"]);
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(sql in "(?s)[-/*$'\"a-z \\\\;.ü\\n0-9E]{0,60}") {
            let _ = (names(&sql), written(&sql));
        }

        #[test]
        fn a_table_is_found_whatever_it_is_called(name in "(?s)[^\\x00]{1,20}", before in "[a-z ]{0,9}") {
            let quoted = format!("\"{}\"", name.replace('"', "\"\""));
            let sql = format!("SELECT '{before}' FROM {quoted} AS x");
            prop_assert!(names(&sql).contains(&name));
            let sql = format!("UPDATE {quoted} SET a = $1");
            prop_assert_eq!(written(&sql).tables, [name]);
        }
    }
}
