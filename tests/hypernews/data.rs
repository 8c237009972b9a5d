//! What the pages ask and change.

use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;
use hypernews::data;
use hypernews::models::{Comment, Post, User, Vote};
use hypernews::seed::Size;
use hypernews::views::{PostForm, Tab};

/// A database with the small community in it.
pub(crate) async fn database() -> Db {
    let db = Db::new(hyper_tests::postgres().url().parse().unwrap());
    create_missing_tables(&db, &[User::META, Post::META, Comment::META, Vote::META]).await.unwrap();
    data::load_if_empty(&db, Size::SMALL).await.unwrap();
    db
}

#[tokio::test]
async fn the_community_is_loaded_once() {
    let db = database().await;
    data::load_if_empty(&db, Size::SMALL).await.unwrap();
    assert_eq!(User::objects().count(&db).await.unwrap(), 100);
    assert_eq!(Post::objects().count(&db).await.unwrap(), 500);
    assert_eq!(Comment::objects().count(&db).await.unwrap(), 2_500);
    assert_eq!(Vote::objects().count(&db).await.unwrap(), 2_000);
}

/// Loading skips PostgreSQL's own check.
#[tokio::test]
async fn every_row_of_the_community_refers_to_another_of_it() {
    let db = &database().await;
    assert_eq!(Post::objects().filter(Post.author.name.ne("")).count(db).await.unwrap(), 500);
    let comments = Comment::objects().filter(Comment.author.name.ne("") & Comment.post.title.ne(""));
    assert_eq!(comments.count(db).await.unwrap(), 2_500);
    let answers = Comment::objects().filter(Comment.parent.is_not_null());
    let answered = answers.filter(Comment.parent.body.ne(""));
    assert_eq!(answers.count(db).await.unwrap(), answered.count(db).await.unwrap());
    let votes = Vote::objects().filter(Vote.user.name.ne("") & Vote.post.title.ne(""));
    assert_eq!(votes.count(db).await.unwrap(), 2_000);
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let db = database().await;
    for tab in Tab::ALL {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = data::listing(&db, tab, after).await.unwrap();
            let Some((last, _)) = page.last() else { break };
            after = Some(last.id);
            seen.extend(page.into_iter().map(|(post, _)| post));
        }
        assert_eq!(seen.len(), 500, "{tab}");
        let key = |post: &Post| match tab {
            Tab::Hot => post.hot,
            Tab::New => post.created.as_microsecond() as f64,
            Tab::Rising => post.rising,
            Tab::Top => post.score.into(),
            Tab::Controversial => post.controversy,
        };
        assert!(seen.is_sorted_by(|a, b| (key(a), a.id) > (key(b), b.id)), "{tab}");
    }
}

#[tokio::test]
async fn every_listing_is_read_from_its_index() {
    let db = database().await;
    for (column, index) in [
        ("hot", "posts_hot_id_idx"),
        ("created", "posts_created_id_idx"),
        ("rising", "posts_rising_id_idx"),
        ("score", "posts_score_id_idx"),
        ("controversy", "posts_controversy_id_idx"),
    ] {
        let text = format!(
            "DO $$ DECLARE plan text; line text; BEGIN \
             FOR line IN EXPLAIN SELECT * FROM posts WHERE ({column}, id) < (SELECT {column}, id FROM posts WHERE id = 400) \
             ORDER BY {column} DESC, id DESC LIMIT 5 LOOP plan := concat(plan, line); END LOOP; \
             IF plan NOT LIKE '%{index}%' THEN RAISE EXCEPTION '%', plan; END IF; END $$"
        );
        db.execute_batch(&text).await.unwrap();
    }
}

#[tokio::test]
async fn votes_by_many_at_once_add_up() {
    let db = database().await;
    let (post, author) = Post::objects().select_related(Post.author).first(&db).await.unwrap().unwrap();
    let people =
        User::objects().exclude(User.id.eq(author.id)).order_by(User.id).limit(40).all(&db).await.unwrap();
    let tasks: Vec<_> = people
        .into_iter()
        .enumerate()
        .map(|(i, person)| {
            let (db, id) = (db.clone(), post.id);
            tokio::spawn(async move {
                // Up, down, up again; every third takes it back.
                data::vote(&db, &person, id, Some(true)).await?;
                data::vote(&db, &person, id, Some(false)).await?;
                data::vote(&db, &person, id, Some(i % 2 == 0)).await?;
                if i % 3 == 0 { data::vote(&db, &person, id, None).await } else { Ok(()) }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let after = Post::objects().get(&db, post.id).await.unwrap();
    let votes = |up: bool| Vote::objects().filter(Vote.post.eq(post.id) & Vote.up.eq(up));
    assert_eq!(u64::from(after.ups.unsigned_abs()), votes(true).count(&db).await.unwrap());
    assert_eq!(u64::from(after.downs.unsigned_abs()), votes(false).count(&db).await.unwrap());
    assert_eq!(after.score, after.ups - after.downs);
    let karma = User::objects().get(&db, author.id).await.unwrap().karma;
    assert_eq!(karma - author.karma, i64::from(after.score - post.score));
}

#[tokio::test]
async fn what_is_submitted_can_be_read_answered_and_found() {
    let db = &database().await;
    let author = User::objects().get(db, 1).await.unwrap();
    let form = PostForm {
        title: "  Unheard-of zyxwv  ".into(),
        url: "https://example.org/".into(),
        body: String::new(),
    };
    let post = data::submit(db, &author, &form).await.unwrap();
    assert_eq!(post.title, "Unheard-of zyxwv");
    assert_eq!(data::listing(db, Tab::New, None).await.unwrap()[0].0.id, post.id);
    assert_eq!(data::search(db, "ZYXWV unheard", None).await.unwrap()[0].0.id, post.id);
    assert_eq!(data::search_total(db, "zyxwv").await.unwrap(), 1);

    let first = data::reply(db, &author, post.id, None, "first").await.unwrap();
    let second = data::reply(db, &author, post.id, Some(first.id), "second").await.unwrap();
    data::reply(db, &author, post.id, None, "third").await.unwrap();
    let (_, of, below) = data::comment(db, first.id).await.unwrap();
    assert_eq!((of.id, of.comments), (post.id, 3));
    assert_eq!(below.iter().map(|row| row.id).collect::<Vec<_>>(), [first.id, second.id]);

    let nothing = PostForm { title: String::new(), url: "javascript:alert(1)".into(), body: String::new() };
    let error = data::submit(db, &author, &nothing).await.unwrap_err();
    assert_eq!(error.errors().unwrap().field("title"), ["This field cannot be blank."]);
    assert_eq!(error.errors().unwrap().field("url"), ["Enter a valid URL."]);
    assert_eq!(data::reply(db, &author, 99_999, None, "x").await.unwrap_err().status(), 404);
    assert_eq!(data::vote(db, &author, post.id, Some(true)).await.unwrap_err().status(), 403);
}
