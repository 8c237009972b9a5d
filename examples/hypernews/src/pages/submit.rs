//! Submitting a post.

use hyperdjango::prelude::*;

use super::{Sent, chrome, wrong};
use crate::accounts::Accounts;
use crate::views::{Errors, PostForm, SubmitPage};
use crate::{data, links};

/// Shows the form. Who is not logged in learns from it that this comes first.
#[get("/submit")]
pub async fn submit_form(
    cookies: Cookies,
    uri: Uri,
    db: &Db,
    accounts: &Accounts,
) -> Result<Html<SubmitPage>> {
    let reader = accounts.reader(db, &cookies).await?;
    let chrome = chrome(reader.as_ref(), None, &uri);
    Ok(Html(SubmitPage { chrome, form: PostForm::default(), errors: Errors::none() }))
}

/// Adds a post.
#[post("/submit")]
pub async fn submit(
    form: Form<PostForm>,
    cookies: Cookies,
    uri: Uri,
    db: &Db,
    accounts: &Accounts,
) -> Result<Sent<SubmitPage>> {
    let Form(form) = form;
    let Some(reader) = accounts.reader(db, &cookies).await? else {
        return Ok(Sent::On(links::log_in(links::SUBMIT)));
    };
    match data::submit(db, &reader, &form).await {
        Ok(post) => Ok(Sent::On(links::post(post.id))),
        Err(error) => {
            let errors = wrong(error)?;
            Ok(Sent::Again(SubmitPage { chrome: chrome(Some(&reader), None, &uri), form, errors }))
        }
    }
}
