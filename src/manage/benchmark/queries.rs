//! The queries of a link aggregator, and the indexes each of them should be answered from.

use super::rows::{USERS, created, topic, voter};

/// A query, and what its plan should have.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) name: &'static str,
    pub(super) sql: String,
    /// It reads one of these.
    indexes: &'static [&'static str],
    /// Whether the index is enough only where PostgreSQL knows that all rows are visible.
    index_only: bool,
}

/// Tables that no query should read as a whole. The users are so few that this may be best.
const LARGE: [&str; 3] = ["posts", "comments", "votes"];

/// From how many posts on plans are held to what is expected: PostgreSQL rightly reads small tables as a whole.
pub(super) const PLANS_FROM: u32 = 5000;

/// The version from which on COPY says that rows are visible to all.
const FREEZES: u32 = 14;

impl Query {
    /// What is wrong with a plan, if anything.
    pub(super) fn problem(&self, postgres: u32, indexes: &[String], seq_scans: &[String]) -> Option<String> {
        if self.index_only && postgres < FREEZES {
            return None;
        }
        let large = seq_scans.iter().find(|table| LARGE.contains(&table.as_str()));
        let expected = self.indexes.iter().any(|index| indexes.iter().any(|used| used == index));
        let [first, others @ ..] = self.indexes else { return None };
        let should = match others {
            [] => format!("the index `{first}`"),
            _ => "an index".to_owned(),
        };
        match (large, expected) {
            (Some(table), _) => Some(format!("reads all of `{table}` instead of {should}")),
            (None, false) if indexes.is_empty() => Some(format!("does not read {should}")),
            (None, false) => Some(format!("reads `{}` instead of {should}", indexes.join("`, `"))),
            (None, true) => None,
        }
    }
}

/// All of them, for so many posts.
pub(super) fn queries(posts: u32) -> Vec<Query> {
    let query = |name, indexes, sql: String| Query { name, sql, indexes, index_only: false };
    let page = |order: &str| {
        format!(
            "SELECT id, author_id, title, url, score, comment_count, created_at FROM posts \
             WHERE NOT is_deleted ORDER BY {order} DESC, id DESC LIMIT 30"
        )
    };
    let middle = u64::from(posts / 2 + 1);
    let far = u64::from(posts - posts / 10);
    vec![
        query("front_page_hot", &["posts_hot"], page("hot")),
        query("front_page_new", &["posts_new"], page("created_at")),
        query("front_page_top", &["posts_top"], page("score")),
        query("front_page_controversial", &["posts_controversial"], page("controversy")),
        query("front_page_rising", &["posts_rising"], page("rising")),
        query("post_by_pk", &["posts_pkey"], format!("SELECT * FROM posts WHERE id = {middle}")),
        query(
            "post_comments",
            &["comments_post"],
            format!(
                "SELECT c.id, c.body, c.score, c.created_at, u.name FROM comments c JOIN users u ON u.id = c.author_id \
                 WHERE c.post_id = {} ORDER BY c.id",
                posts / 100 + 1
            ),
        ),
        query(
            "user_posts",
            &["posts_author"],
            format!(
                "SELECT id, title, url, score, created_at FROM posts \
                 WHERE author_id = {} AND NOT is_deleted ORDER BY id DESC LIMIT 30",
                USERS / 4
            ),
        ),
        query(
            "vote_check",
            &["votes_pkey"],
            format!(
                "SELECT value FROM votes WHERE user_id = {} AND post_id = {middle}",
                voter(middle, 0)
            ),
        ),
        query(
            "keyset_pagination",
            &["posts_new"],
            format!(
                "SELECT id, title, url, score, created_at FROM posts \
                 WHERE NOT is_deleted AND (created_at, id) < ('{}', {far}) \
                 ORDER BY created_at DESC, id DESC LIMIT 30",
                created(far)
            ),
        ),
        Query {
            name: "count_posts",
            sql: "SELECT count(*) FROM posts WHERE NOT is_deleted".to_owned(),
            indexes: &[
                "posts_hot",
                "posts_new",
                "posts_top",
                "posts_controversial",
                "posts_rising",
                "posts_author",
            ],
            index_only: true,
        },
        query(
            "search_title",
            &["posts_title"],
            format!(
                "SELECT id, title, ts_rank(to_tsvector('simple', title), to_tsquery('simple', '{word}')) AS rank \
                 FROM posts WHERE NOT is_deleted AND to_tsvector('simple', title) @@ to_tsquery('simple', '{word}') \
                 ORDER BY rank DESC, id DESC LIMIT 30",
                word = topic(middle)
            ),
        ),
        Query {
            name: "aggregate_scores",
            sql: "SELECT author_id, count(*) AS posts, sum(score) AS score FROM posts WHERE NOT is_deleted \
                  GROUP BY author_id ORDER BY score DESC, author_id LIMIT 30"
                .to_owned(),
            indexes: &["posts_author"],
            index_only: true,
        },
        query(
            "join_post_author",
            &["posts_hot"],
            "SELECT p.id, p.title, p.score, p.created_at, u.name, u.karma FROM posts p \
             JOIN users u ON u.id = p.author_id WHERE NOT p.is_deleted ORDER BY p.hot DESC, p.id DESC LIMIT 30"
                .to_owned(),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_that_are_not_as_expected_are_told_in_words() {
        let queries = queries(50_000);
        assert_eq!(queries.len(), 14);
        let problem = |name: &str, postgres, indexes: &[&str], seq_scans: &[&str]| {
            let query = queries.iter().find(|query| query.name == name).unwrap();
            let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
            query.problem(postgres, &owned(indexes), &owned(seq_scans)).unwrap_or_default()
        };
        assert_eq!(problem("join_post_author", 15, &["posts_hot"], &["users"]), "");
        assert_eq!(problem("count_posts", 15, &["posts_rising"], &[]), "");
        assert_eq!(problem("count_posts", 13, &[], &["posts"]), "");
        assert_eq!(problem("count_posts", 14, &[], &["posts"]), "reads all of `posts` instead of an index");
        assert_eq!(
            problem("front_page_hot", 13, &["posts_hot"], &["users", "posts"]),
            "reads all of `posts` instead of the index `posts_hot`"
        );
        assert_eq!(
            problem("front_page_hot", 15, &["posts_pkey", "posts_new"], &[]),
            "reads `posts_pkey`, `posts_new` instead of the index `posts_hot`"
        );
        assert_eq!(problem("post_by_pk", 15, &[], &[]), "does not read the index `posts_pkey`");
    }

    #[test]
    fn one_post_is_enough() {
        assert!(queries(1).iter().all(|query| !query.sql.is_empty()));
    }
}
