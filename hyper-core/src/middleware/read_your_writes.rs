//! What a visitor wrote is there when he reads it, whichever replica that is, also in his next request.

use crate::db::{Position, Session};
use crate::http::{Cookie, Cookies, Request, Response, SameSite, Signer};
use crate::{Result, Settings};

use super::{Layer, Middleware, Next};

/// The name of the cookie.
const COOKIE: &str = "read_after";

/// How many databases a cookie is read for.
const MOST: usize = 16;

/// Shows each visitor what he has written himself, where reads go to [replicas](crate::db::PrimaryReplica).
///
/// Each request runs in a [`Session`] of its own: after it has written, its reads go to replicas that have replayed
/// that, or to the primary. Others do not wait for it. An answer to a request that wrote has the cookie `read_after`, with
/// which the next requests of the same browser read what was written, whichever process of the site they come to. It is
/// signed with `SECRET_KEY`, ends with the browser's session, and says no more than how far the log of PostgreSQL was.
///
/// Without it each process of the site sees what that process has written.
///
/// It has no settings, and asks a primary where it is once for each request that wrote, if it has replicas. It stands
/// outside of all that reads or writes.
#[derive(Debug, Clone)]
pub struct ReadYourWrites {
    signer: Signer,
    secure: bool,
}

impl Layer for ReadYourWrites {
    async fn start(settings: &Settings) -> Result<Self> {
        let settings = settings.clone().with_secret_key()?;
        let key = settings.secret_key().map_or(&[][..], |key| key.expose().as_bytes());
        Ok(Self { signer: Signer::new(key, "read_after"), secure: !settings.debug() })
    }
}

impl ReadYourWrites {
    /// What a cookie says: `default=1:16B374D848&archive=1:42`, signed. Nothing, if it is not ours.
    fn read(&self, cookie: &str) -> Vec<(String, Position)> {
        let Ok(value) = self.signer.verify(cookie) else { return Vec::new() };
        let entry = |entry: &str| {
            let (name, position) = entry.split_once('=')?;
            Some((name.to_owned(), position.parse().ok()?))
        };
        value.split('&').take(MOST).filter_map(entry).collect()
    }

    fn write(&self, written: &[(String, Position)]) -> String {
        let entries: Vec<_> = written.iter().map(|(name, position)| format!("{name}={position}")).collect();
        self.signer.sign(&entries.join("&"))
    }
}

impl<S: Sync + 'static> Middleware<S> for ReadYourWrites {
    async fn call(&self, _: &'static S, request: &mut Request, next: impl Next) -> Response {
        let before = Cookies::of(request).get(COOKIE).map(|cookie| self.read(cookie)).unwrap_or_default();
        let session = Session::after(before.clone());
        let mut response = session.run(next.run(request)).await;
        // If the primary cannot say how far it is, it has just gone: nothing can be read of it either.
        if let Ok(written) = session.written().await
            && written != before
        {
            let cookie = Cookie::new(COOKIE, self.write(&written));
            let cookie = cookie.http_only(true).same_site(SameSite::Lax).secure(self.secure);
            if let Err(error) = cookie.set(&mut response) {
                tracing::error!(%error, "the cookie of what was written could not be set");
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::super::proof::{all, answer, get, settings, through};
    use super::*;

    const KEY: &[(&str, &str)] = &[("SECRET_KEY", "0123456789abcdef0123456789abcdef")];

    #[tokio::test]
    async fn a_cookie_says_what_was_written_and_others_are_nothing() {
        let this = ReadYourWrites::start(&settings(KEY)).await.unwrap();
        let written: Vec<(String, Position)> = vec![
            ("default".into(), Position { timeline: 1, lsn: 0x16_B374_D848 }),
            ("archive".into(), Position { timeline: 3, lsn: 0 }),
        ];
        let cookie = this.write(&written);
        assert!(cookie.starts_with("default=1:16B374D848&archive=3:0."), "{cookie}");
        assert_eq!(this.read(&cookie), written);
        assert_eq!(this.read(&cookie.replace("=1:", "=2:")), []);
        for nonsense in ["", ".", "default=1:FF", &this.signer.sign(""), &this.signer.sign("x=y&=&default")] {
            assert_eq!(this.read(nonsense), [], "{nonsense}");
        }
    }

    #[tokio::test]
    async fn who_writes_nothing_gets_no_cookie() {
        let this = ReadYourWrites::start(&settings(KEY)).await.unwrap();
        let before = this.write(&[("default".into(), Position { timeline: 1, lsn: 7 })]);
        for cookie in [format!("{COOKIE}={before}"), format!("{COOKIE}=nonsense"), String::new()] {
            let mut request = get(&[("cookie", &cookie)]);
            let response = through(&this, &mut request, |_| answer(&[], "page")).await;
            assert_eq!(all(response.headers(), "set-cookie"), "");
        }
    }
}
