//! What one person posted and said.

use hyperdjango::prelude::*;

use super::{After, chrome, next};
use crate::accounts::Accounts;
use crate::data::PAGE;
use crate::models::{Comment, Post};
use crate::views::{Profile, UserPage, UserTab};
use crate::{data, links};

/// Shows somebody's posts.
#[get("/users/{name}")]
pub async fn posts_of(
    name: String,
    page: Query<After>,
    cookies: Cookies,
    uri: Uri,
    db: &Db,
    accounts: &Accounts,
) -> Result<Html<UserPage>> {
    profile(name, UserTab::Posts, page, cookies, uri, db, accounts).await
}

/// Shows somebody's comments.
#[get("/users/{name}/comments")]
pub async fn comments_of(
    name: String,
    page: Query<After>,
    cookies: Cookies,
    uri: Uri,
    db: &Db,
    accounts: &Accounts,
) -> Result<Html<UserPage>> {
    profile(name, UserTab::Comments, page, cookies, uri, db, accounts).await
}

async fn profile(
    name: String,
    tab: UserTab,
    Query(page): Query<After>,
    cookies: Cookies,
    uri: Uri,
    db: &Db,
    accounts: &Accounts,
) -> Result<Html<UserPage>> {
    let user = data::by_name(db, &name).await?;
    let reader = accounts.reader(db, &cookies).await?;
    let (mut posts, mut remarks) = (Vec::new(), Vec::new());
    let more = match tab {
        UserTab::Posts => {
            let found = data::by_author(db, &user, page.after).await?;
            posts = data::posts_for(db, reader.as_ref(), found).await?;
            next(&posts)
        }
        UserTab::Comments => {
            remarks = data::remarks(db, &user, page.after).await?;
            remarks.last().filter(|_| remarks.len() as u64 == PAGE).map(|last| last.id.to_string())
        }
    };
    let profile = Profile {
        karma: user.karma,
        joined: user.joined,
        about: user.about.clone(),
        posts: Post::objects().filter(Post.author.eq(&user)).count(db).await?.cast_signed(),
        comments: Comment::objects().filter(Comment.author.eq(&user)).count(db).await?.cast_signed(),
        name: user.name,
    };
    let more = more.map(|after| links::user(&profile.name, tab, Some(&after)));
    Ok(Html(UserPage { chrome: chrome(reader.as_ref(), None, &uri), profile, tab, posts, remarks, more }))
}
