//! Writes every page, filled from the made-up community, to `target/preview/` to be looked at without a server:
//! `cargo run -p hypernews --example preview`.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use hypernews::links;
use hypernews::seed::{Seed, SeedPost, Size, instant};
use hypernews::thread::{CommentRow, Order, lay_out};
use hypernews::views::CommentPage;
use hypernews::views::{
    Chrome, Credentials, CurrentUser, Errors, FailurePage, ListingPage, LogInPage, PostForm, PostPage,
    PostRow, Profile, Remark, ReplyForm, SearchPage, SignUpPage, SubmitPage, Tab, UserPage, UserTab,
};
use jiff::Timestamp;
use sailfish::TemplateSimple;

struct Preview {
    seed: Seed,
    now: Timestamp,
    to: PathBuf,
}

fn main() -> Result<(), Box<dyn Error>> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let to = package.join("../../target/preview");
    fs::create_dir_all(&to)?;
    let preview = Preview { seed: Seed::generate(Size::FULL), now: "2026-11-18T16:00:00Z".parse()?, to };
    for file in ["hypernews.css", "icon.svg"] {
        fs::copy(package.join("static").join(file), preview.to.join(file))?;
    }
    preview.listings()?;
    preview.posts()?;
    preview.users()?;
    preview.forms()?;
    println!("{}", preview.to.canonicalize()?.display());
    Ok(())
}

impl Preview {
    fn write(&self, name: &str, page: impl TemplateSimple) -> Result<(), Box<dyn Error>> {
        let html = page.render_once()?.replace("\"/static/", "\"");
        Ok(fs::write(self.to.join(name).with_extension("html"), html)?)
    }

    fn chrome(&self, tab: Option<Tab>, logged_in: bool) -> Chrome {
        let user = logged_in
            .then(|| CurrentUser { name: self.seed.users[6].name.clone(), karma: self.seed.users[6].karma });
        Chrome { user, tab, path: "/".into(), now: self.now }
    }

    fn row(&self, post: &SeedPost) -> PostRow {
        PostRow {
            id: post.id,
            title: post.title.clone(),
            url: post.url.clone(),
            author: self.name(post.author),
            score: post.score(),
            comments: i64::from(post.comments),
            created: instant(post.age, self.now),
            voted: match post.id % 7 {
                0 => Some(true),
                3 => Some(false),
                _ => None,
            },
        }
    }

    fn name(&self, id: i64) -> String {
        self.seed.users[id as usize - 1].name.clone()
    }

    fn listings(&self) -> Result<(), Box<dyn Error>> {
        let ranks = self.seed.ranks(self.now);
        for tab in Tab::ALL {
            let mut order: Vec<&SeedPost> = self.seed.posts.iter().collect();
            let key = |post: &SeedPost| {
                let rank = ranks[post.id as usize - 1];
                match tab {
                    Tab::Hot => rank.hot,
                    Tab::New => post.id as f64,
                    Tab::Top => post.score() as f64,
                    Tab::Controversial => rank.controversy,
                    Tab::Rising => rank.rising,
                }
            };
            order.sort_by(|a, b| key(b).total_cmp(&key(a)));
            let posts = order.iter().take(30).map(|post| self.row(post)).collect();
            let more = Some(links::listing(tab, Some("cursor")));
            self.write(
                tab.slug(),
                ListingPage { chrome: self.chrome(Some(tab), tab != Tab::New), tab, posts, more },
            )?;
        }
        let chrome = self.chrome(Some(Tab::New), false);
        self.write("empty", ListingPage { chrome, tab: Tab::New, posts: vec![], more: None })?;
        let found: Vec<PostRow> = self
            .seed
            .posts
            .iter()
            .rev()
            .filter(|p| p.title.contains("salt"))
            .take(20)
            .map(|p| self.row(p))
            .collect();
        let search = |query: &str, posts: Vec<PostRow>| SearchPage {
            chrome: self.chrome(None, false),
            query: query.into(),
            total: Some(posts.len() as i64),
            posts,
            more: None,
        };
        self.write("search", search("salt", found))?;
        self.write("search-none", search("<script>alert(1)</script> & \"x\"", vec![]))?;
        self.write("search-blank", search("", vec![]))
    }

    fn thread(&self, post: i64) -> Vec<CommentRow> {
        let rows = self.seed.comments.iter().filter(|comment| comment.post == post);
        rows.map(|comment| CommentRow {
            id: comment.id,
            parent: comment.parent,
            author: self.name(comment.author),
            body: comment.body.clone(),
            created: instant(comment.age, self.now),
        })
        .collect()
    }

    fn posts(&self) -> Result<(), Box<dyn Error>> {
        let mut depth: HashMap<i64, usize> = HashMap::new();
        let mut deepest = (0, 0);
        for comment in &self.seed.comments {
            let here = comment.parent.map_or(0, |parent| depth[&parent]) + 1;
            depth.insert(comment.id, here);
            if here > deepest.0 && self.seed.posts[comment.post as usize - 1].comments < 90 {
                deepest = (here, comment.post);
            }
        }
        let most = self.seed.posts.iter().max_by_key(|post| post.comments).map_or(1, |post| post.id);
        let text =
            self.seed.posts.iter().rev().find(|p| p.url.is_none() && p.comments > 8).map_or(1, |p| p.id);
        let silent = self.seed.posts.iter().rev().find(|p| p.comments == 0).map_or(1, |p| p.id);
        for (name, id) in [("deep", deepest.1), ("most", most), ("text", text), ("silent", silent)] {
            let post = &self.seed.posts[id as usize - 1];
            let page = PostPage {
                chrome: self.chrome(None, name != "silent"),
                post: self.row(post),
                body: post.body.clone(),
                comments: lay_out(self.thread(id), Order::default()),
                order: Order::default(),
                reply: ReplyForm::default(),
                errors: if name == "text" {
                    Errors::none().with("body", "Say something: the comment is empty.")
                } else {
                    Errors::none()
                },
            };
            self.write(&format!("post-{name}"), page)?;
        }
        let rows = self.thread(deepest.1);
        let id = rows.iter().find(|row| row.parent.is_some()).map_or(1, |row| row.id);
        let mut below = vec![id];
        let part = rows.into_iter().filter(|row| {
            let inside = row.id == id || row.parent.is_some_and(|parent| below.contains(&parent));
            if inside {
                below.push(row.id);
            }
            inside
        });
        let page = CommentPage {
            chrome: self.chrome(None, true),
            post_id: deepest.1,
            post_title: self.seed.posts[deepest.1 as usize - 1].title.clone(),
            id,
            comments: lay_out(part.collect(), Order::Oldest),
            reply: ReplyForm::default(),
            errors: Errors::none(),
        };
        self.write("comment", page)
    }

    fn users(&self) -> Result<(), Box<dyn Error>> {
        let user = self
            .seed
            .users
            .iter()
            .filter(|u| !u.about.is_empty())
            .max_by_key(|u| u.karma)
            .expect("there are people");
        let posts: Vec<&SeedPost> =
            self.seed.posts.iter().rev().filter(|post| post.author == user.id).collect();
        let said: Vec<_> =
            self.seed.comments.iter().rev().filter(|comment| comment.author == user.id).collect();
        for tab in [UserTab::Posts, UserTab::Comments] {
            let profile = Profile {
                name: user.name.clone(),
                karma: user.karma,
                joined: instant(user.age, self.now),
                about: user.about.clone(),
                posts: posts.len() as i64,
                comments: said.len() as i64,
            };
            let remarks = said.iter().take(20).map(|comment| Remark {
                id: comment.id,
                body: comment.body.clone(),
                created: instant(comment.age, self.now),
                post_id: comment.post,
                post_title: self.seed.posts[comment.post as usize - 1].title.clone(),
            });
            let page = UserPage {
                chrome: self.chrome(None, true),
                profile,
                tab,
                posts: posts.iter().take(20).map(|post| self.row(post)).collect(),
                remarks: remarks.collect(),
                more: Some(links::user(&user.name, tab, Some("cursor"))),
            };
            self.write(if tab == UserTab::Posts { "user" } else { "user-comments" }, page)?;
        }
        Ok(())
    }

    fn forms(&self) -> Result<(), Box<dyn Error>> {
        let chrome = || self.chrome(None, false);
        let wrong = Errors::none()
            .with("title", "A title has at least 3 characters, this one has 2.")
            .with("url", "A link starts with https:// or http://, not with javascript:.");
        for (name, status, heading, detail) in [
            ("missing", 404, "There is nothing here", "There is no page at `/nowhere`."),
            ("broken", 500, "This broke on our side", "Something went wrong on our side."),
        ] {
            let (heading, detail) = (heading.to_owned(), detail.to_owned());
            self.write(
                name,
                FailurePage { chrome: chrome(), status, heading, detail, errors: Errors::none() },
            )?;
        }
        let form = PostForm { title: "Hi".into(), url: "javascript:alert(1)".into(), body: "Look.".into() };
        self.write(
            "submit",
            SubmitPage { chrome: self.chrome(None, true), form: PostForm::default(), errors: Errors::none() },
        )?;
        self.write("submit-wrong", SubmitPage { chrome: self.chrome(None, true), form, errors: wrong })?;
        self.write(
            "login",
            LogInPage { chrome: chrome(), form: Credentials::default(), errors: Errors::none() },
        )?;
        let form = Credentials { name: "ada".into(), ..Credentials::default() };
        let errors = Errors::none().with("", "The name or the password is not right.");
        self.write("login-wrong", LogInPage { chrome: chrome(), form: form.clone(), errors })?;
        let errors = Errors::none().with("name", "There is an “ada” already: choose another name.");
        self.write("signup", SignUpPage { chrome: chrome(), form, errors })?;
        let wild = "<script>alert('x')</script> \"quotes\" 👩‍👩‍👧‍👦 مرحبا بالعالم שלום";
        let long = "Donaudampfschifffahrtsgesellschaftskapitän".repeat(4);
        let row = |id, title: String| PostRow {
            id,
            title,
            url: Some(format!("https://{}.example/", "verylonghost".repeat(9))),
            author: "اسم".into(),
            score: -12_345,
            comments: 98_765,
            created: self.now,
            voted: Some(false),
        };
        let posts = vec![
            row(1, wild.into()),
            row(2, long.clone()),
            row(3, "عنوان طويل باللغة العربية يختبر اتجاه النص في القائمة".into()),
        ];
        self.write(
            "wild",
            ListingPage { chrome: self.chrome(Some(Tab::New), true), tab: Tab::New, posts, more: None },
        )?;
        let rows = (1..=30).map(|id| CommentRow {
            id,
            parent: (id > 1).then_some(id - 1),
            author: format!("averyveryverylongname{id}"),
            body: format!("{wild} {long}\n\n> {long}\n\nhttps://a.example/{long}"),
            created: self.now,
        });
        let page = PostPage {
            chrome: chrome(),
            post: row(4, format!("{wild} {long}")),
            body: Some(format!("{wild}\n\n{long}")),
            comments: lay_out(rows.collect(), Order::Oldest),
            order: Order::Oldest,
            reply: ReplyForm { body: "</textarea><script>".into() },
            errors: Errors::none().with("body", wild),
        };
        self.write("wild-post", page)
    }
}
