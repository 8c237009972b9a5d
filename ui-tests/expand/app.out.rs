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
    const ITEMS: &[__hyper::Item] = <Urls as __hyper::RouteItems>::ITEMS;
    #[allow(dead_code)]
    const COUNT: usize = __hyper::count(ITEMS);
    #[allow(dead_code)]
    const ROUTES: &[__hyper::FlatRoute; COUNT] = &__hyper::flatten(ITEMS);
    #[allow(dead_code)]
    const CAPACITY: usize = __hyper::capacity(ROUTES);
    #[allow(dead_code, long_running_const_eval)]
    const TRIE: &__hyper::Trie<CAPACITY> = &__hyper::Trie::build::<
        { __hyper::table_size(CAPACITY) },
    >(ROUTES);
    #[allow(dead_code)]
    const SIZES: __hyper::Sizes = TRIE.sizes();
    #[allow(dead_code, long_running_const_eval)]
    static PACKED: __hyper::Packed<
        { SIZES.nodes },
        { SIZES.edges },
        { SIZES.slots },
        { SIZES.leaves },
    > = TRIE.pack();
    #[allow(dead_code)]
    static TREE: __hyper::Tree = __hyper::Tree {
        nodes: &PACKED.nodes,
        edges: &PACKED.edges,
        slots: &PACKED.slots,
        leaves: &PACKED.leaves,
        routes: ROUTES,
    };
    #[allow(dead_code)]
    const LAYERS: &[__hyper::LayerDef] = &[
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
    const _: () = __hyper::check_layer("Site", LAYERS, 0usize, ITEMS);
    const _: () = __hyper::check_layer("Site", LAYERS, 1usize, ITEMS);
    const _: () = __hyper::check_routes("Site", LAYERS, ITEMS);
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
    pub struct Stack {
        list: (SecurityHeaders, (Cors, ())),
    }
    impl __hyper::App for Site {
        type Middleware = Stack;
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
        const LAYERS: &'static [__hyper::LayerDef] = LAYERS;
        fn tree() -> &'static __hyper::Tree {
            &TREE
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
                Stack {
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
            __hyper::create_missing_tables(
                    <Self as __hyper::Provides<__hyper::Db>>::provide(self),
                    &[
                        <User as __hyper::Model>::META,
                        <blog::Post as __hyper::Model>::META,
                    ],
                )
                .await?;
            __hyper::Setup::<Self>::run(fill, self).await?;
            ::core::result::Result::Ok(())
        }
        async fn stop(&'static self) {
            <Mailer as __hyper::Component>::stop(&self.mailer).await;
            <Db as __hyper::Component>::stop(&self.db).await;
        }
    }
};
