// What the cases of routes and applications do, done right.
use hyperdjango::prelude::*;

mod api {
    use hyperdjango::prelude::*;

    #[get("/")]
    pub async fn root() -> &'static str {
        "api"
    }

    #[delete("/users/{user}/keys/{key}", boxed)]
    pub async fn remove(key: String, user: u64) -> Result<()> {
        if user == 0 { Err(Error::not_found(key)) } else { Ok(()) }
    }

    routes! { pub Urls: root, remove }
}

#[derive(serde::Deserialize)]
#[serde(crate = "hyperdjango::serde")]
pub struct NewPost {
    pub title: String,
}

pub struct Mailer;

impl Component for Mailer {
    async fn start(_: &Settings) -> Result<Self> {
        Ok(Self)
    }
}

/// A literal is stronger than a parameter: no conflict.
#[get("/posts/new")]
async fn new() {}

#[get("/posts/{id}")]
async fn show(id: i64, db: &Db) -> Result<Text<String>> {
    db.execute_batch("SELECT 1").await?;
    Ok(Text(show::url(id).to_string()))
}

#[post("/posts")]
async fn create(mailer: &Mailer, Form(post): Form<NewPost>, who: Option<Cookies>) -> (StatusCode, String) {
    let _ = (mailer, who);
    (StatusCode::CREATED, post.title)
}

#[get("/files/{*path}")]
async fn file(path: String) -> Redirect {
    Redirect::to(api::remove::url(7, &path))
}

routes! { pub Urls: new, show, create, file, mount("/api", api::Urls) }

#[derive(App)]
#[app(routes = Urls)]
pub struct Site {
    db: Db,
    mailer: Mailer,
}

fn main() {
    let _ = manage::<Site>;
}
