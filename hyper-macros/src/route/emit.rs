//! Writes the route beside its function.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Error, Ident, ItemFn, ReturnType, Type};

use super::check::{Argument, Route};
use super::parse::{RouteAttribute, span, summary, text};
use super::{Converter, Pattern, Piece, Verb};

pub(super) fn route(route: &Route, function: &ItemFn) -> TokenStream {
    let Route { verb, attribute, arguments } = route;
    let name = &function.sig.ident;
    let doc = format!(" The route of [`{name}`](fn@{name}): `{} {}`.", verb.method(), attribute.path.value());
    let route_type = route_type(function, &doc);
    let (url, names_url) = url(&attribute.pattern, arguments, function);
    let meta = meta(
        *verb,
        function,
        &attribute.path.value(),
        &segments(&attribute.pattern),
        attribute.exact,
        &needs(attribute, arguments),
        &names_url,
    );
    let call = call(route, function);
    let bodies = bodies(*verb, arguments, name);
    let converted = converted(arguments);
    quote! {
        #function
        #route_type
        #[allow(unused_qualifications)]
        const _: () = {
            use ::hyperdjango::__private as __hyper;
            #meta
            #call
            #url
            #bodies
            #(#converted)*
        };
    }
}

/// The function, the errors, and a route that stands for the one that could not be made, so that
/// `routes!` does not complain as well.
pub(super) fn broken(verb: Verb, function: &ItemFn, error: &Error) -> TokenStream {
    let name = &function.sig.ident;
    let errors = error.to_compile_error();
    let route_type = route_type(function, " A route with a mistake.");
    let path = format!("/{name}-does-not-compile");
    let literal = &path[1..];
    let meta = meta(
        verb,
        function,
        &path,
        &[quote!(__hyper::Segment::literal(#literal))],
        false,
        &[],
        &TokenStream::new(),
    );
    quote! {
        #function
        #errors
        #route_type
        #[allow(unused_qualifications)]
        const _: () = {
            use ::hyperdjango::__private as __hyper;
            #meta
            impl<__App: ::core::marker::Send + ::core::marker::Sync + 'static> __hyper::Route<__App> for #name {
                async fn call(_: &'static __App, _: &mut __hyper::Request) -> __hyper::Response {
                    ::core::unreachable!("this program does not compile")
                }
            }
        };
    }
}

/// Nothing here may be `allow(dead_code)`: that would make the function count as used, and then a handler that is mounted
/// nowhere is not warned about. The type's name is the macro's, so that the warning comes once, for the function.
fn route_type(function: &ItemFn, doc: &str) -> TokenStream {
    let visibility = &function.vis;
    let mut name = function.sig.ident.clone();
    let place = span(&name);
    name.set_span(place);
    // What is said of the route points at the handler's name.
    let structure = quote_spanned!(place=> struct #name {});
    quote! {
        #[doc = #doc]
        #[allow(non_camel_case_types)]
        #visibility #structure
    }
}

/// The pieces of a path as code; also for `mount`.
pub(crate) fn segments(pattern: &Pattern) -> Vec<TokenStream> {
    let piece = |piece: &Piece| match piece {
        Piece::Literal(text) => quote!(__hyper::Segment::literal(#text)),
        Piece::Param(name, converter) => {
            let converter = Ident::new(converter.variant(), Span::call_site());
            quote!(__hyper::Segment::Param(#name, __hyper::Converter::#converter))
        }
        Piece::Rest(name) => quote!(__hyper::Segment::Rest(#name)),
    };
    pattern.pieces.iter().map(piece).collect()
}

/// What the arguments need of the middleware around, each with its type as written.
pub(crate) fn requirements(arguments: &[Argument]) -> Vec<TokenStream> {
    let of_argument = |argument: &Argument| match argument {
        Argument::Request { ty } => {
            let (shown, (span, ty)) = (text(ty), in_one_place(ty));
            Some(quote_spanned!(span=> (#shown, <#ty as __hyper::FromRequest>::NEEDS)))
        }
        _ => None,
    };
    arguments.iter().filter_map(of_argument).collect()
}

/// What the route needs of the middleware around: its arguments, and `cache`.
fn needs(attribute: &RouteAttribute, arguments: &[Argument]) -> Vec<TokenStream> {
    let mut needs = requirements(arguments);
    if let Some(seconds) = &attribute.cache {
        let shown = format!("cache = {seconds}");
        needs.push(quote_spanned!(seconds.span()=> (#shown, &[__hyper::PAGE_CACHE])));
    }
    needs
}

fn meta(
    verb: Verb,
    function: &ItemFn,
    path: &str,
    segments: &[TokenStream],
    exact: bool,
    needs: &[TokenStream],
    names_url: &TokenStream,
) -> TokenStream {
    let name = &function.sig.ident;
    let verb = Ident::new(verb.variant(), Span::call_site());
    let (handler, summary) = (name.to_string(), summary(&function.attrs));
    quote! {
        static MOUNT_POINT: __hyper::MountPoint = __hyper::MountPoint::new();

        #[diagnostic::do_not_recommend]
        impl __hyper::RouteMeta for #name {
            const DEF: __hyper::RouteDef = __hyper::RouteDef {
                verb: __hyper::Verb::#verb,
                path: #path,
                segments: &[#(#segments),*],
                exact: #exact,
                name: ::core::concat!(::core::module_path!(), "::", #handler),
                summary: #summary,
                file: ::core::file!(),
                line: ::core::line!(),
                needs: &[#(#needs),*],
                mount_point: || &MOUNT_POINT,
            };

            #names_url
        }
    }
}

fn call(route: &Route, function: &ItemFn) -> TokenStream {
    let name = &function.sig.ident;
    let variables: Vec<Ident> = (0..route.arguments.len()).map(|i| format_ident!("__argument_{i}")).collect();
    let extractions =
        route.arguments.iter().zip(&variables).map(|(argument, variable)| extract(argument, variable));
    let needs = state(&route.arguments);
    let future = quote!(#name(#(#variables),*));
    let future = if route.attribute.boxed { quote!(::std::boxed::Box::pin(#future)) } else { future };
    let answer = match &function.sig.output {
        ReturnType::Default => Span::call_site(),
        ReturnType::Type(_, ty) => span(ty),
    };
    let variable = Ident::new("__answer", answer);
    let respond = quote_spanned!(answer=> __hyper::IntoResponse::into_response(#variable, __request));
    let respond = match &route.attribute.cache {
        None => respond,
        Some(seconds) => quote! {
            let mut __response = #respond;
            __hyper::keep_for(&mut __response, #seconds);
            __response
        },
    };
    // The future of `call` is `Send` when the handler's is: an error about it belongs to the handler.
    let signature = quote_spanned! {span(name)=>
        async fn call(__app: &'static __App, __request: &mut __hyper::Request) -> __hyper::Response
    };
    // Errors about a missing part of the application point here: at the user's own token.
    let header = quote_spanned!(name.span()=> impl<__App> __hyper::Route<__App> for #name);
    quote! {
        #header
        where
            __App: #(#needs +)* ::core::marker::Send + ::core::marker::Sync + 'static,
        {
            #signature {
                #(#extractions)*
                let #variable = #future.await;
                #respond
            }
        }
    }
}

/// The bounds that the parts of the application are there.
pub(crate) fn state(arguments: &[Argument]) -> Vec<TokenStream> {
    let of_argument = |argument: &Argument| match argument {
        Argument::State { ty } => Some(quote_spanned!(span(ty)=> __hyper::Provides<#ty>)),
        _ => None,
    };
    arguments.iter().filter_map(of_argument).collect()
}

/// The code that makes an argument, from `__app` and `__request`, or returns the answer.
pub(crate) fn extract(argument: &Argument, variable: &Ident) -> TokenStream {
    let extracted = match argument {
        Argument::State { ty } => {
            return quote_spanned!(span(ty)=> let #variable = __hyper::Provides::<#ty>::provide(__app););
        }
        Argument::Path { name, index, ty, .. } => {
            let parse = quote_spanned!(span(ty)=> <#ty as __hyper::PathParam>::parse);
            quote!(__hyper::path_param(__request, #index, #name, #parse))
        }
        Argument::Request { ty } => {
            let (span, ty) = in_one_place(ty);
            quote_spanned!(span=> <#ty as __hyper::FromRequest>::from_request(__request).await)
        }
    };
    quote! {
        let #variable = match #extracted {
            ::core::result::Result::Ok(value) => value,
            ::core::result::Result::Err(error) => {
                return __hyper::IntoResponse::into_response(error, __request);
            }
        };
    }
}

/// `show::url(7)`: the arguments are the path's, from left to right. And what names it, for `RouteMeta`: an
/// `allow(dead_code)` on it would make the whole route count as used.
fn url(pattern: &Pattern, arguments: &[Argument], function: &ItemFn) -> (TokenStream, TokenStream) {
    let (visibility, name) = (&function.vis, &function.sig.ident);
    let mut types: Vec<(&str, &Type)> = Vec::new();
    for param in pattern.params() {
        types.extend(arguments.iter().find_map(|argument| match argument {
            Argument::Path { name, ty, .. } if name == param => Some((name.as_str(), &**ty)),
            _ => None,
        }));
    }
    let names: Vec<Ident> = types
        .iter()
        .map(|(name, _)| syn::parse_str(name).unwrap_or_else(|_| format_ident!("r#{name}")))
        .collect();
    let parameters = types.iter().zip(&names).map(|((_, ty), name)| {
        if is_string(ty) { quote!(#name: impl ::core::convert::AsRef<str>) } else { quote!(#name: #ty) }
    });
    let texts = types.iter().zip(&names).map(|((_, ty), name)| {
        if is_string(ty) {
            quote!(#name.as_ref())
        } else {
            quote_spanned!(span(ty)=> &<#ty as __hyper::PathParam>::text(&#name))
        }
    });
    let given = types
        .iter()
        .zip(&names)
        .map(|((_, ty), name)| if is_string(ty) { quote!(#name: &str) } else { quote!(#name: #ty) });
    let names_url = quote! {
        fn names_url<T>() {
            let _ = |#(#given),*| Self::url(#(#names),*);
        }
    };
    let signature = quote_spanned!(span(name)=> fn url(#(#parameters),*) -> __hyper::Url);
    let url = quote! {
        impl #name {
            /// The URL of this route, percent-encoded, with the prefix it is mounted under.
            #visibility #signature {
                __hyper::Url::of(&<Self as __hyper::RouteMeta>::DEF, &[#(#texts),*])
            }
        }
    };
    (url, names_url)
}

fn is_string(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "String"))
}

/// The assertion that at most one argument reads the body, and none where there is no body.
fn bodies(verb: Verb, arguments: &[Argument], name: &Ident) -> TokenStream {
    let readers = readers(arguments);
    if readers.is_empty() {
        return TokenStream::new();
    }
    let (handler, method) = (name.to_string(), verb.method());
    quote_spanned! {span(name)=>
        const _: () = __hyper::check_bodies(#handler, #method, &[#(#readers),*]);
    }
}

/// The assertions that the types of arguments go with the converters of the path.
fn converted(arguments: &[Argument]) -> Vec<TokenStream> {
    let of_argument = |argument: &Argument| match argument {
        Argument::Path { ty, converter, .. } if *converter != Converter::Str => {
            let converter = format_ident!("As{}", converter.variant());
            let fits = quote_spanned!(span(ty)=> fits::<#ty>);
            Some(quote! {
                const _: fn() = || {
                    fn fits<T: __hyper::converters::#converter>() {}
                    #fits()
                };
            })
        }
        _ => None,
    };
    arguments.iter().filter_map(of_argument).collect()
}

/// Whether the arguments read the body, each with its type as written.
pub(crate) fn readers(arguments: &[Argument]) -> Vec<TokenStream> {
    let of_argument = |argument: &Argument| match argument {
        Argument::Request { ty } => {
            let (shown, (span, ty)) = (text(ty), in_one_place(ty));
            Some(quote_spanned!(span=> (#shown, <#ty as __hyper::FromRequest>::READS_BODY)))
        }
        _ => None,
    };
    arguments.iter().filter_map(of_argument).collect()
}

/// A type with all its tokens where the first is: two errors about it are then at the same place,
/// and when they are the same the compiler says it once.
fn in_one_place(ty: &Type) -> (Span, TokenStream) {
    let span = span(ty);
    (span, at(span, ty.to_token_stream()))
}

fn at(span: Span, tokens: TokenStream) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token| {
        if let TokenTree::Group(group) = &token {
            let mut group = Group::new(group.delimiter(), at(span, group.stream()));
            group.set_span(span);
            return TokenTree::Group(group);
        }
        token.set_span(span);
        token
    });
    moved.collect()
}
