// A mounted handler that takes what the application has not.
use hyperdjango::prelude::*;

mod mail {
    use hyperdjango::prelude::*;

    pub struct Mailer;

    #[post("/invitations")]
    pub async fn invite(mailer: &Mailer) {
        let _ = mailer;
    }

    routes! { pub Urls: invite }
}

routes! { pub Urls: mount("/mail", mail::Urls) }

#[derive(App)]
#[app(routes = Urls)]
pub struct Site {
    db: Db,
}

fn main() {}
