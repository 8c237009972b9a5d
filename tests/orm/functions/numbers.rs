//! Functions of numbers.

use hyperdjango::orm::functions::{pi, random};
use hyperdjango::prelude::*;

use super::{Thing, database, ids, same, status};

#[tokio::test]
async fn signs_and_rounding() {
    let db = &database().await;
    same!(db, Thing.real.abs(), "abs(real)");
    same!(db, Thing.maybe_int.abs(), "abs(maybe_int)");
    same!(db, Thing.double.ceil(), "ceil(double)");
    same!(db, Thing.real.floor(), "floor(real)");
    same!(db, Thing.small.ceil(), "ceil(small)");
    same!(db, Thing.double.round(), "round(double)");
    same!(db, Thing.real.round_to(1), "round(real::numeric, 1)::double precision");
    same!(
        db,
        Thing.maybe_double.round_to(Thing.maybe_int),
        "round(maybe_double::numeric, maybe_int)::float8"
    );
    same!(db, Thing.big.round_to(-3), "round(big::numeric, -3)::float8");
    same!(db, Thing.real.sign(), "sign(real)");
    same!(db, Thing.maybe_int.sign(), "sign(maybe_int)");
    assert_eq!(status!(db, Thing.int.abs()), 422);
    assert_eq!(status!(db, Thing.big.abs()), 422);
}

#[tokio::test]
async fn remainders() {
    let db = &database().await;
    same!(db, Thing.int.modulo(7), "mod(int, 7)");
    same!(db, Thing.small.modulo(-2), "mod(small, -2::smallint)");
    same!(db, Thing.big.modulo(1000), "mod(big, 1000)");
    same!(db, Thing.maybe_int.modulo(3), "mod(maybe_int, 3)");
    same!(db, Thing.int % 7, "int % 7");
    assert_eq!(status!(db, Thing.int.modulo(Thing.maybe_int)), 422);
}

#[tokio::test]
async fn roots_and_logarithms() {
    let db = &database().await;
    same!(db, Thing.double.sqrt(), "sqrt(double)");
    same!(db, Thing.maybe_int.sqrt(), "sqrt(maybe_int)");
    same!(db, Thing.double.exp(), "exp(double)");
    same!(db, (Thing.double + 1.0).ln(), "ln(double + 1)");
    same!(db, (Thing.double + 1.0).log(10.0), "log(10, (double + 1)::numeric)::float8");
    same!(db, (Thing.maybe_double + 1.0).log(2.0), "log(2, (maybe_double + 1)::numeric)::float8");
    same!(db, Thing.int.power(2.0), "power(int::float8, 2)");
    same!(db, Thing.double.power(Thing.maybe_double), "power(double, maybe_double)");
    assert_eq!(status!(db, Thing.real.sqrt()), 422);
    assert_eq!(status!(db, Thing.double.ln()), 422);
    assert_eq!(status!(db, (Thing.double * 10_000.0).exp()), 422);
}

#[tokio::test]
async fn angles() {
    let db = &database().await;
    same!(db, Thing.real.sin(), "sin(real)");
    same!(db, Thing.int.cos(), "cos(int)");
    same!(db, Thing.maybe_double.tan(), "tan(maybe_double)");
    same!(db, (Thing.double + 1.0).cot(), "cot(double + 1)");
    same!(db, Thing.maybe_double.asin(), "asin(maybe_double)");
    same!(db, Thing.maybe_double.acos(), "acos(maybe_double)");
    same!(db, Thing.real.atan(), "atan(real)");
    same!(db, Thing.real.atan2(2.0), "atan2(real, 2)");
    same!(db, Thing.double.atan2(Thing.maybe_double), "atan2(double, maybe_double)");
    same!(db, Thing.double.degrees(), "degrees(double)");
    same!(db, Thing.int.radians(), "radians(int)");
    same!(db, Thing.double * pi(), "double * pi()");
    assert_eq!(status!(db, Thing.real.asin()), 422);
}

#[tokio::test]
async fn arithmetic_is_null_when_an_operand_is() {
    let db = &database().await;
    same!(db, Thing.double + Thing.maybe_double, "double + maybe_double");
    same!(db, Thing.maybe_double * 2.0, "maybe_double * 2");
    same!(db, Thing.maybe_int / 3, "maybe_int / 3");
    same!(db, Thing.owner.age - 1, "o.age - 1");
    assert_eq!(status!(db, Thing.big + 1), 422);
}

#[tokio::test]
async fn each_row_has_a_random_number() {
    let db = &database().await;
    let numbers = Thing::objects().order_by(random()).values(random()).all(db).await.unwrap();
    assert!(numbers.iter().all(|number: &f64| (0.0..1.0).contains(number)), "{numbers:?}");
    assert!(numbers[0] != numbers[1] || numbers[1] != numbers[2], "{numbers:?}");
    assert_eq!(ids!(db, random().lt(1.0)), [1, 2, 3, 4]);
}
