//! What is written, beside the same statement written by hand in a database of its own: both then have the same rows.

use hyperdjango::prelude::*;

use super::models::{Comment, Country, Note, Post, Tag, User, site};
use super::same::one;

/// Runs a statement of ours in one database and the hand-written one in another, and compares how many rows each changed
/// and what is in all tables behind it.
macro_rules! change {
    ($($ours:expr, $hand:expr;)+) => {{
        let (ours, theirs) = (site().await, site().await);
        $(
            let changed: u64 = Box::pin(async { ($ours)(&ours.db).await.unwrap_or_else(|error| panic!("{}\n{error}", $hand)) }).await;
            assert_eq!(changed, theirs.execute($hand).await, "{}", $hand);
            for table in ["countries", "users", "posts", "posts_tags", "comments", "notes", "tags"] {
                let all = format!("SELECT * FROM {table}");
                let expected = theirs.by_hand(&all).await;
                ours.compare_sorted($hand, &all, expected).await;
            }
        )+
    }};
}

#[tokio::test]
async fn updates_and_deletes() {
    change! {
        async |db: &Db| Post::objects().filter(Post.slug.eq("rust")).update(db, Post.score.set(7)).await,
            "UPDATE posts SET score = 7 WHERE slug = 'rust'";
        async |db: &Db| Post::objects().all_rows().update(db, (Post.score.set(Post.score + 1), Post.slug.set(Post.title), Post.price.set(None::<Decimal>))).await,
            "UPDATE posts SET score = score + 1, slug = title, price = NULL";
        async |db: &Db| Post::objects().exclude(Post.rating.gt(1.0)).update(db, Post.rating.set(coalesce((Post.rating, 0.0)) + 1.0)).await,
            "UPDATE posts SET rating = coalesce(rating, 0) + 1 WHERE rating IS NULL OR rating <= 1";
        async |db: &Db| Post::objects().filter(Post.author.country.name.eq("Italy")).update(db, (Post.published.set(!Post.published), Post.editor.set(2))).await,
            "UPDATE posts SET published = NOT published, editor_id = 2 WHERE author_id IN (SELECT id FROM users WHERE country_id = 1)";
        async |db: &Db| Post::objects().filter(Post.tags.any(Tag.name.eq("food"))).update(db, Post.editor.set_or_null(None::<i64>)).await,
            "UPDATE posts SET editor_id = NULL WHERE id IN (SELECT post_id FROM posts_tags WHERE tag_id = 2)";
        async |db: &Db| User::objects().all_rows().update(db, User.age.set(subquery(Post::objects().filter(Post.author.id.eq(outer(User.id))).order_by(Post.id).values(Post.score).limit(1)))).await,
            "UPDATE users u SET age = (SELECT score FROM posts WHERE author_id = u.id ORDER BY id LIMIT 1)";
        async |db: &Db| Post::objects().filter(Post.id.within(&[0_i64; 0])).update(db, Post.score.set(1)).await,
            "UPDATE posts SET score = 1 WHERE false";
        async |db: &Db| Comment::objects().filter(Comment.post.author.name.eq("bob")).delete(db).await,
            "DELETE FROM comments WHERE post_id = 2";
        async |db: &Db| Comment::objects().exclude(Comment.parent.author.name.eq("bob")).filter(Comment.votes.gt(0)).delete(db).await,
            "DELETE FROM comments c WHERE votes > 0 AND NOT EXISTS (SELECT FROM comments p JOIN users u ON u.id = p.author_id WHERE p.id = c.parent_id AND u.name = 'bob')";
        async |db: &Db| Note::objects().filter(Note.id.eq(3)).hard_delete(db).await, "DELETE FROM notes WHERE id = 3";
        async |db: &Db| Note::all_objects().filter(Note.deleted.is_not_null()).hard_delete(db).await, "DELETE FROM notes WHERE deleted IS NOT NULL";
        async |db: &Db| Note::objects().all_rows().update(db, Note.text.set(Note.text.upper())).await, "UPDATE notes SET text = upper(text) WHERE deleted IS NULL";
    }
}

#[tokio::test]
async fn upserts_and_relations() {
    change! {
        async |db: &Db| Country::objects().bulk_create(db, ["Peru", "日本"].map(|name| Country.name.set(name))).await.map(|rows| rows.len() as u64),
            "INSERT INTO countries (name) VALUES ('Peru'), ('日本')";
        async |db: &Db| Country::objects().on_conflict(Country.name).ignore().bulk_create(db, [(Country.id.set(7), Country.name.set("Italy")), (Country.id.set(8), Country.name.set("Chad"))]).await.map(|rows| rows.len() as u64),
            "INSERT INTO countries (id, name) VALUES (7, 'Italy'), (8, 'Chad') ON CONFLICT (name) DO NOTHING";
        async |db: &Db| Country::objects().on_conflict(Country.name).update(Country.people).create(db, (Country.name.set("Malta"), Country.people.set(5))).await.map(|row| row.is_some().into()),
            "INSERT INTO countries (name, people) VALUES ('Malta', 5) ON CONFLICT (name) DO UPDATE SET people = EXCLUDED.people";
        async |db: &Db| Country::objects().on_conflict(Country.name).update_with(Country.people.set(Country.people + excluded(Country.people))).filter(Country.people.gt(10))
                .create(db, (Country.name.set("Malta"), Country.people.set(1))).await.map(|row| row.is_some().into()),
            "INSERT INTO countries (name, people) VALUES ('Malta', 1) ON CONFLICT (name) DO UPDATE SET people = countries.people + EXCLUDED.people WHERE countries.people > 10";
        async |db: &Db| Country::objects().update_or_create(db, Country.name.set("Italy"), Country.people.set(1)).await.map(|(_, created)| (!created).into()),
            "UPDATE countries SET people = 1 WHERE name = 'Italy'";
        async |db: &Db| Country::objects().get_or_create(db, Country.name.set("Italy"), Country.people.set(2)).await.map(|(_, created)| created.into()),
            "UPDATE countries SET people = 2 WHERE false";
        async |db: &Db| { let post = Post::objects().get(db, 6).await?; Post.tags.add(db, &post, [1, 2]).await },
            "INSERT INTO posts_tags (post_id, tag_id) VALUES (6, 1), (6, 2)";
        async |db: &Db| { let post = Post::objects().get(db, 5).await?; Post.tags.clear(db, &post).await },
            "DELETE FROM posts_tags WHERE post_id = 5";
    }
    let site = site().await;
    one!(
        site,
        Tag::objects().create(&site.db, Tag.name.set("Ünï \u{1F600} ' \" \\")),
        "SELECT * FROM tags WHERE id = (SELECT max(id) FROM tags) AND name = U&'\\00DCn\\00EF \\+01F600 '' \" \\\\'"
    );
}
