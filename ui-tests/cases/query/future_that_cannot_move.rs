// A transaction in a task that holds what cannot move to another thread.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: Db) {
    let _ = User.id;
    let task = async move {
        let seen = std::rc::Rc::new(1);
        let posts = Post::objects().all(&db).await;
        drop((posts, seen));
    };
    hyperdjango::tokio::spawn(task);
}

fn main() {}
