//! Window functions.

use hyperdjango::orm::functions::window::{
    CurrentRow, ExcludeCurrentRow, ExcludeGroup, ExcludeTies, UnboundedFollowing, UnboundedPreceding, avg,
    count, count_all, cume_dist, dense_rank, first_value, following, lag, lag_by, lag_or, last_value, lead,
    lead_by, lead_or, max, min, nth_value, ntile, percent_rank, preceding, rank, row_number, sum, window,
};
use hyperdjango::prelude::*;

use super::{Thing, database, same, status};

#[tokio::test]
async fn places() {
    let db = &database().await;
    same!(db, window(row_number()).order_by(Thing.int.desc()), "row_number() OVER (ORDER BY int DESC)");
    same!(db, window(rank()).order_by(Thing.flag), "rank() OVER (ORDER BY flag)");
    same!(db, window(dense_rank()).order_by(Thing.flag), "dense_rank() OVER (ORDER BY flag)");
    same!(db, window(percent_rank()).order_by(Thing.flag), "percent_rank() OVER (ORDER BY flag)");
    same!(db, window(cume_dist()).order_by(Thing.flag), "cume_dist() OVER (ORDER BY flag)");
    same!(db, window(ntile(3)).order_by(Thing.id), "ntile(3) OVER (ORDER BY t.id)");
    same!(
        db,
        window(rank())
            .partition_by((Thing.flag, Thing.owner.zone))
            .order_by((Thing.int, Thing.nick.desc().nulls_last())),
        "rank() OVER (PARTITION BY flag, o.zone ORDER BY int, nick DESC NULLS LAST)"
    );
    assert_eq!(status!(db, window(ntile(0))), 422);
}

#[tokio::test]
async fn neighbours() {
    let db = &database().await;
    same!(db, window(lag(Thing.name)).order_by(Thing.id), "lag(name) OVER (ORDER BY t.id)");
    same!(db, window(lag_by(Thing.nick, 2)).order_by(Thing.id), "lag(nick, 2) OVER (ORDER BY t.id)");
    same!(db, window(lag_or(Thing.int, 1, -1)).order_by(Thing.id), "lag(int, 1, -1) OVER (ORDER BY t.id)");
    same!(db, window(lead(Thing.maybe_int)).order_by(Thing.id), "lead(maybe_int) OVER (ORDER BY t.id)");
    same!(db, window(lead_by(Thing.day, 3)).order_by(Thing.id), "lead(day, 3) OVER (ORDER BY t.id)");
    same!(
        db,
        window(lead_or(Thing.nick, 1, "end")).order_by(Thing.id),
        "lead(nick, 1, 'end') OVER (ORDER BY t.id)"
    );
    same!(db, window(first_value(Thing.name)).order_by(Thing.id), "first_value(name) OVER (ORDER BY t.id)");
    same!(
        db,
        window(last_value(Thing.nick)).order_by(Thing.id).rows_between(CurrentRow, UnboundedFollowing),
        "last_value(nick) OVER (ORDER BY t.id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)"
    );
    same!(db, window(nth_value(Thing.int, 2)).order_by(Thing.id), "nth_value(int, 2) OVER (ORDER BY t.id)");
}

#[tokio::test]
async fn aggregates() {
    let db = &database().await;
    same!(db, window(sum(Thing.small)), "sum(small) OVER ()");
    same!(db, window(sum(Thing.int)).order_by(Thing.id), "sum(int) OVER (ORDER BY t.id)");
    same!(db, window(sum(Thing.id)), "(sum(t.id) OVER ())::bigint");
    same!(db, window(sum(Thing.real)).partition_by(Thing.flag), "sum(real) OVER (PARTITION BY flag)");
    same!(db, window(sum(Thing.maybe_double)), "sum(maybe_double) OVER ()");
    same!(db, window(avg(Thing.small)), "(avg(small) OVER ())::float8");
    same!(db, window(avg(Thing.double)).order_by(Thing.id), "avg(double) OVER (ORDER BY t.id)");
    same!(db, window(avg(Thing.maybe_int)), "(avg(maybe_int) OVER ())::float8");
    same!(db, window(min(Thing.name)), "min(name) OVER ()");
    same!(db, window(max(Thing.maybe_at)).partition_by(Thing.flag), "max(maybe_at) OVER (PARTITION BY flag)");
    same!(db, window(count(Thing.nick)), "count(nick) OVER ()");
    same!(db, window(count_all()).partition_by(Thing.flag), "count(*) OVER (PARTITION BY flag)");
    same!(db, window(sum(Thing.small.cast::<i32>() * 2)), "sum(small::int * 2) OVER ()");
}

#[tokio::test]
async fn frames() {
    let db = &database().await;
    same!(
        db,
        window(sum(Thing.small)).order_by(Thing.id).rows_between(preceding(1), CurrentRow),
        "sum(small) OVER (ORDER BY t.id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)"
    );
    // Nothing is left for the last rows.
    same!(
        db,
        window(sum(Thing.small)).order_by(Thing.id).rows_between(following(2), following(3)),
        "sum(small) OVER (ORDER BY t.id ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING)"
    );
    same!(
        db,
        window(count_all()).order_by(Thing.small).range_between(preceding(5_i32), following(5_i32)),
        "count(*) OVER (ORDER BY small RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING)"
    );
    same!(
        db,
        window(max(Thing.int)).order_by(Thing.flag).groups_between(UnboundedPreceding, preceding(1)),
        "max(int) OVER (ORDER BY flag GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    );
    let everything =
        || window(count_all()).order_by(Thing.flag).rows_between(UnboundedPreceding, UnboundedFollowing);
    same!(
        db,
        everything().excluding(ExcludeCurrentRow),
        "count(*) OVER (ORDER BY flag ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW)"
    );
    same!(
        db,
        everything().excluding(ExcludeGroup),
        "count(*) OVER (ORDER BY flag ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE GROUP)"
    );
    same!(
        db,
        everything().excluding(ExcludeTies),
        "count(*) OVER (ORDER BY flag ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES)"
    );
    assert_eq!(status!(db, window(sum(Thing.small)).rows_between(preceding(-1), CurrentRow)), 422);
}

#[tokio::test]
async fn windows_are_computed_with_and_ordered_by() {
    let db = &database().await;
    same!(
        db,
        window(lag(Thing.int)).order_by(Thing.id).with(|before| coalesce((before, 0))),
        "coalesce(lag(int) OVER (ORDER BY t.id), 0)"
    );
    same!(
        db,
        window(avg(Thing.double)).with(|average| Thing.double - average),
        "double - avg(double) OVER ()"
    );
    same!(db, window(rank()).order_by(Thing.int).eq(1), "rank() OVER (ORDER BY int) = 1");
    let place = window(row_number()).order_by(Thing.int.desc());
    let query = Thing::objects().order_by(place.desc()).values((Thing.id, place)).limit(2);
    assert_eq!(query.all(db).await.unwrap(), [(2, 4), (4, 3)]);
    let json = Thing::objects().order_by(place).values((Thing.id, place)).limit(1).json(db).await.unwrap();
    assert_eq!(json.as_ref(), br#"[{"id":3,"row_number":1}]"#);
}

sql_function! {
    /// All of the texts.
    pub(crate) window fn string_agg(texts: String, separator: String) -> String;
    window fn bool_and(all: bool) -> bool;
}

#[tokio::test]
async fn functions_of_ones_own_over_windows() {
    let db = &database().await;
    same!(
        db,
        window(string_agg(Thing.name, "|")).order_by(Thing.id),
        "string_agg(name, '|') OVER (ORDER BY t.id)"
    );
    same!(
        db,
        window(string_agg(Thing.nick, "|")).order_by(Thing.id),
        "string_agg(nick, '|') OVER (ORDER BY t.id)"
    );
    same!(
        db,
        window(bool_and(Thing.flag)).order_by(Thing.id).rows_between(following(1), following(1)),
        "bool_and(flag) OVER (ORDER BY t.id ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING)"
    );
}
