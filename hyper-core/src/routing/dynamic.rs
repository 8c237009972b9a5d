//! Routes that are only known when the process runs, behind those of the tree.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use super::{Verb, VerbSet, normalise};
use crate::app::refused;
use crate::http::{Request, Response};
use crate::{Component, Error, Result, Settings};

/// What answers where the tree of routes has none: `#[app(fallback = T)]`, `T` being a field of the application.
///
/// It stands inside the application's middleware, and before the redirect to a path with another slash.
///
/// ```
/// use hyper_core::http::{IntoResponse, Request, Response};
/// use hyper_core::routing::Fallback;
///
/// /// Pages that editors make.
/// struct Pages(std::collections::BTreeMap<String, String>);
///
/// impl Fallback for Pages {
///     async fn answer(&self, request: &mut Request) -> Option<Response> {
///         let page = self.0.get(request.path())?.clone();
///         Some(page.into_response(request))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the fallback of an application",
    label = "does not answer requests",
    note = "use `Dynamic`, or implement `Fallback`: `async fn answer(&self, request: &mut Request) -> Option<Response>`"
)]
pub trait Fallback {
    /// Answers the request; `None` where it has no page either.
    fn answer(&self, request: &mut Request) -> impl Future<Output = Option<Response>> + Send;
}

/// How many parameters a route has at most.
const MOST_PARAMETERS: usize = 25;

type Answer<'r> = Pin<Box<dyn Future<Output = Response> + Send + 'r>>;
type Handler = Arc<dyn for<'r> Fn(&'r mut Request, DynamicParams) -> Answer<'r> + Send + Sync>;

/// Routes that are added when the process runs, as the pages of plug-ins are: a field of the application, and its fallback.
///
/// Paths are written as those of attributes: text, `{name}` and, at the end, `{*name}`, without converters. Routes of the
/// tree come first. `HEAD`, 405 and `OPTIONS` are as there. There are no reverse URLs.
///
/// ```
/// use hyper_core::http::IntoResponse;
/// use hyper_core::routing::{Dynamic, Verb};
///
/// let plugins = Dynamic::new();
/// plugins
///     .add(Verb::Get, "/plugins/{name}", |request, params| {
///         Box::pin(async move { params.get("name").unwrap_or("").to_owned().into_response(request) })
///     })
///     .unwrap();
/// let twice = plugins.add(Verb::Get, "/plugins/{id}", |request, _| Box::pin(async { ().into_response(request) }));
/// assert!(twice.is_err());
/// ```
#[derive(Default)]
pub struct Dynamic(RwLock<Table>);

#[derive(Default)]
struct Table {
    router: matchit::Router<usize>,
    /// The number of each path in `entries`.
    numbers: BTreeMap<String, usize>,
    entries: Vec<[Option<Handler>; Verb::COUNT]>,
}

/// The parameters of a [`Dynamic`] route, percent-decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DynamicParams(Vec<(String, String)>);

impl DynamicParams {
    /// The text of the parameter with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, text)| text.as_str())
    }
}

impl fmt::Debug for Dynamic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_tuple("Dynamic").field(&table.numbers.keys()).finish()
    }
}

// A user wants to write a part of his own, and not to read of this one.
#[diagnostic::do_not_recommend]
impl Component for Dynamic {
    async fn start(_: &Settings) -> Result<Self> {
        Ok(Self::new())
    }
}

/// The names of the parameters of a path, in which `{{` stands for a brace, and whether each is all of its segment; what
/// is not closed is left out.
fn parameters(path: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let open = at + path[at..].find('{')?;
            if path[open + 1..].starts_with('{') {
                at = open + 2;
                continue;
            }
            let close = open + path[open..].find('}')?;
            at = close + 1;
            let is_whole = path[..open].ends_with('/') && (at == path.len() || path[at..].starts_with('/'));
            let name = &path[open + 1..close];
            return Some((name.strip_prefix('*').unwrap_or(name), is_whole));
        }
    })
}

impl Dynamic {
    /// A table without routes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a route; `setup` is the place for it, any time is possible.
    ///
    /// # Errors
    /// For a path that does not start with `/`, that is malformed, that has more than 25 parameters or one with other
    /// characters in its name than letters of ASCII, digits and `_`, or that another route
    /// has for the same method.
    pub fn add(
        &self,
        verb: Verb,
        path: &str,
        handler: impl for<'r> Fn(&'r mut Request, DynamicParams) -> Answer<'r> + Send + Sync + 'static,
    ) -> Result<()> {
        let problem = |problem: String| {
            Error::internal(format!("the route `{} {path}` cannot be added: {problem}", verb.as_str()))
        };
        if !path.starts_with('/') {
            return Err(problem("it should start with `/`".to_owned()));
        }
        let normal = normalise(path).map_err(|error| problem(error.detail().to_owned()))?;
        let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if parameters(path).any(|(_, is_whole)| !is_whole) {
            return Err(problem("a parameter is a whole segment of the path".to_owned()));
        }
        if let Some((odd, _)) = parameters(path).find(|(name, _)| !is_name(name)) {
            return Err(problem(format!(
                "the name of the parameter `{odd}` should have letters of ASCII, digits and `_` only; there are no converters here"
            )));
        }
        // matchit panics beyond.
        if parameters(path).count() > MOST_PARAMETERS {
            return Err(problem(format!("it has more than {MOST_PARAMETERS} parameters")));
        }
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let number = match table.numbers.get(&*normal) {
            Some(number) => *number,
            None => {
                let number = table.entries.len();
                table.router.insert(normal.clone(), number).map_err(|error| problem(error.to_string()))?;
                table.entries.push(Default::default());
                table.numbers.insert(normal.into_owned(), number);
                number
            }
        };
        let entry = &mut table.entries[number][verb as usize];
        if entry.is_some() {
            return Err(problem("another route has this method and path".to_owned()));
        }
        *entry = Some(Arc::new(handler));
        Ok(())
    }

    /// The handler for a request and the parameters, or the methods its path has.
    fn find(&self, request: &Request) -> Option<std::result::Result<(Handler, DynamicParams), VerbSet>> {
        let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let found = table.router.at(request.path()).ok()?;
        let handlers = &table.entries[*found.value];
        let handler = Verb::of(request.method()).and_then(|verb| handlers[verb as usize].clone());
        let Some(handler) = handler else {
            let allowed = Verb::ALL.into_iter().filter(|verb| handlers[*verb as usize].is_some());
            return Some(Err(allowed.fold(VerbSet::EMPTY, VerbSet::with)));
        };
        let decoded =
            |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        let params = found.params.iter().map(|(name, text)| (name.to_owned(), decoded(text)));
        Some(Ok((handler, DynamicParams(params.collect()))))
    }
}

#[diagnostic::do_not_recommend]
impl Fallback for Dynamic {
    async fn answer(&self, request: &mut Request) -> Option<Response> {
        match self.find(request)? {
            Ok((handler, params)) => Some(handler(request, params).await),
            Err(allowed) => {
                request.refuse(allowed);
                Some(refused(request))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{IntoResponse, Method};

    fn table() -> Dynamic {
        let table = Dynamic::new();
        for path in ["/", "/café/{name}", "/files/{*path}"] {
            table
                .add(Verb::Get, path, |request, params| {
                    Box::pin(async move { format!("{params:?}").into_response(request) })
                })
                .unwrap();
        }
        table
    }

    fn ask(table: &Dynamic, method: Method, target: &str) -> Option<(u16, String)> {
        let mut request = Request::new(method, target).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let response = runtime.block_on(table.answer(&mut request))?;
        let body = response.body().as_bytes().unwrap();
        Some((response.status().as_u16(), String::from_utf8_lossy(body).into_owned()))
    }

    #[test]
    fn routes_answer_by_path_and_method() {
        let table = table();
        let get = |target| ask(&table, Method::GET, target);
        assert_eq!(get("/"), Some((200, "DynamicParams([])".to_owned())));
        assert_eq!(get("/caf%c3%a9/a%20b"), Some((200, r#"DynamicParams([("name", "a b")])"#.to_owned())));
        assert_eq!(get("/files/a/b"), Some((200, r#"DynamicParams([("path", "a/b")])"#.to_owned())));
        assert_eq!(get("/files"), None);
        assert_eq!(ask(&table, Method::HEAD, "/").unwrap().0, 200);
        assert_eq!(ask(&table, Method::POST, "/").unwrap().0, 405);
        assert_eq!(ask(&table, Method::OPTIONS, "/").unwrap().0, 204);
    }

    #[test]
    fn what_cannot_be_added_says_why() {
        let table = table();
        let add = |path: &str| {
            let added =
                table.add(Verb::Get, path, |request, _| Box::pin(async { ().into_response(request) }));
            let error = added.unwrap_err();
            std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default()
        };
        assert_eq!(add("x"), "the route `GET x` cannot be added: it should start with `/`");
        assert!(add("/café/{other}").contains("onflict"), "{}", add("/café/{other}"));
        assert!(add("/").ends_with("another route has this method and path"));
        assert!(add("/{a").starts_with("the route `GET /{a` cannot be added: "));
        for (path, name) in
            [("/{id:int}", "id:int"), ("/{größe}", "größe"), ("/{a/b}", "a/b"), ("/{*a.b}", "a.b")]
        {
            assert!(
                add(path).contains(&format!("the name of the parameter `{name}` should have")),
                "{}",
                add(path)
            );
        }
        for path in ["/a{b}", "/{a}b", "/{a}{b}", "/{*a}b", "/a{*b}", "/{a}}}"] {
            assert!(add(path).ends_with(": a parameter is a whole segment of the path"), "{}", add(path));
        }
        let many = |count| (0..count).map(|n| format!("/{{p{n}}}")).collect::<String>();
        assert!(add(&many(26)).ends_with(" cannot be added: it has more than 25 parameters"));
        let most = many(24) + "/{{{{/{*rest}";
        table.add(Verb::Get, &most, |request, _| Box::pin(async { ().into_response(request) })).unwrap();
    }
}
