// A template with the URL of a handler that no mounted set has, and one with a parameter of another type.
use hyperdjango::prelude::*;
use sailfish::TemplateSimple;

#[get("/drafts")]
async fn drafts() {}

#[get("/posts/{id}")]
async fn show(id: i64) -> String {
    id.to_string()
}

#[derive(TemplateSimple)]
#[template(source = r#"<a href="<%= url!(drafts()) %>">drafts</a>"#)]
struct Unmounted;

#[derive(TemplateSimple)]
#[template(source = r#"<a href="<%= url!(show("seven")) %>">seven</a>"#)]
struct OtherType;

routes! { Urls: show }

#[derive(App)]
#[app(routes = Urls)]
struct Site;

fn main() {
    let _ = (manage::<Site>, Unmounted, OtherType);
}
