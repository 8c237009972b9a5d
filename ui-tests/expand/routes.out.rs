/// All pages.
#[derive(Debug, Clone, Copy)]
pub struct Urls;
const _: () = {
    use ::hyperdjango::__private as __hyper;
    impl __hyper::RouteItems for Urls {
        const ITEMS: &'static [__hyper::Item] = &[
            __hyper::Item::Route(&<index as __hyper::RouteMeta>::DEF),
            __hyper::Item::Route(&<posts::show as __hyper::RouteMeta>::DEF),
            __hyper::Item::Mount(
                &__hyper::MountDef {
                    prefix: "/api/v1",
                    segments: &[
                        __hyper::Segment::literal("api"),
                        __hyper::Segment::literal("v1"),
                    ],
                    file: ::core::file!(),
                    line: ::core::line!(),
                },
                <api::Urls as __hyper::RouteItems>::ITEMS,
            ),
        ];
    }
    const START_0: usize = 0;
    const START_1: usize = START_0 + 1;
    const START_2: usize = START_1 + 1;
    const START_3: usize = START_2 + <api::Urls as __hyper::RouteItems>::COUNT;
    impl<__App> __hyper::RouteSet<__App> for Urls
    where
        __App: ::core::marker::Send + ::core::marker::Sync + 'static,
        index: __hyper::Route<__App>,
        posts::show: __hyper::Route<__App>,
        api::Urls: __hyper::RouteSet<__App>,
    {
        async fn dispatch(
            index: usize,
            app: &'static __App,
            request: &mut __hyper::Request,
        ) -> __hyper::Response {
            match index {
                START_0 => <index as __hyper::Route<__App>>::call(app, request).await,
                START_1 => {
                    <posts::show as __hyper::Route<__App>>::call(app, request).await
                }
                index if (START_2..START_3).contains(&index) => {
                    <api::Urls as __hyper::RouteSet<
                        __App,
                    >>::dispatch(index - START_2, app, request)
                        .await
                }
                _ => __hyper::no_such_route(request),
            }
        }
    }
};
