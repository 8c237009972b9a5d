//! The list of middleware of a mount as one type.

use std::future::Future;

use super::{Middleware, Next};
use crate::http::{Request, Response};

/// A list of middleware: `()`, or one and the rest: `(Timing, (Cors, ()))`.
pub trait Stack<S: 'static>: Send + Sync + 'static {
    /// Answers a request; `end` is what stands inside all of them.
    fn run(
        &'static self,
        app: &'static S,
        request: &mut Request,
        end: impl Next,
    ) -> impl Future<Output = Response> + Send;
}

impl<S: Sync + 'static> Stack<S> for () {
    #[inline]
    fn run(
        &'static self,
        _: &'static S,
        request: &mut Request,
        end: impl Next,
    ) -> impl Future<Output = Response> + Send {
        end.run(request)
    }
}

impl<S: Sync + 'static, M: Middleware<S>, R: Stack<S>> Stack<S> for (M, R) {
    #[inline]
    fn run(
        &'static self,
        app: &'static S,
        request: &mut Request,
        end: impl Next,
    ) -> impl Future<Output = Response> + Send {
        request.is_handled(false);
        self.0.call(app, request, Inside { app, rest: &self.1, end })
    }
}

/// What stands inside the first of a list.
struct Inside<S: 'static, R: 'static, E> {
    app: &'static S,
    rest: &'static R,
    end: E,
}

impl<S: Sync + 'static, R: Stack<S>, E: Next> Next for Inside<S, R, E> {
    #[inline]
    fn run(self, request: &mut Request) -> impl Future<Output = Response> + Send {
        self.rest.run(self.app, request, self.end)
    }
}
