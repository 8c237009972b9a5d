/// Lets only the staff in.
async fn require_staff(
    user: LoggedIn,
    db: &Db,
    request: &mut Request,
    next: impl Next,
) -> Result<Response> {
    db.check(user).await?;
    Ok(next.run(request).await)
}
/// The middleware [`require_staff`](fn@require_staff).
#[allow(non_camel_case_types)]
#[derive(Debug)]
struct require_staff {}
#[allow(unused_qualifications)]
const _: () = {
    use ::hyperdjango::__private as __hyper;
    impl __hyper::Layer for require_staff {
        const NEEDS: &'static [__hyper::Capability] = {
            const OWN: &[(&str, &[__hyper::Capability])] = &[
                ("", &[SESSIONS]),
                ("LoggedIn", <LoggedIn as __hyper::FromRequest>::NEEDS),
            ];
            const COUNT: usize = __hyper::Capability::count(OWN);
            const ALL: [__hyper::Capability; COUNT] = __hyper::Capability::join(OWN);
            &ALL
        };
        const AFTER: &'static [__hyper::Capability] = &[];
        const PROVIDES: &'static [__hyper::Capability] = &[];
        async fn start(_: &__hyper::Settings) -> __hyper::Result<Self> {
            ::core::result::Result::Ok(Self {})
        }
    }
    impl<__App> __hyper::Middleware<__App> for require_staff
    where
        __App: __hyper::Provides<Db> + ::core::marker::Send + ::core::marker::Sync
            + 'static,
    {
        async fn call(
            &self,
            __app: &'static __App,
            __request: &mut __hyper::Request,
            __next: impl __hyper::Next,
        ) -> __hyper::Response {
            let __argument_0 = match <LoggedIn as __hyper::FromRequest>::from_request(
                    __request,
                )
                .await
            {
                ::core::result::Result::Ok(value) => value,
                ::core::result::Result::Err(error) => {
                    return __hyper::IntoResponse::into_response(error, __request);
                }
            };
            let __argument_1 = __hyper::Provides::<Db>::provide(__app);
            let __answer = require_staff(__argument_0, __argument_1, __request, __next)
                .await;
            __hyper::IntoResponse::into_response(__answer, __request)
        }
    }
    const _: () = __hyper::check_no_bodies(
        "require_staff",
        &[("LoggedIn", <LoggedIn as __hyper::FromRequest>::READS_BODY)],
    );
};
pub async fn powered(request: &mut Request, next: impl Next) -> Response {
    next.run(request).await
}
/// The middleware [`powered`](fn@powered).
#[allow(non_camel_case_types)]
#[derive(Debug)]
pub struct powered {}
#[allow(unused_qualifications)]
const _: () = {
    use ::hyperdjango::__private as __hyper;
    impl __hyper::Layer for powered {
        const NEEDS: &'static [__hyper::Capability] = &[];
        const AFTER: &'static [__hyper::Capability] = &[];
        const PROVIDES: &'static [__hyper::Capability] = &[];
        async fn start(_: &__hyper::Settings) -> __hyper::Result<Self> {
            ::core::result::Result::Ok(Self {})
        }
    }
    impl<__App> __hyper::Middleware<__App> for powered
    where
        __App: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        async fn call(
            &self,
            __app: &'static __App,
            __request: &mut __hyper::Request,
            __next: impl __hyper::Next,
        ) -> __hyper::Response {
            let __answer = powered(__request, __next).await;
            __hyper::IntoResponse::into_response(__answer, __request)
        }
    }
};
