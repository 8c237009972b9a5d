//! Random conditions: put together at run time they mean what SQL written by hand means, and what is written at run time is
//! what the compiler wrote.

use hyperdjango::prelude::*;
use proptest::prelude::{Just, Strategy, any, prop_oneof};

use super::models::{Comment, Post, Tag, site};
use super::same::Site;
use crate::fields_read_back::sample;

/// A condition that can be said in both ways.
#[derive(Debug, Clone)]
enum Said {
    Score(i32),
    Slug(String),
    Rating(f64),
    NoSlug,
    Editor(String),
    Country(String),
    Tagged(i64),
    Within(Vec<i64>),
    Commented(i16),
    All(Vec<Said>),
    Any(Vec<Said>),
    Not(Box<Said>),
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl Said {
    fn dynamic(&self) -> DynamicCondition<'static, Post> {
        match self.clone() {
            Self::Score(than) => Post.score.gt(than).dynamic(),
            Self::Slug(slug) => Post.slug.eq(slug).dynamic(),
            Self::Rating(than) => Post.rating.lte(than).dynamic(),
            Self::NoSlug => Post.slug.is_null().dynamic(),
            Self::Editor(with) => Post.editor.name.contains(with).dynamic(),
            Self::Country(name) => Post.author.country.name.ne(name).dynamic(),
            Self::Tagged(tag) => Post.tags.any(Tag.id.eq(tag)).dynamic(),
            Self::Within(keys) => Post.editor.id.within(keys).dynamic(),
            Self::Commented(votes) => Post.comments.all(Comment.votes.gt(votes)).dynamic(),
            Self::All(conditions) => DynamicCondition::all(conditions.iter().map(Self::dynamic)),
            Self::Any(conditions) => DynamicCondition::any(conditions.iter().map(Self::dynamic)),
            Self::Not(condition) => !condition.dynamic(),
        }
    }

    /// True or false, as a condition is in Django: never NULL.
    fn by_hand(&self) -> String {
        let list = |conditions: &[Self], between: &str, none: &str| {
            let all: Vec<_> = conditions.iter().map(Self::by_hand).collect();
            if all.is_empty() { none.to_owned() } else { format!("({})", all.join(between)) }
        };
        match self {
            Self::Score(than) => format!("score > {than}"),
            Self::Slug(slug) => format!("coalesce(slug = {}, false)", quoted(slug)),
            Self::Rating(than) => format!("coalesce(rating <= {than}, false)"),
            Self::NoSlug => "slug IS NULL".into(),
            Self::Editor(with) => {
                format!(
                    "EXISTS (SELECT FROM users WHERE id = editor_id AND strpos(name, {}) > 0)",
                    quoted(with)
                )
            }
            Self::Country(name) => format!(
                "EXISTS (SELECT FROM users u JOIN countries c ON c.id = country_id WHERE u.id = author_id AND c.name <> {})",
                quoted(name)
            ),
            Self::Tagged(tag) => format!("posts.id IN (SELECT post_id FROM posts_tags WHERE tag_id = {tag})"),
            Self::Within(keys) if keys.is_empty() => "false".into(),
            Self::Within(keys) => format!(
                "coalesce(editor_id = ANY('{{{}}}'), false)",
                keys.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
            ),
            Self::Commented(votes) => {
                format!("NOT EXISTS (SELECT FROM comments WHERE post_id = posts.id AND votes <= {votes})")
            }
            Self::All(conditions) => list(conditions, " AND ", "true"),
            Self::Any(conditions) => list(conditions, " OR ", "false"),
            Self::Not(condition) => format!("NOT ({})", condition.by_hand()),
        }
    }
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("rust".into()),
        Just("".into()),
        Just("Italy".into()),
        Just("o".into()),
        Just("%'\\😀".into())
    ]
}

fn conditions() -> impl Strategy<Value = Said> {
    let leaf = prop_oneof![
        prop_oneof![Just(10), Just(i32::MIN), Just(i32::MAX), any::<i32>()].prop_map(Said::Score),
        texts().prop_map(Said::Slug),
        (-1_i32..6).prop_map(|n| Said::Rating(n.into())),
        Just(Said::NoSlug),
        texts().prop_map(Said::Editor),
        texts().prop_map(Said::Country),
        (0_i64..5).prop_map(Said::Tagged),
        proptest::collection::vec(0_i64..5, 0..3).prop_map(Said::Within),
        prop_oneof![Just(i16::MIN), Just(i16::MAX), -1_i16..4].prop_map(Said::Commented),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Said::All),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Said::Any),
            inner.prop_map(|one| Said::Not(Box::new(one))),
        ]
    })
}

#[tokio::test]
async fn conditions_of_any_shape_mean_what_is_said() {
    let site = site().await;
    for (first, second) in sample((conditions(), conditions()), 150) {
        let query =
            Post::objects().order_by(Post.id).dynamic().filter(first.dynamic()).exclude(second.dynamic());
        let hand = format!(
            "SELECT * FROM posts WHERE {} AND NOT ({}) ORDER BY id",
            first.by_hand(),
            second.by_hand()
        );
        let rows = query.all(&site.db).await;
        let found = rows.as_ref().map_or(0, Vec::len) as u64;
        site.compare(&query.sql(), rows, &hand).await;
        assert_eq!(query.count(&site.db).await.unwrap(), found);
        assert_eq!(query.exists(&site.db).await.unwrap(), found > 0);
    }
}

/// Compares a condition the compiler knows with the same at run time, the whole and its parts.
macro_rules! agree {
    ($site:expr, $(($($name:ident),*) $whole:expr => $dynamic:expr;)+) => {$(
        Box::pin(async {
            let constant = || Post::objects().filter($whole).order_by(Post.id);
            let whole = Post::objects().order_by(Post.id).dynamic().filter(($whole).dynamic());
            assert_eq!(whole.sql(), constant().sql());
            $(let $name = || $name.clone().dynamic();)*
            let parts = Post::objects().order_by(Post.id).dynamic().filter($dynamic);
            let rows = constant().all(&$site.db).await.unwrap();
            assert_eq!(whole.all(&$site.db).await.unwrap(), rows, "{}", whole.sql());
            assert_eq!(parts.all(&$site.db).await.unwrap(), rows, "{}", parts.sql());
        })
        .await;
    )+};
}

async fn compare_shapes(site: &Site, score: i32, slug: &str, rating: f64, name: &str) {
    let a = Post.score.gt(score);
    let b = Post.slug.eq(slug);
    let c = Post.rating.lt(rating);
    let d = Post.author.country.name.eq(name);
    agree! { site,
        (a, b) a & b => a() & b();
        (a, b) a | b => a() | b();
        (b) !b => !b();
        (a, b) !(a & b) => !(a() & b());
        (b, c) !(b | c) => !(b() | c());
        (a, b, c) a & (b | c) => a() & (b() | c());
        (a, b, c) a | b & c => a() | b() & c();
        (a, b, c, d) (a | !b) & !(c & d) => (a() | !b()) & !(c() & d());
        (b, c, d) !(!b & !(c | !d)) => !(!b() & !(c() | !d()));
        (a, d) !!d & !!a => !!d() & !!a();
        (d, c) Post.tags.any(Tag.name.eq("nature")) & d | !c => Post.tags.any(Tag.name.eq("nature")).dynamic() & d() | !c();
    }
}

#[tokio::test]
async fn the_compilers_text_is_that_of_run_time() {
    let site = site().await;
    let values = (prop_oneof![Just(i32::MIN), Just(i32::MAX), -9..40], texts(), -1_i32..6, texts());
    for (score, slug, rating, name) in sample(values, 20) {
        compare_shapes(&site, score, &slug, rating.into(), &name).await;
    }
}
