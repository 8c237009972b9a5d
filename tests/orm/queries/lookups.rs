//! Comparisons of one column.

use hyperdjango::prelude::*;

use super::models::{Country, Extreme, Nothing, Post, User, site};
use super::same::same;

const NOBODY: [i64; 0] = [];

#[tokio::test]
async fn lookups() {
    let site = site().await;
    // exact, iexact
    same!(site, Post::objects().filter(Post.title.eq("rust")), "SELECT * FROM posts WHERE title = 'rust'");
    same!(site, Post::objects().filter(Post.title.eq("")), "SELECT * FROM posts WHERE title = ''");
    same!(site, Post::objects().filter(Post.slug.eq("rust")), "SELECT * FROM posts WHERE slug = 'rust'");
    same!(site, Post::objects().filter(Post.slug.ne("rust")), "SELECT * FROM posts WHERE slug <> 'rust'");
    same!(
        site,
        User::objects().filter(User.email.iexact("zoe@example.org")),
        "SELECT * FROM users WHERE upper(email) = upper('zoe@example.org')"
    );
    same!(
        site,
        User::objects().filter(User.name.iexact("ZOË 😀")),
        "SELECT * FROM users WHERE lower(name) = 'zoë 😀'"
    );
    // gt, gte, lt, lte, range
    same!(site, Post::objects().filter(Post.score.gt(10)), "SELECT * FROM posts WHERE score > 10");
    same!(site, Post::objects().filter(Post.score.gte(10)), "SELECT * FROM posts WHERE score >= 10");
    same!(site, Post::objects().filter(Post.rating.lt(0.5)), "SELECT * FROM posts WHERE rating < 0.5");
    same!(site, Post::objects().filter(Post.rating.lte(4.5)), "SELECT * FROM posts WHERE rating <= 4.5");
    same!(
        site,
        User::objects().filter(User.age.range(0, 29)),
        "SELECT * FROM users WHERE age BETWEEN 0 AND 29"
    );
    same!(site, User::objects().filter(User.age.range(29, 0)), "SELECT * FROM users WHERE false");
    same!(
        site,
        Post::objects().filter(Post.price.gte(Decimal::new(999, 2))),
        "SELECT * FROM posts WHERE price >= 9.99"
    );
    same!(
        site,
        Post::objects().filter(
            Post.day.range("2023-01-01".parse::<Date>().unwrap(), "2024-02-29".parse::<Date>().unwrap())
        ),
        "SELECT * FROM posts WHERE day BETWEEN '2023-01-01' AND '2024-02-29'"
    );
    same!(
        site,
        Post::objects().filter(Post.created.lt("2024-01-01T00:00:00Z".parse::<Timestamp>().unwrap())),
        "SELECT * FROM posts WHERE created < '2024-01-01 00:00+00'"
    );
    // in, and in nothing
    same!(
        site,
        Post::objects().filter(Post.id.within(&[1_i64, 3, 3, 99])),
        "SELECT * FROM posts WHERE id IN (1, 3, 99)"
    );
    same!(site, Post::objects().filter(Post.id.within(&NOBODY)), "SELECT * FROM posts WHERE false");
    same!(site, Post::objects().exclude(Post.id.within(&NOBODY)), "SELECT * FROM posts");
    same!(site, Post::objects().filter(!Post.editor.id.within(&NOBODY)), "SELECT * FROM posts");
    same!(
        site,
        Post::objects().filter(Post.slug.within(&["rust", ""])),
        "SELECT * FROM posts WHERE slug IN ('rust', '')"
    );
    same!(
        site,
        Post::objects().exclude(Post.slug.within(&["rust", ""])),
        "SELECT * FROM posts WHERE slug IS NULL OR slug NOT IN ('rust', '')"
    );
    // isnull
    same!(site, Post::objects().filter(Post.slug.is_null()), "SELECT * FROM posts WHERE slug IS NULL");
    same!(site, Post::objects().filter(Post.editor.is_null()), "SELECT * FROM posts WHERE editor_id IS NULL");
    same!(
        site,
        Post::objects().filter(Post.editor.is_not_null()),
        "SELECT * FROM posts WHERE editor_id IS NOT NULL"
    );
    // contains and its kind, with what LIKE takes for itself
    same!(
        site,
        Post::objects().filter(Post.title.contains("100% of cats_sleep \\")),
        "SELECT * FROM posts WHERE id = 3"
    );
    same!(
        site,
        Post::objects().filter(Post.title.contains("_")),
        "SELECT * FROM posts WHERE strpos(title, '_') > 0"
    );
    same!(site, Post::objects().filter(Post.title.contains("")), "SELECT * FROM posts");
    same!(site, Post::objects().filter(Post.slug.contains("")), "SELECT * FROM posts WHERE slug IS NOT NULL");
    same!(
        site,
        Post::objects().filter(Post.title.icontains("RUST")),
        "SELECT * FROM posts WHERE strpos(lower(title), 'rust') > 0"
    );
    same!(
        site,
        Post::objects().filter(Post.title.startswith("Rust")),
        "SELECT * FROM posts WHERE left(title, 4) = 'Rust'"
    );
    same!(
        site,
        Post::objects().filter(Post.title.istartswith("ün")),
        "SELECT * FROM posts WHERE lower(left(title, 2)) = 'ün'"
    );
    same!(
        site,
        Post::objects().filter(Post.title.endswith("rust")),
        "SELECT * FROM posts WHERE right(title, 4) = 'rust'"
    );
    same!(
        site,
        User::objects().filter(User.email.iendswith("@Example.org")),
        "SELECT * FROM users WHERE lower(right(email, 12)) = '@example.org'"
    );
    same!(
        site,
        Post::objects().filter(Post.title.regex("^[RT]")),
        "SELECT * FROM posts WHERE title ~ '^[RT]'"
    );
    same!(site, Post::objects().filter(Post.slug.iregex("R.ST")), "SELECT * FROM posts WHERE slug ~* 'R.ST'");
    // A foreign key, by a key and by a row.
    same!(site, Post::objects().filter(Post.author.eq(1)), "SELECT * FROM posts WHERE author_id = 1");
    let ana = User::objects().get(&site.db, 1).await.unwrap();
    same!(site, Post::objects().filter(Post.author.eq(&ana)), "SELECT * FROM posts WHERE author_id = 1");
    same!(site, Post::objects().filter(Post.editor.eq(&ana)), "SELECT * FROM posts WHERE editor_id = 1");
    // A column beside a column, and no rows at all.
    same!(
        site,
        Post::objects().filter(Post.author.id.eq(Post.editor.id)),
        "SELECT * FROM posts WHERE author_id = editor_id"
    );
    same!(site, Nothing::objects().filter(Nothing.number.gt(0)), "SELECT * FROM nothing");
    same!(site, Nothing::objects(), "SELECT * FROM nothing");
    same!(
        site,
        Country::objects().filter(Country.name.gt("Ita")),
        "SELECT * FROM countries WHERE name > 'Ita'"
    );
}

#[tokio::test]
async fn extremes() {
    let site = site().await;
    same!(site, Extreme::objects().order_by(Extreme.id), "SELECT * FROM extremes ORDER BY id");
    same!(
        site,
        Extreme::objects().filter(Extreme.small.eq(i16::MIN)),
        "SELECT * FROM extremes WHERE small = -32768"
    );
    same!(
        site,
        Extreme::objects().filter(Extreme.int.lt(i32::MAX)),
        "SELECT * FROM extremes WHERE int < 2147483647"
    );
    same!(
        site,
        Extreme::objects().filter(Extreme.big.within(&[i64::MIN, i64::MAX])),
        "SELECT * FROM extremes WHERE big IN (-9223372036854775808, 9223372036854775807)"
    );
    same!(
        site,
        Extreme::objects().filter(Extreme.maybe.gte(i64::MAX)),
        "SELECT * FROM extremes WHERE maybe >= 9223372036854775807"
    );
    same!(site, Extreme::objects().filter(Extreme.real.eq(f32::MAX)), "SELECT * FROM extremes WHERE id = 2");
    same!(
        site,
        Extreme::objects().filter(Extreme.double.lte(f64::MIN)),
        "SELECT * FROM extremes WHERE id = 1"
    );
    same!(
        site,
        Extreme::objects().filter(Extreme.double.gt(0.0) & Extreme.double.lt(f64::MIN_POSITIVE)),
        "SELECT * FROM extremes WHERE id = 3"
    );
    same!(site, Extreme::objects().filter(Extreme.double.lt(f64::INFINITY)), "SELECT * FROM extremes");
    same!(site, Extreme::objects().filter(Extreme.double.lt(f64::NAN)), "SELECT * FROM extremes");
    same!(
        site,
        Extreme::objects().filter(Extreme.amount.eq(Decimal::MAX)),
        "SELECT * FROM extremes WHERE id = 2"
    );
    same!(
        site,
        Extreme::objects().filter(Extreme.amount.gt(Decimal::ZERO)),
        "SELECT * FROM extremes WHERE amount > 0"
    );
    same!(
        site,
        Extreme::objects().filter(Extreme.at.lte("0001-01-01T00:00:00Z".parse::<Timestamp>().unwrap())),
        "SELECT * FROM extremes WHERE id = 1"
    );
    same!(
        site,
        Extreme::objects().filter(Extreme.day.eq(Date::MAX)),
        "SELECT * FROM extremes WHERE day = '9999-12-31'"
    );
    same!(
        site,
        Extreme::objects().filter(Extreme.text.eq("😀".repeat(500))),
        "SELECT * FROM extremes WHERE id = 2"
    );
    same!(
        site,
        Extreme::objects().filter(Extreme.text.contains("\\ ' \" % _")),
        "SELECT * FROM extremes WHERE id = 3"
    );
    same!(
        site,
        Extreme::objects().filter(Extreme.key.eq(Uuid::max())),
        "SELECT * FROM extremes WHERE id = 2"
    );
    same!(
        site,
        Extreme::objects().filter(Extreme.key.gt(Uuid::nil())),
        "SELECT * FROM extremes WHERE key > '00000000-0000-0000-0000-000000000000'"
    );
}
