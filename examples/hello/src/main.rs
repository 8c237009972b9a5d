//! The smallest application: `cargo run -p hello`, then `curl localhost:8000/hello/world`.

use hyperdjango::prelude::*;
use serde::Serialize;

/// What `/json` answers.
#[derive(Serialize)]
pub struct Message {
    message: &'static str,
}

/// Greets the world.
#[get("/")]
async fn index() -> &'static str {
    "Hello, World!"
}

/// Greets whoever is named.
#[get("/hello/{name}")]
async fn hello(name: String) -> Text<String> {
    Text(format!("Hello, {name}!"))
}

/// Greets programs.
#[get("/json")]
async fn json() -> Json<Message> {
    Json(Message { message: "Hello, World!" })
}

routes! { pub Urls: index, hello, json }

/// The application: nothing but its routes.
#[derive(App)]
#[app(routes = Urls)]
pub struct Site;

fn main() -> ExitCode {
    manage::<Site>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyperdjango::test::Client;

    #[hyperdjango::test]
    async fn everybody_is_greeted(client: Client<Site>) {
        assert_eq!(client.get(index::url()).await.expect(200).text(), "Hello, World!");
        assert_eq!(client.get(hello::url("Zoë")).await.expect(200).text(), "Hello, Zoë!");
        client.get(json::url()).await.expect(200).expect_text(r#"{"message":"Hello, World!"}"#);
        client.get("/nowhere").await.expect(404);
    }
}
