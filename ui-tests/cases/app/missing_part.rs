// A handler that takes what the application has not.
use hyperdjango::prelude::*;

pub struct Mailer;

#[post("/invitations")]
async fn invite(mailer: &Mailer) {
    let _ = mailer;
}

routes! { pub Urls: invite }

#[derive(App)]
#[app(routes = Urls)]
pub struct Site {
    db: Db,
}

fn main() {}
