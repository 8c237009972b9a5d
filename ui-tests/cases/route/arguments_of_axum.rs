// A path parameter and a part of the application as axum and actix have them.
use hyperdjango::prelude::*;

#[get("/posts/{id}")]
async fn show(Path(id): Path<i64>, State(db): State<Db>) {
    let _ = (id, db);
}

#[get("/users/{user}/posts/{id}")]
async fn of_user(Path((user, id)): Path<(i64, i64)>) {
    let _ = (user, id);
}

fn main() {}
