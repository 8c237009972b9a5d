// A handler's argument needs a middleware that stands in no list around it.
use hyperdjango::middleware::Capability;
use hyperdjango::prelude::*;

const SESSIONS: Capability = Capability::new("Sessions");

struct Session;

impl FromRequest for Session {
    const NEEDS: &'static [Capability] = &[SESSIONS];

    async fn from_request(_: &mut Request) -> Result<Self> {
        Ok(Self)
    }
}

#[get("/")]
async fn index(_session: Session) -> &'static str {
    "Hello"
}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls)]
struct Site;

fn main() {
    let _ = manage::<Site>();
}
