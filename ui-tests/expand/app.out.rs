#[allow(unused_qualifications)]
const _: () = {
    use ::hyperdjango::__private as __hyper;
    #[diagnostic::do_not_recommend]
    impl __hyper::Provides<Db> for Site {
        fn provide(&self) -> &Db {
            &self.db
        }
    }
    #[diagnostic::do_not_recommend]
    impl __hyper::Provides<Mailer> for Site {
        fn provide(&self) -> &Mailer {
            &self.mailer
        }
    }
    #[allow(dead_code)]
    const __ITEMS: &[__hyper::Item] = <Urls as __hyper::RouteItems>::ITEMS;
    #[allow(dead_code)]
    const __COUNT: usize = __hyper::count(__ITEMS);
    #[allow(dead_code)]
    const __ROUTES: &[__hyper::FlatRoute; __COUNT] = &__hyper::flatten(__ITEMS);
    #[allow(dead_code)]
    const __CAPACITY: usize = __hyper::capacity(__ROUTES);
    #[allow(dead_code, long_running_const_eval)]
    const __TRIE: &__hyper::Trie<__CAPACITY> = &__hyper::Trie::build::<
        { __hyper::table_size(__CAPACITY) },
    >(__ROUTES);
    #[allow(dead_code)]
    const __SIZES: __hyper::Sizes = __TRIE.sizes();
    #[allow(dead_code, long_running_const_eval)]
    static __PACKED: __hyper::Packed<
        { __SIZES.nodes },
        { __SIZES.edges },
        { __SIZES.slots },
        { __SIZES.leaves },
    > = __TRIE.pack();
    #[allow(dead_code)]
    static __TREE: __hyper::Tree = __hyper::Tree {
        nodes: &__PACKED.nodes,
        edges: &__PACKED.edges,
        slots: &__PACKED.slots,
        leaves: &__PACKED.leaves,
        routes: __ROUTES,
    };
    #[allow(dead_code)]
    const __LAYERS: &[__hyper::LayerDef] = &[
        __hyper::LayerDef::new(
            "SecurityHeaders",
            <SecurityHeaders as __hyper::Layer>::NEEDS,
            <SecurityHeaders as __hyper::Layer>::AFTER,
            <SecurityHeaders as __hyper::Layer>::PROVIDES,
        ),
        __hyper::LayerDef::new(
            "Cors",
            <Cors as __hyper::Layer>::NEEDS,
            <Cors as __hyper::Layer>::AFTER,
            <Cors as __hyper::Layer>::PROVIDES,
        ),
    ];
    const _: () = __hyper::check_layer("Site", __LAYERS, 0usize, __ITEMS);
    const _: () = __hyper::check_layer("Site", __LAYERS, 1usize, __ITEMS);
    const _: () = __hyper::check_routes("Site", __LAYERS, __ITEMS);
    impl __hyper::Step<0usize> for Site {
        fn step(
            &'static self,
            middleware: &'static Self::Middleware,
            request: &mut __hyper::Request,
            routes: impl __hyper::Next,
        ) -> impl ::core::future::Future<
            Output = __hyper::Response,
        > + ::core::marker::Send {
            let next = __hyper::After::<Self, _, 1usize>::new(self, middleware, routes);
            <SecurityHeaders as __hyper::Middleware<
                Self,
            >>::call(&middleware.list.0, self, request, next)
        }
    }
    impl __hyper::Step<1usize> for Site {
        fn step(
            &'static self,
            middleware: &'static Self::Middleware,
            request: &mut __hyper::Request,
            routes: impl __hyper::Next,
        ) -> impl ::core::future::Future<
            Output = __hyper::Response,
        > + ::core::marker::Send {
            let next = __hyper::After::<Self, _, 2usize>::new(self, middleware, routes);
            <Cors as __hyper::Middleware<
                Self,
            >>::call(&middleware.list.1.0, self, request, next)
        }
    }
    impl __hyper::Step<2usize> for Site {
        fn step(
            &'static self,
            middleware: &'static Self::Middleware,
            request: &mut __hyper::Request,
            routes: impl __hyper::Next,
        ) -> impl ::core::future::Future<
            Output = __hyper::Response,
        > + ::core::marker::Send {
            let _ = middleware;
            __hyper::Next::run(routes, request)
        }
    }
    const _: () = __hyper::check_on_error(failed);
    #[allow(missing_debug_implementations)]
    pub struct __Stack {
        list: (SecurityHeaders, (Cors, ())),
    }
    impl __hyper::App for Site {
        type Middleware = __Stack;
        type Layers = <Urls as __hyper::RouteItems>::Layers;
        fn dispatch(
            &'static self,
            index: usize,
            layers: &'static Self::Layers,
            request: &mut __hyper::Request,
        ) -> impl ::core::future::Future<
            Output = __hyper::Response,
        > + ::core::marker::Send {
            <Urls as __hyper::RouteSet<Self>>::dispatch(index, self, layers, request)
        }
        fn sizes() -> ::std::vec::Vec<usize> {
            let mut sizes = ::std::vec::Vec::new();
            <Urls as __hyper::RouteSet<Self>>::sizes(&mut sizes);
            sizes
        }
        const ON_ERROR: ::core::option::Option<__hyper::OnError> = ::core::option::Option::Some(
            failed,
        );
        const LAYERS: &'static [__hyper::LayerDef] = __LAYERS;
        fn tree() -> &'static __hyper::Tree {
            &__TREE
        }
        fn respond(
            &'static self,
            middleware: &'static Self::Middleware,
            request: &mut __hyper::Request,
            routes: impl __hyper::Next,
        ) -> impl ::core::future::Future<
            Output = __hyper::Response,
        > + ::core::marker::Send {
            <Self as __hyper::Step<0>>::step(self, middleware, request, routes)
        }
        async fn middleware(
            settings: &__hyper::Settings,
        ) -> __hyper::Result<(Self::Middleware, Self::Layers)> {
            let _ = settings;
            ::core::result::Result::Ok((
                __Stack {
                    list: (
                        <SecurityHeaders as __hyper::Layer>::start(settings).await?,
                        (Cors::any(), ()),
                    ),
                },
                <Urls as __hyper::RouteItems>::start(settings).await?,
            ))
        }
        async fn create(settings: &__hyper::Settings) -> __hyper::Result<Self> {
            let _ = settings;
            ::core::result::Result::Ok(Self {
                db: <Db as __hyper::Component>::start(settings).await?,
                mailer: <Mailer as __hyper::Component>::start(settings).await?,
            })
        }
        async fn setup(&'static self) -> __hyper::Result<()> {
            __hyper::create_missing_tables_of(
                    &[
                        (
                            <Self as __hyper::Provides<
                                <User as __hyper::Model>::Database,
                            >>::provide(self) as &dyn __hyper::Databases,
                            <User as __hyper::Model>::META,
                        ),
                        (
                            <Self as __hyper::Provides<
                                <blog::Post as __hyper::Model>::Database,
                            >>::provide(self) as &dyn __hyper::Databases,
                            <blog::Post as __hyper::Model>::META,
                        ),
                    ],
                )
                .await?;
            __hyper::Setup::<Self>::run(fill, self).await?;
            ::core::result::Result::Ok(())
        }
        fn checks(&'static self, checks: &mut __hyper::Checks) {
            #[allow(unused_imports)]
            use __hyper::{Checked as _, Unchecked as _};
            (&__hyper::Part("db", &self.db)).add_to(checks);
            (&__hyper::Part("mailer", &self.mailer)).add_to(checks);
        }
        fn benchmarks() -> ::std::vec::Vec<__hyper::Benchmark> {
            ::std::vec![
                __hyper::Benchmark::new("front_page", front_page),
                __hyper::Benchmark::new("by_author", data::by_author)
            ]
        }
        async fn stop(&'static self) {
            <Mailer as __hyper::Component>::stop(&self.mailer).await;
            <Db as __hyper::Component>::stop(&self.db).await;
        }
    }
};
