/// All pages.
#[derive(Debug, Clone, Copy)]
pub struct Urls;
#[allow(unused_qualifications)]
const _: () = {
    use ::hyperdjango::__private as __hyper;
    const _: ::core::option::Option<<api::Urls as __hyper::RouteItems>::Layers> = ::core::option::Option::None;
    const _: ::core::option::Option<<feed::Urls as __hyper::RouteItems>::Layers> = ::core::option::Option::None;
    #[allow(missing_debug_implementations)]
    pub struct __Layers {
        mounts: (
            ((), <api::Urls as __hyper::RouteItems>::Layers),
            ((Timing, (Cors, ())), <feed::Urls as __hyper::RouteItems>::Layers),
        ),
    }
    #[diagnostic::do_not_recommend]
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
                    layers: &[],
                    file: ::core::file!(),
                    line: ::core::line!(),
                },
                <api::Urls as __hyper::RouteItems>::ITEMS,
            ),
            __hyper::Item::Mount(
                &__hyper::MountDef {
                    prefix: "/feed",
                    segments: &[__hyper::Segment::literal("feed")],
                    layers: &[
                        __hyper::LayerDef::new(
                            "Timing",
                            <Timing as __hyper::Layer>::NEEDS,
                            <Timing as __hyper::Layer>::AFTER,
                            <Timing as __hyper::Layer>::PROVIDES,
                        ),
                        __hyper::LayerDef::new(
                            "Cors",
                            <Cors as __hyper::Layer>::NEEDS,
                            <Cors as __hyper::Layer>::AFTER,
                            <Cors as __hyper::Layer>::PROVIDES,
                        ),
                    ],
                    file: ::core::file!(),
                    line: ::core::line!(),
                },
                <feed::Urls as __hyper::RouteItems>::ITEMS,
            ),
        ];
        type Layers = __Layers;
        async fn start(settings: &__hyper::Settings) -> __hyper::Result<Self::Layers> {
            let _ = settings;
            ::core::result::Result::Ok(__Layers {
                mounts: (
                    (
                        (),
                        match <api::Urls as __hyper::RouteItems>::start(settings).await {
                            ::core::result::Result::Ok(layers) => layers,
                            ::core::result::Result::Err(error) => {
                                return ::core::result::Result::Err(error);
                            }
                        },
                    ),
                    (
                        (
                            <Timing as __hyper::Layer>::start(settings).await?,
                            (Cors::any().max_age(60), ()),
                        ),
                        match <feed::Urls as __hyper::RouteItems>::start(settings).await
                        {
                            ::core::result::Result::Ok(layers) => layers,
                            ::core::result::Result::Err(error) => {
                                return ::core::result::Result::Err(error);
                            }
                        },
                    ),
                ),
            })
        }
    }
    const START_0: usize = 0;
    const START_1: usize = START_0 + 1;
    const START_2: usize = START_1 + 1;
    const START_3: usize = START_2 + <api::Urls as __hyper::RouteItems>::COUNT;
    const START_4: usize = START_3 + <feed::Urls as __hyper::RouteItems>::COUNT;
    impl<__App> __hyper::RouteSet<__App> for Urls
    where
        index: __hyper::Route<__App>,
        posts::show: __hyper::Route<__App>,
        api::Urls: __hyper::RouteSet<__App>,
        Timing: __hyper::Middleware<__App>,
        Cors: __hyper::Middleware<__App>,
        feed::Urls: __hyper::RouteSet<__App>,
        __App: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        fn sizes(sizes: &mut ::std::vec::Vec<usize>) {
            let _ = &sizes;
            sizes.push(<index as __hyper::Route<__App>>::size());
            sizes.push(<posts::show as __hyper::Route<__App>>::size());
            <api::Urls as __hyper::RouteSet<__App>>::sizes(sizes);
            <feed::Urls as __hyper::RouteSet<__App>>::sizes(sizes);
        }
        async fn dispatch(
            index: usize,
            app: &'static __App,
            layers: &'static Self::Layers,
            request: &mut __hyper::Request,
        ) -> __hyper::Response {
            let _ = (app, layers);
            match index {
                index if (START_2..START_3).contains(&index) => {
                    <api::Urls as __hyper::RouteSet<
                        __App,
                    >>::dispatch(index - START_2, app, &layers.mounts.0.1, request)
                        .await
                }
                index if (START_3..START_4).contains(&index) => {
                    let end = __hyper::Mounted::<
                        __App,
                        feed::Urls,
                    >::new(index - START_3, app, &layers.mounts.1.1);
                    __hyper::Stack::<__App>::run(&layers.mounts.1.0, app, request, end)
                        .await
                }
                _ if request.refused().is_some() => __hyper::refused(request),
                START_0 => <index as __hyper::Route<__App>>::call(app, request).await,
                START_1 => {
                    <posts::show as __hyper::Route<__App>>::call(app, request).await
                }
                _ => __hyper::no_such_route(request),
            }
        }
    }
};
