//! The front page and the other listings.

use hyperdjango::prelude::*;

use super::{After, chrome, next};
use crate::accounts::Accounts;
use crate::views::{ListingPage, Tab};
use crate::{data, links};

macro_rules! listings {
    ($($(#[$doc:meta])* $name:ident, $path:literal, $tab:ident;)+) => {$(
        $(#[$doc])*
        #[get($path)]
        pub async fn $name(
            page: Query<After>,
            cookies: Cookies,
            uri: Uri,
            db: &Db,
            accounts: &Accounts,
        ) -> Result<Html<ListingPage>> {
            listing(Tab::$tab, page, cookies, uri, db, accounts).await
        }
    )+};
}

listings! {
    /// Shows posts by votes and age.
    front, "/", Hot;
    /// Shows the latest posts.
    new, "/new", New;
    /// Shows posts that gain votes.
    rising, "/rising", Rising;
    /// Shows the posts with the highest scores.
    top, "/top", Top;
    /// Shows the posts people disagree about.
    controversial, "/controversial", Controversial;
}

async fn listing(
    tab: Tab,
    Query(page): Query<After>,
    cookies: Cookies,
    uri: Uri,
    db: &Db,
    accounts: &Accounts,
) -> Result<Html<ListingPage>> {
    let reader = accounts.reader(db, &cookies).await?;
    let posts = data::listing(db, tab, page.after).await?;
    let posts = data::posts_for(db, reader.as_ref(), posts).await?;
    let more = next(&posts).map(|after| links::listing(tab, Some(&after)));
    Ok(Html(ListingPage { chrome: chrome(reader.as_ref(), Some(tab), &uri), tab, posts, more }))
}
