//! Writes the application.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Path;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::parse::{Application, benchmark_name};

pub(super) fn application(application: &Application) -> TokenStream {
    let Application { name, fields, routes, models, middleware, fallback, setup, on_error, benchmarks } =
        application;
    let provides = fields.iter().map(|(field, ty)| {
        quote_spanned! {ty.span()=>
            #[diagnostic::do_not_recommend]
            impl __hyper::Provides<#ty> for #name {
                fn provide(&self) -> &#ty {
                    &self.#field
                }
            }
        }
    });
    let starts = fields.iter().map(
        |(field, ty)| quote_spanned!(ty.span()=> #field: <#ty as __hyper::Component>::start(settings).await?),
    );
    let stops = fields.iter().rev().map(
        |(field, ty)| quote_spanned!(ty.span()=> <#ty as __hyper::Component>::stop(&self.#field).await;),
    );
    let checks = fields.iter().map(|(field, ty)| {
        let name = field.unraw().to_string();
        quote_spanned!(ty.span()=> (&__hyper::Part(#name, &self.#field)).add_to(checks);)
    });
    // Where a field has a check is found by these two traits, of which the first that fits is taken.
    let checks = (!fields.is_empty()).then(|| {
        quote! {
            fn checks(&'static self, checks: &mut __hyper::Checks) {
                #[allow(unused_imports)]
                use __hyper::{Checked as _, Unchecked as _};
                #(#checks)*
            }
        }
    });
    let benchmarks = measured(benchmarks);
    let setup = prepare(models, setup.as_ref());
    let tree = tree(application);
    // Here is where a part that a handler needs and the application has not is missed: at the routes' name.
    let dispatch = quote_spanned! {routes.span()=>
        type Layers = <#routes as __hyper::RouteItems>::Layers;

        fn dispatch(
            &'static self,
            index: usize,
            layers: &'static Self::Layers,
            request: &mut __hyper::Request,
        ) -> impl ::core::future::Future<Output = __hyper::Response> + ::core::marker::Send {
            <#routes as __hyper::RouteSet<Self>>::dispatch(index, self, layers, request)
        }

        fn sizes() -> ::std::vec::Vec<usize> {
            let mut sizes = ::std::vec::Vec::new();
            <#routes as __hyper::RouteSet<Self>>::sizes(&mut sizes);
            sizes
        }
    };
    let layers = quote_spanned!(routes.span()=> <#routes as __hyper::RouteItems>::start(settings).await?);
    let (list, start) = (middleware.ty(), middleware.start());
    // A type of its own, so that the middleware may be private where the application is public.
    let (kept, stack, start) = if middleware.is_empty() {
        (None, list, start)
    } else {
        let kept = quote! {
            #[allow(missing_debug_implementations)]
            pub struct __Stack { list: #list }
        };
        (Some(kept), quote!(__Stack), quote!(__Stack { list: #start }))
    };
    let steps = middleware.steps(name);
    let answers = on_error
        .as_ref()
        .map(|path| quote_spanned!(path.span()=> const _: () = __hyper::check_on_error(#path);));
    let on_error = on_error.as_ref().map(|path| {
        quote_spanned!(path.span()=> const ON_ERROR: ::core::option::Option<__hyper::OnError> = ::core::option::Option::Some(#path);)
    });
    let fallback = fallback.as_ref().map(|ty| {
        quote_spanned! {ty.span()=>
            const FALLBACK: bool = true;

            fn fallback(
                &'static self,
                request: &mut __hyper::Request,
            ) -> impl ::core::future::Future<Output = ::core::option::Option<__hyper::Response>> + ::core::marker::Send {
                <#ty as __hyper::Fallback>::answer(<Self as __hyper::Provides<#ty>>::provide(self), request)
            }
        }
    });
    quote! {
        #[allow(unused_qualifications)]
        const _: () = {
            use ::hyperdjango::__private as __hyper;

            #(#provides)*
            #tree
            #(#steps)*

            #answers
            #kept

            impl __hyper::App for #name {
                type Middleware = #stack;
                #dispatch
                #on_error
                #fallback

                const LAYERS: &'static [__hyper::LayerDef] = __LAYERS;

                fn tree() -> &'static __hyper::Tree {
                    &__TREE
                }

                fn respond(
                    &'static self,
                    middleware: &'static Self::Middleware,
                    request: &mut __hyper::Request,
                    routes: impl __hyper::Next,
                ) -> impl ::core::future::Future<Output = __hyper::Response> + ::core::marker::Send {
                    <Self as __hyper::Step<0>>::step(self, middleware, request, routes)
                }

                async fn middleware(settings: &__hyper::Settings) -> __hyper::Result<(Self::Middleware, Self::Layers)> {
                    let _ = settings;
                    ::core::result::Result::Ok((#start, #layers))
                }

                async fn create(settings: &__hyper::Settings) -> __hyper::Result<Self> {
                    let _ = settings;
                    ::core::result::Result::Ok(Self { #(#starts),* })
                }

                #setup
                #checks
                #benchmarks

                async fn stop(&'static self) {
                    #(#stops)*
                }
            }
        };
    }
}

/// What `benchmark` measures.
fn measured(benchmarks: &[Path]) -> Option<TokenStream> {
    let each = benchmarks.iter().map(|path| {
        let name = benchmark_name(path);
        quote_spanned!(path.span()=> __hyper::Benchmark::new(#name, #path))
    });
    (!benchmarks.is_empty()).then(|| {
        quote! {
            fn benchmarks() -> ::std::vec::Vec<__hyper::Benchmark> {
                ::std::vec![#(#each),*]
            }
        }
    })
}

/// What happens before the first request: the tables of the models are created where they are missing, then what the
/// user wants.
fn prepare(models: &[Path], setup: Option<&Path>) -> Option<TokenStream> {
    let tables = models.first().map(|first| {
        quote_spanned! {first.span()=>
            __hyper::create_missing_tables_of(&[
                #((
                    <Self as __hyper::Provides<<#models as __hyper::Model>::Database>>::provide(self)
                        as &dyn __hyper::Databases,
                    <#models as __hyper::Model>::META,
                )),*
            ])
            .await?;
        }
    });
    let setup =
        setup.map(|setup| quote_spanned!(setup.span()=> __hyper::Setup::<Self>::run(#setup, self).await?;));
    (tables.is_some() || setup.is_some()).then(|| {
        quote! {
            async fn setup(&'static self) -> __hyper::Result<()> {
                #tables
                #setup
                ::core::result::Result::Ok(())
            }
        }
    })
}

/// The route tree in constants that are not generic, so that `cargo check` evaluates them. Their
/// spans are those of the routes' name, where a conflict is then reported.
fn tree(application: &Application) -> TokenStream {
    let (routes, layers) = (&application.routes, application.middleware.definitions());
    let checks = application.middleware.checks(&application.name.to_string());
    let site = application.name.to_string();
    quote_spanned! {routes.span()=>
        // Of an application that nothing starts it is said once that nothing uses it.
        #[allow(dead_code)]
        const __ITEMS: &[__hyper::Item] = <#routes as __hyper::RouteItems>::ITEMS;
        #[allow(dead_code)]
        const __COUNT: usize = __hyper::count(__ITEMS);
        #[allow(dead_code)]
        const __ROUTES: &[__hyper::FlatRoute; __COUNT] = &__hyper::flatten(__ITEMS);
        #[allow(dead_code)]
        const __CAPACITY: usize = __hyper::capacity(__ROUTES);
        #[allow(dead_code, long_running_const_eval)]
        const __TRIE: &__hyper::Trie<__CAPACITY> =
            &__hyper::Trie::build::<{ __hyper::table_size(__CAPACITY) }>(__ROUTES);
        #[allow(dead_code)]
        const __SIZES: __hyper::Sizes = __TRIE.sizes();
        #[allow(dead_code, long_running_const_eval)]
        static __PACKED: __hyper::Packed<{ __SIZES.nodes }, { __SIZES.edges }, { __SIZES.slots }, { __SIZES.leaves }> =
            __TRIE.pack();
        #[allow(dead_code)]
        static __TREE: __hyper::Tree = __hyper::Tree {
            nodes: &__PACKED.nodes,
            edges: &__PACKED.edges,
            slots: &__PACKED.slots,
            leaves: &__PACKED.leaves,
            routes: __ROUTES,
        };
        #[allow(dead_code)]
        const __LAYERS: &[__hyper::LayerDef] = #layers;
        #(#checks)*
        const _: () = __hyper::check_routes(#site, __LAYERS, __ITEMS);
    }
}
