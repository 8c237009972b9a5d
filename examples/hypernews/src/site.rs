//! The application: its routes, its tables, and what its handlers take by reference.

use hyperdjango::health;
use hyperdjango::middleware::{Compression, ConditionalGet, PageCache, RequestIds, SecurityHeaders, Timing};
use hyperdjango::prelude::*;

use crate::accounts::Accounts;
use crate::models::{Comment, Post, User, Vote};
use crate::seed::Size;
use crate::{api, benchmarks, data, pages};

routes! {
    /// The listings, which are kept for visitors who are not logged in.
    pub Listings:
        pages::listing::front,
        pages::listing::new,
        pages::listing::rising,
        pages::listing::top,
        pages::listing::controversial,
}

routes! {
    pub Urls:
        pages::post::show,
        pages::post::vote,
        pages::post::answer,
        pages::comment::show_comment,
        pages::comment::answer_comment,
        pages::user::posts_of,
        pages::user::comments_of,
        pages::submit::submit_form,
        pages::submit::submit,
        pages::search::search,
        pages::account::log_in_form,
        pages::account::log_in,
        pages::account::sign_up_form,
        pages::account::sign_up,
        pages::account::log_out,
        pages::asset::stylesheet,
        pages::asset::icon,
        mount(
            "/",
            Listings,
            middleware = [pages::kept::as_written, PageCache::start(settings).await?.seconds(10)]
        ),
        mount("/api/v1", api::Urls),
        mount("/", health::Urls),
}

/// hypernews.
#[derive(App)]
#[app(
    routes = Urls,
    models = [User, Post, Comment, Vote],
    middleware = [RequestIds, SecurityHeaders, Timing, Compression, ConditionalGet],
    on_error = pages::failure::failed,
    setup = load,
    benchmarks = [
        benchmarks::front_page,
        benchmarks::far_down,
        benchmarks::one_author,
        benchmarks::top_thread,
        benchmarks::search,
    ]
)]
pub struct Site {
    db: Db,
    accounts: Accounts,
}

/// Fills an empty database with the made-up community: 1,000 people, 50,000 posts, 250,000 comments, 200,000 votes.
async fn load(site: &Site) -> Result<()> {
    data::load_if_empty(&site.db, Size::FULL).await
}
