//! Who is logged in: a signed cookie that holds the account's number.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::{PasswordHash, PasswordHasher, PasswordVerifier};
use hyperdjango::http::Signer;
use hyperdjango::prelude::*;
use hyperdjango::tokio::sync::Semaphore;
use hyperdjango::tokio::task::spawn_blocking;

use crate::models::User;

/// The name of the cookie.
const COOKIE: &str = "hypernews";
/// How long it lasts: two weeks, as Django's session.
const LASTS: i64 = 14 * 24 * 3600;
/// Fewest characters of a password, as Django asks for.
pub const SHORTEST: usize = 8;

/// Makes and reads the cookies.
#[derive(Debug)]
pub struct Accounts {
    signer: Signer,
    secure: bool,
}

impl Component for Accounts {
    async fn start(settings: &Settings) -> Result<Self> {
        let key = settings.secret_key().ok_or_else(|| Error::internal("SECRET_KEY is not set"))?;
        Ok(Self {
            signer: Signer::new(key.expose().as_bytes(), "hypernews.account"),
            // Without DEBUG the site stands behind HTTPS.
            secure: !settings.debug(),
        })
    }
}

impl Accounts {
    /// Who sent these cookies; nobody when they are missing, not ours, or of an account that is gone.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn reader(&self, db: &Db, cookies: &Cookies) -> Result<Option<User>> {
        let signed = cookies.get(COOKIE).and_then(|cookie| self.signer.verify(cookie).ok());
        let Some(id) = signed.and_then(|id| id.parse::<i64>().ok()) else { return Ok(None) };
        Ok(User::objects().filter(User.id.eq(id)).first(db).await?)
    }

    /// The cookie that logs somebody in.
    #[must_use]
    pub fn cookie(&self, user: &User) -> Cookie {
        Cookie::new(COOKIE, self.signer.sign(&user.id.to_string())).max_age(LASTS).secure(self.secure)
    }

    /// The cookie that logs out.
    #[must_use]
    pub fn no_cookie(&self) -> Cookie {
        Cookie::removal(COOKIE).secure(self.secure)
    }

    /// Opens an account.
    ///
    /// # Errors
    /// What is wrong with the name or the password, by field; or the database cannot be reached.
    pub async fn sign_up(&self, db: &Db, name: &str, password: &str) -> Result<User> {
        let mut errors = ValidationErrors::new();
        if password.chars().count() < SHORTEST {
            errors.add("password", format!("Take at least {SHORTEST} characters."));
        }
        errors.into_result()?;
        let hash = hash(password.to_owned()).await?;
        let created = User::objects().create(db, (User.name.set(name), User.password.set(hash))).await;
        created.map_err(|error| match Error::from(error) {
            taken if taken.status() == StatusCode::CONFLICT => {
                let mut errors = ValidationErrors::new();
                errors.add("name", "Somebody has this name already.");
                errors.into()
            }
            other => other,
        })
    }

    /// The account of this name, if this is its password.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn log_in(&self, db: &Db, name: &str, password: &str) -> Result<Option<User>> {
        // A name with a NUL in it is nobody's, and PostgreSQL could not even look it up.
        let known = match name.contains('\0') {
            true => None,
            false => User::objects().filter(User.name.eq(name)).first(db).await?,
        };
        // Without an account a hash is made all the same: how long it takes must not tell who has one.
        let Some(user) = known.filter(|user| !user.password.is_empty()) else {
            hash(password.to_owned()).await?;
            return Ok(None);
        };
        let (expected, password) = (user.password.clone(), password.to_owned());
        let right = elsewhere(move || {
            let expected = PasswordHash::new(&expected)?;
            match Argon2::default().verify_password(password.as_bytes(), &expected) {
                Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
                outcome => outcome.map(|()| true),
            }
        });
        Ok(right.await?.then_some(user))
    }
}

async fn hash(password: String) -> Result<String> {
    elsewhere(move || Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())).await
}

/// Runs Argon2id, which takes tens of milliseconds and 19 MiB, on another thread than those that serve; as many at once
/// as there are cores, so that a flood of log-ins does not take all memory.
async fn elsewhere<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, argon2::password_hash::Error> + Send + 'static,
) -> Result<T> {
    static AT_ONCE: LazyLock<Semaphore> =
        LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)));
    let turn = AT_ONCE.acquire().await.map_err(Error::internal)?;
    let work = move || {
        let outcome = work();
        // Here, as a client that hangs up does not end it.
        drop(turn);
        outcome
    };
    let outcome = spawn_blocking(work).await.map_err(Error::internal)?;
    outcome.map_err(|error| Error::internal(error.to_string()))
}
