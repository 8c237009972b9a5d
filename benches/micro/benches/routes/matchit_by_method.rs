//! matchit: the path first, then the method in that path's array, as axum does it without its layers.

use matchit::Router;

use crate::{Found, Method, ROUTES};

/// For each path the route of each of its methods.
pub(crate) type Methods = [Option<usize>; Method::COUNT];

/// A router of all routes.
pub(crate) fn router() -> Router<Methods> {
    let mut router = Router::new();
    for (index, route) in ROUTES.iter().enumerate() {
        if ROUTES[..index].iter().any(|earlier| earlier.path == route.path) {
            continue;
        }
        let mut methods = [None; Method::COUNT];
        for (index, same) in ROUTES.iter().enumerate().filter(|(_, other)| other.path == route.path) {
            methods[same.method as usize] = Some(index);
        }
        router.insert(route.path, methods).expect("paths that do not collide");
    }
    router
}

/// Finds a route and reads its parameters.
pub(crate) fn lookup(router: &Router<Methods>, method: Method, path: &str) -> Option<Found> {
    let matched = router.at(path).ok()?;
    let route = matched.value[method as usize]?;
    let parameter_bytes = matched.params.iter().map(|(_, value)| value.len()).sum();
    Some(Found { route, parameter_bytes })
}
