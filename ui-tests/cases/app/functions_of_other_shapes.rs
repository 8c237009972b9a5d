// Set-ups and answers to errors that are not the functions an application calls.
use hyperdjango::prelude::*;

#[get("/")]
async fn index() {}

routes! { Urls: index }

fn not_async(site: &'static First) -> Result<()> {
    let _ = site;
    Ok(())
}

#[derive(App)]
#[app(routes = Urls, setup = not_async)]
pub struct First;

async fn no_result(site: &'static Second) {
    let _ = site;
}

#[derive(App)]
#[app(routes = Urls, setup = no_result)]
pub struct Second;

async fn no_site() -> Result<()> {
    Ok(())
}

#[derive(App)]
#[app(routes = Urls, setup = no_site)]
pub struct Third;

fn text(error: &Error, _: &Request) -> String {
    error.to_string()
}

#[derive(App)]
#[app(routes = Urls, on_error = text)]
pub struct Fourth;

fn main() {}
