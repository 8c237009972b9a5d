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
    const ITEMS: &[__hyper::Item] = <Urls as __hyper::RouteItems>::ITEMS;
    const COUNT: usize = __hyper::count(ITEMS);
    const ROUTES: &[__hyper::FlatRoute; COUNT] = &__hyper::flatten(ITEMS);
    const CAPACITY: usize = __hyper::capacity(ROUTES);
    #[allow(long_running_const_eval)]
    const TRIE: &__hyper::Trie<CAPACITY> = &__hyper::Trie::build::<
        { __hyper::table_size(CAPACITY) },
    >(ROUTES);
    const SIZES: __hyper::Sizes = TRIE.sizes();
    #[allow(long_running_const_eval)]
    static PACKED: __hyper::Packed<
        { SIZES.nodes },
        { SIZES.edges },
        { SIZES.slots },
        { SIZES.leaves },
    > = TRIE.pack();
    static TREE: __hyper::Tree = __hyper::Tree {
        nodes: &PACKED.nodes,
        edges: &PACKED.edges,
        slots: &PACKED.slots,
        leaves: &PACKED.leaves,
        routes: ROUTES,
    };
    impl __hyper::App for Site {
        fn tree() -> &'static __hyper::Tree {
            &TREE
        }
        fn dispatch(
            &'static self,
            index: usize,
            request: &mut __hyper::Request,
        ) -> impl ::core::future::Future<
            Output = __hyper::Response,
        > + ::core::marker::Send {
            <Urls as __hyper::RouteSet<Self>>::dispatch(index, self, request)
        }
        #[allow(unused_variables)]
        async fn create(settings: &__hyper::Settings) -> __hyper::Result<Self> {
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
            fill(self).await?;
            ::core::result::Result::Ok(())
        }
        async fn stop(&'static self) {
            <Mailer as __hyper::Component>::stop(&self.mailer).await;
            <Db as __hyper::Component>::stop(&self.db).await;
        }
    }
};
