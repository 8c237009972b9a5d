//! Full-text search.

use hyperdjango::orm::functions::configs::{English, German};
use hyperdjango::orm::functions::{
    search_headline, search_headline_with, search_query, search_rank, search_rank_cd,
    search_rank_cd_weighted, search_rank_weighted, search_vector,
};
use hyperdjango::prelude::*;

use super::{Thing, by_hand, database, ids, same, status};

#[tokio::test]
async fn words_are_found() {
    let db = &database().await;
    let english = |words| search_query(words).config(English);
    let vector = || search_vector(Thing.name).config(English);
    assert_eq!(ids!(db, vector().matches(english("gardens"))), [1]);
    assert_eq!(ids!(db, vector().matches(english("rust recipe"))), [4]);
    assert_eq!(ids!(db, vector().matches(english("rust garden").phrase())), [0; 0]);
    assert_eq!(ids!(db, vector().matches(english("rust in the garden").phrase())), [1]);
    assert_eq!(ids!(db, vector().matches(english("rust -recipes \"garden\"").websearch())), [1]);
    assert_eq!(ids!(db, vector().matches(english("\"unclosed ( & !").websearch())), [0; 0]);
    assert_eq!(ids!(db, vector().matches(english("gard:* | recip:*").raw())), [1, 4]);
    assert_eq!(ids!(db, vector().matches(english("garden") | english("recipe"))), [1, 4]);
    assert_eq!(ids!(db, vector().matches(english("rust") & !english("recipe"))), [1]);
    assert_eq!(ids!(db, vector().matches(english("the"))), [0; 0]);
    assert_eq!(ids!(db, !vector().matches(english("rust"))), [2, 3]);
    assert_eq!(
        ids!(db, search_vector(Thing.name).config(German).matches(search_query("çödé").config(German))),
        [3]
    );
    assert_eq!(ids!(db, Thing.name.search("garden")), [1]);
    assert_eq!(status!(db, vector().matches(english("a & (").raw())), 500);
    assert_eq!(ids!(db, Thing.nick.search("rusty")), [1]);
    assert_eq!(ids!(db, !Thing.nick.search("rusty")), [2, 3, 4]);
    // A query that is a column, and can be NULL.
    assert_eq!(ids!(db, vector().matches(search_query(Thing.nick).config(English))), [0; 0]);
    assert_eq!(ids!(db, !vector().matches(search_query(Thing.nick).config(English))), [1, 2, 3, 4]);
}

#[tokio::test]
async fn ranks() {
    let db = &database().await;
    let query = || search_query("rust").config(English);
    let both = || search_vector((Thing.name.weight_a(), Thing.nick.weight_d())).config(English);
    same!(
        db,
        search_rank(search_vector(Thing.name).config(English), query()),
        "ts_rank(to_tsvector('english', name), plainto_tsquery('english', 'rust'))"
    );
    same!(
        db,
        search_rank(both(), query()),
        "ts_rank(setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('english', coalesce(nick, '')), 'D'), plainto_tsquery('english', 'rust'))"
    );
    same!(
        db,
        search_rank_weighted([0.5, 0.5, 0.5, 0.1], both(), query(), 32),
        "ts_rank('{0.5, 0.5, 0.5, 0.1}', setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('english', coalesce(nick, '')), 'D'), plainto_tsquery('english', 'rust'), 32)"
    );
    same!(
        db,
        search_rank_cd(search_vector((Thing.name, Thing.nick)).config(English), query()),
        "ts_rank_cd(to_tsvector('english', name) || to_tsvector('english', coalesce(nick, '')), plainto_tsquery('english', 'rust'))"
    );
    same!(
        db,
        search_rank_cd_weighted(
            [0.1, 0.2, 0.4, 1.0],
            search_vector(Thing.name.weight_b()).config(English),
            query(),
            1
        ),
        "ts_rank_cd('{0.1, 0.2, 0.4, 1}', setweight(to_tsvector('english', name), 'B'), plainto_tsquery('english', 'rust'), 1)"
    );
    same!(
        db,
        search_rank(search_vector(Thing.name), search_query(Thing.nick)),
        "ts_rank(to_tsvector(name), plainto_tsquery(nick))"
    );
    let best = Thing::objects()
        .order_by((search_rank(both(), query()).desc(), Thing.id))
        .values(Thing.id)
        .first(db)
        .await
        .unwrap();
    assert_eq!(best, Some(4));
}

#[tokio::test]
async fn headlines() {
    let db = &database().await;
    same!(
        db,
        search_headline(Thing.name, search_query("rust")),
        "ts_headline(name, plainto_tsquery('rust'))"
    );
    same!(
        db,
        search_headline_with(
            English,
            Thing.nick,
            search_query("rusty").config(English),
            "StartSel=[, StopSel=]"
        ),
        "ts_headline('english', nick, plainto_tsquery('english', 'rusty'), 'StartSel=[, StopSel=]')"
    );
}

#[tokio::test]
async fn an_index_on_the_same_text_is_used() {
    let db = &database().await;
    db.execute_batch(
        "CREATE INDEX ON things USING gin (to_tsvector('english', name));
         INSERT INTO things (name, small, int, big, real, double, flag, at, day, data)
         SELECT 'number ' || n, 1, 1, 1, 1, 1, true, now(), now(), '{}' FROM generate_series(1, 5000) n;
         ANALYZE things;",
    )
    .await
    .unwrap();
    let found = search_vector(Thing.name).config(English).matches(search_query("garden").config(English));
    let sql = Thing::objects().filter(found).count_sql().replace("$1", "'garden'");
    let plan = explain(db, &sql).await;
    assert!(plan.contains("Bitmap Index Scan"), "{plan}");
}

async fn explain(db: &Db, sql: &str) -> String {
    let text: &'static str = Box::leak(format!("EXPLAIN {sql}").into_boxed_str());
    by_hand::<String>(db, text).await.join("\n")
}
