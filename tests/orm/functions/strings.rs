//! Functions of texts, and patterns.

use hyperdjango::orm::expr::function::collate::ByCodePoint;
use hyperdjango::orm::functions::{concat, concat_ws};
use hyperdjango::prelude::*;

use super::{Thing, database, ids, same, status};

#[tokio::test]
async fn functions_of_a_text() {
    let db = &database().await;
    same!(db, Thing.name.lower(), "lower(name)");
    same!(db, Thing.nick.upper(), "upper(nick)");
    same!(db, Thing.name.length(), "length(name)");
    same!(db, Thing.nick.length(), "length(nick)");
    same!(db, Thing.name.trim(), "trim(name)");
    same!(db, Thing.name.ltrim(), "ltrim(name)");
    same!(db, Thing.name.rtrim(), "rtrim(name)");
    same!(db, Thing.name.initcap(), "initcap(name)");
    same!(db, Thing.nick.reverse(), "reverse(nick)");
    same!(db, Thing.name.left(3), "left(name, 3)");
    same!(db, Thing.name.left(-3), "left(name, -3)");
    same!(db, Thing.name.left(Thing.maybe_int), "left(name, maybe_int)");
    same!(db, Thing.name.right(4), "right(name, 4)");
    same!(db, Thing.name.lpad(25, "*-"), "lpad(name, 25, '*-')");
    same!(db, Thing.nick.rpad(25, Thing.name), "rpad(nick, 25, name)");
    same!(db, Thing.nick.repeat(3), "repeat(nick, 3)");
    same!(db, Thing.name.replace("Rust", "🦀"), "replace(name, 'Rust', '🦀')");
    same!(db, Thing.name.strpos("é"), "strpos(name, 'é')");
    same!(db, Thing.name.substr(2, 5), "substr(name, 2, 5)");
    same!(db, Thing.name.substr_from(-1), "substr(name, -1)");
    same!(db, Thing.name.ord(), "ascii(name)");
    same!(db, (Thing.name.length() + 65).chr(), "chr(length(name) + 65)");
}

#[tokio::test]
async fn digests() {
    let db = &database().await;
    same!(db, Thing.name.md5(), "md5(name)");
    same!(db, Thing.nick.md5(), "md5(nick)");
    same!(db, Thing.name.sha224(), "encode(sha224(convert_to(name, 'UTF8')), 'hex')");
    same!(db, Thing.nick.sha256(), "encode(sha256(convert_to(nick, 'UTF8')), 'hex')");
    same!(db, Thing.name.sha384(), "encode(sha384(convert_to(name, 'UTF8')), 'hex')");
    same!(db, Thing.name.sha512(), "encode(sha512(convert_to(name, 'UTF8')), 'hex')");
    // The digest of "abc" in FIPS 180-2, appendix B.1.
    let abc = Thing::objects().filter(Thing.id.eq(1)).values(value("abc").sha256()).one(db).await.unwrap();
    assert_eq!(abc, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[tokio::test]
async fn the_order_is_a_collations() {
    let db = &database().await;
    same!(db, Thing.nick.collate(ByCodePoint), "nick COLLATE \"C\"");
    let query = Thing::objects().order_by(Thing.name.collate(ByCodePoint)).values(Thing.id);
    assert_eq!(query.all(db).await.unwrap(), [2, 4, 1, 3]);
}

#[tokio::test]
async fn texts_are_joined() {
    let db = &database().await;
    same!(db, concat((Thing.name, Thing.nick)), "concat(name, nick)");
    same!(db, concat(("«", Thing.nick, "»")), "concat('«', nick, '»')");
    same!(db, concat_ws(", ", (Thing.name, Thing.nick, "x")), "concat_ws(', ', name, nick, 'x')");
    same!(db, concat_ws(Thing.nick, (Thing.name, "x")), "concat_ws(nick, name, 'x')");
    same!(
        db,
        concat((Thing.name, Thing.nick, Thing.owner.zone, Thing.int.cast::<String>())),
        "concat(t.name, nick, o.zone, int)"
    );
}

#[tokio::test]
async fn patterns() {
    let db = &database().await;
    assert_eq!(ids!(db, Thing.name.regex("^R.st")), [1]);
    assert_eq!(ids!(db, Thing.name.iregex("rust|ÜNÏ")), [1, 3, 4]);
    assert_eq!(ids!(db, !Thing.nick.regex("^r")), [2, 3, 4]);
    assert_eq!(ids!(db, Thing.name.regex("")), [1, 2, 3, 4]);
    assert_eq!(ids!(db, Thing.name.like("R_st%")), [1]);
    assert_eq!(ids!(db, Thing.name.ilike("%RUST%")), [1, 4]);
    assert_eq!(ids!(db, Thing.name.like(Thing.name)), [1, 2, 3, 4]);
    assert_eq!(ids!(db, Thing.name.contains("100%_\\")), [3]);
    assert_eq!(ids!(db, Thing.nick.contains(String::from("us"))), [1]);
    assert_eq!(ids!(db, Thing.name.lower().startswith("rust")), [1]);
    assert_eq!(ids!(db, Thing.name.trim().length().gt(20)), [4]);
    assert_eq!(ids!(db, Thing.name.lower().trim().iendswith("RUST")), [4]);
    assert_eq!(status!(db, Thing.name.regex("(")), 422);
    assert_eq!(status!(db, Thing.name.substr(1, -1)), 422);
    assert_eq!(status!(db, Thing.small.cast::<i32>().chr()), 422);
}

#[tokio::test]
async fn null_is_told_apart() {
    let db = &database().await;
    same!(db, Thing.nick.is_distinct_from("rusty"), "nick IS DISTINCT FROM 'rusty'");
    same!(db, Thing.nick.is_not_distinct_from(Thing.name), "nick IS NOT DISTINCT FROM name");
    same!(
        db,
        (Thing.flag & Thing.int.gt(0)).is_distinct_from(!Thing.flag & Thing.int.lt(0)),
        "(flag AND int > 0) IS DISTINCT FROM (NOT flag AND int < 0)"
    );
    same!(db, Thing.nick.is_null(), "nick IS NULL");
    assert_eq!(ids!(db, !Thing.nick.is_distinct_from("rusty")), [1]);
    assert_eq!(ids!(db, Thing.maybe_int.is_distinct_from(Thing.int)), [1, 2, 4]);
}

#[tokio::test]
async fn extensions() {
    let db = &database().await;
    db.execute_batch("CREATE EXTENSION unaccent; CREATE EXTENSION pg_trgm").await.unwrap();
    same!(db, Thing.name.unaccent(), "unaccent(name)");
    same!(db, Thing.nick.unaccent(), "unaccent(nick)");
    assert_eq!(ids!(db, Thing.name.unaccent().icontains("uni code")), [3]);
    same!(db, Thing.name.trigram_similarity("Rust garden"), "similarity(name, 'Rust garden')");
    same!(db, Thing.nick.trigram_similarity(Thing.name), "similarity(nick, name)");
    same!(db, Thing.name.trigram_word_similarity("gardn"), "word_similarity('gardn', name)");
    same!(db, Thing.nick.trigram_word_similarity("rus"), "word_similarity('rus', nick)");
    same!(db, Thing.name.trigram_strict_word_similarity("gardn"), "strict_word_similarity('gardn', name)");
    same!(db, Thing.name.trigram_distance("Rust"), "name <-> 'Rust'");
    same!(db, Thing.name.trigram_word_distance("gardn"), "name <->> 'gardn'");
    same!(db, Thing.name.trigram_strict_word_distance("gardn"), "name <->>> 'gardn'");
    assert_eq!(ids!(db, Thing.name.trigram_similar("Rust in a garden")), [1]);
    assert_eq!(ids!(db, Thing.name.trigram_word_similar("gardn")), [1]);
    assert_eq!(ids!(db, Thing.name.trigram_strict_word_similar("gardem")), [1]);
    assert_eq!(ids!(db, !Thing.nick.trigram_similar("rusty")), [2, 3, 4]);
}
