//! Logging in and out, and signing up.

use hyperdjango::prelude::*;

use super::{Sent, wrong};
use crate::accounts::Accounts;
use crate::links;
use crate::models::User;
use crate::views::{Chrome, Credentials, Errors, LogInPage, SignUpPage};

/// Where to go afterwards.
#[derive(Debug, serde::Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

impl Next {
    fn form(self) -> Credentials {
        Credentials { next: links::local(&self.next).to_owned(), ..Credentials::default() }
    }
}

/// What surrounds these forms: logging in from here leads to where the form leads, not back to the form.
fn chrome(reader: Option<&User>, form: &Credentials, uri: &Uri) -> Chrome {
    Chrome { path: links::local(&form.next).to_owned(), ..super::chrome(reader, None, uri) }
}

/// Shows the form to log in.
#[get("/login")]
pub async fn log_in_form(
    next: Query<Next>,
    cookies: Cookies,
    uri: Uri,
    db: &Db,
    accounts: &Accounts,
) -> Result<Html<LogInPage>> {
    let reader = accounts.reader(db, &cookies).await?;
    let form = next.0.form();
    Ok(Html(LogInPage { chrome: chrome(reader.as_ref(), &form, &uri), form, errors: Errors::none() }))
}

/// Logs in.
#[post("/login")]
pub async fn log_in(
    form: Form<Credentials>,
    uri: Uri,
    db: &Db,
    accounts: &Accounts,
) -> Result<Sent<LogInPage>> {
    let Form(form) = form;
    match accounts.log_in(db, form.name.trim(), &form.password).await? {
        Some(user) => Ok(Sent::With(links::local(&form.next).to_owned(), accounts.cookie(&user))),
        None => {
            let errors = Errors::none().with("", "The name or the password is not right.");
            Ok(Sent::Again(LogInPage { chrome: chrome(None, &form, &uri), form, errors }))
        }
    }
}

/// Shows the form to sign up.
#[get("/signup")]
pub async fn sign_up_form(
    next: Query<Next>,
    cookies: Cookies,
    uri: Uri,
    db: &Db,
    accounts: &Accounts,
) -> Result<Html<SignUpPage>> {
    let reader = accounts.reader(db, &cookies).await?;
    let form = next.0.form();
    Ok(Html(SignUpPage { chrome: chrome(reader.as_ref(), &form, &uri), form, errors: Errors::none() }))
}

/// Opens an account, and logs in with it.
#[post("/signup")]
pub async fn sign_up(
    form: Form<Credentials>,
    uri: Uri,
    db: &Db,
    accounts: &Accounts,
) -> Result<Sent<SignUpPage>> {
    let Form(form) = form;
    match accounts.sign_up(db, form.name.trim(), &form.password).await {
        Ok(user) => Ok(Sent::With(links::local(&form.next).to_owned(), accounts.cookie(&user))),
        Err(error) => {
            let errors = wrong(error)?;
            Ok(Sent::Again(SignUpPage { chrome: chrome(None, &form, &uri), form, errors }))
        }
    }
}

/// Logs out.
#[post("/logout")]
pub async fn log_out(accounts: &Accounts) -> Sent<LogInPage> {
    Sent::With(links::FRONT.to_owned(), accounts.no_cookie())
}
