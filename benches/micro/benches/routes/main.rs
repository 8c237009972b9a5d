//! Route lookup: from a method and a path to the number of its route, parameters found on the way.
//!
//! ```text
//! cargo bench --bench routes                                 best of many rounds, ns a lookup
//! cargo bench --bench routes -- --only matchit               one of them
//! cargo bench --bench routes -- --only matchit --passes 1000 no clock: so many passes, for callgrind
//! ```

mod hyperdjango_tree;
mod matchit_by_method;
mod table;

use std::{env, hint::black_box, time::Instant};

use table::with_routes;

/// The methods of the table, as an index into a path's routes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// How many there are.
    pub(crate) const COUNT: usize = 5;
}

/// One of the 140.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
}

macro_rules! method {
    (get) => {
        Method::Get
    };
    (post) => {
        Method::Post
    };
    (put) => {
        Method::Put
    };
    (patch) => {
        Method::Patch
    };
    (delete) => {
        Method::Delete
    };
}

macro_rules! routes {
    ($($method:ident $name:ident $path:literal;)*) => {
        /// All routes; a lookup answers an index into this.
        pub(crate) static ROUTES: &[Route] = &[$(Route { method: method!($method), path: $path }),*];
    };
}

with_routes!(routes);

/// What a lookup found.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Found {
    /// An index into [`ROUTES`].
    pub(crate) route: usize,
    /// The bytes of all parameters together: a contestant must have found them.
    pub(crate) parameter_bytes: usize,
}

struct Request {
    method: Method,
    path: String,
    expected: Found,
}

/// A request for every route, in an order that is the same each time and not the table's.
fn requests() -> Vec<Request> {
    let mut requests: Vec<Request> =
        ROUTES.iter().enumerate().map(|(index, route)| request(index, route)).collect();
    let mut state = 0x9e37_79b9_u32;
    for index in (1..requests.len()).rev() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        requests.swap(index, (state >> 8) as usize % (index + 1));
    }
    requests
}

fn request(index: usize, route: &Route) -> Request {
    let mut parameter_bytes = 0;
    let mut segments = Vec::new();
    for segment in route.path.split('/') {
        let value = match segment {
            "{owner}" => "rust-lang",
            "{repo}" => "rust",
            "{user}" => "octocat",
            "{org}" => "github",
            "{id}" | "{number}" => "140123",
            "{sha}" => "6dcb09b5b57875f334f61aebed695e2e4193db5e",
            segment if segment.starts_with('{') => "some-name",
            segment => segment,
        };
        parameter_bytes += if segment.starts_with('{') { value.len() } else { 0 };
        segments.push(value);
    }
    Request {
        method: route.method,
        path: segments.join("/"),
        expected: Found { route: index, parameter_bytes },
    }
}

/// Checks each answer, then times (or only makes, if `passes` says so) the lookups.
fn measure(
    name: &str,
    requests: &[Request],
    passes: Option<u32>,
    lookup: impl Fn(Method, &str) -> Option<Found>,
) {
    for Request { method, path, expected } in requests {
        assert_eq!(lookup(*method, path).as_ref(), Some(expected), "{name}: {method:?} {path}");
    }
    let pass = || {
        for Request { method, path, .. } in requests {
            black_box(lookup(black_box(*method), black_box(path)));
        }
    };
    if let Some(passes) = passes {
        (0..passes).for_each(|_| pass());
        return println!("{name}: {} lookups", passes as usize * requests.len());
    }
    const ROUNDS: usize = 300;
    const PASSES: usize = 50;
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            (0..PASSES).for_each(|_| pass());
            start.elapsed().as_secs_f64() * 1e9 / (PASSES * requests.len()) as f64
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    println!("{name:<16} {:6.1} ns a lookup (best of {ROUNDS}; median {:.1})", rounds[0], rounds[ROUNDS / 2]);
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let after = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1);
    let passes = after("--passes").map(|count| count.parse().expect("--passes: a number"));
    let wanted = |name: &str| after("--only").is_none_or(|only| only == name);

    let requests = requests();
    if wanted("matchit") {
        let router = matchit_by_method::router();
        measure("matchit", &requests, passes, |method, path| {
            matchit_by_method::lookup(&router, method, path)
        });
    }
    if wanted("hyperdjango") {
        measure("hyperdjango", &requests, passes, hyperdjango_tree::lookup);
    }
}
