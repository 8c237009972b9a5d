//! The code beside an enum of failures.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Member};

use super::parse::{Answer, Failure, HttpError};

pub(super) fn emit(error: &HttpError) -> TokenStream {
    let HttpError { name, failures } = error;
    let sentences = failures.iter().map(sentence);
    let sources = failures.iter().filter_map(source);
    let answers = failures.iter().map(|failure| answer(name, failure));
    let made = failures.iter().filter_map(|failure| made(name, failure));
    quote! {
        const _: () = {
            use ::hyperdjango::__private as __hyper;

            impl ::core::fmt::Display for #name {
                fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    match self {
                        #(#sentences)*
                    }
                }
            }

            impl ::std::error::Error for #name {
                fn source(&self) -> ::core::option::Option<&(dyn ::std::error::Error + 'static)> {
                    #[allow(unreachable_patterns)]
                    match self {
                        #(#sources)*
                        _ => ::core::option::Option::None,
                    }
                }
            }

            impl ::core::convert::From<#name> for __hyper::Error {
                #[track_caller]
                fn from(error: #name) -> Self {
                    match error {
                        #(#answers)*
                    }
                }
            }
            #(#made)*
        };
    }
}

/// The name of a field in a pattern and in the sentence.
fn variable(index: usize) -> Ident {
    format_ident!("f{index}")
}

/// The same where the compiler is to point at the type of the cause.
fn cause(failure: &Failure, index: usize) -> (Span, Ident) {
    let span = failure.from.as_ref().map_or_else(|| failure.name.span(), Spanned::span);
    let span = span.resolved_at(Span::call_site());
    (span, Ident::new(&format!("f{index}"), span))
}

/// `Self::Taken { slug: f0, .. }`
fn pattern(failure: &Failure, wanted: impl IntoIterator<Item = usize>) -> TokenStream {
    let name = &failure.name;
    let fields = wanted.into_iter().filter_map(|index| {
        let (member, variable): (&Member, Ident) = (failure.fields.get(index)?, variable(index));
        Some(quote!(#member: #variable,))
    });
    quote!(#name { #(#fields)* .. })
}

fn sentence(failure: &Failure) -> TokenStream {
    let Some(answer) = &failure.answer else {
        let pattern = pattern(failure, [0]);
        return quote!(Self::#pattern => ::core::fmt::Display::fmt(f0, __f),);
    };
    let pattern = pattern(failure, answer.message.used.iter().copied());
    let format = &answer.message.format;
    let used = answer.message.used.iter().map(|index| {
        let variable = variable(*index);
        quote!(, #variable = #variable)
    });
    quote!(Self::#pattern => ::core::write!(__f, #format #(#used)*),)
}

fn source(failure: &Failure) -> Option<TokenStream> {
    let index = failure.source?;
    let pattern = pattern(failure, [index]);
    let (span, variable) = cause(failure, index);
    Some(match failure.answer {
        Some(_) => {
            let source = quote_spanned!(span=> __hyper::Cause::cause(#variable));
            quote!(Self::#pattern => ::core::option::Option::Some(#source),)
        }
        // It speaks for its cause, which is then not one behind it.
        None => {
            let source = quote_spanned!(span=> __hyper::Cause::behind(#variable));
            quote!(Self::#pattern => #source,)
        }
    })
}

fn answer(name: &Ident, failure: &Failure) -> TokenStream {
    let Some(Answer { status, code, field, retry_after, .. }) = &failure.answer else {
        let pattern = pattern(failure, [0]);
        let (span, variable) = cause(failure, 0);
        let made = quote_spanned!(span=> (&#variable).__status().of(#variable));
        return quote! {
            #name::#pattern => {
                #[allow(unused_imports)]
                use __hyper::{ByItself as _, ByOthers as _};
                #made
            }
        };
    };
    let errors = failure.errors.map(|index| {
        let (pattern, variable) = (pattern(failure, [index]), variable(index));
        quote! {
            let errors = match &error {
                #name::#pattern => ::core::clone::Clone::clone(#variable),
                #[allow(unreachable_patterns)]
                _ => ::core::default::Default::default(),
            };
        }
    });
    let with_errors = errors.is_some().then(|| quote!(.with_errors(errors)));
    let about = field.as_ref().map(|field| quote!(.about(#field)));
    let retry_after = retry_after.map(|seconds| quote!(.with_retry_after(#seconds)));
    let variant = &failure.name;
    quote! {
        error @ #name::#variant { .. } => {
            #errors
            __hyper::Error::of(#status, #code, error) #with_errors #about #retry_after
        }
    }
}

fn made(name: &Ident, failure: &Failure) -> Option<TokenStream> {
    let ty = failure.from.as_ref()?;
    let (variant, member) = (&failure.name, failure.fields.first()?);
    Some(quote! {
        impl ::core::convert::From<#ty> for #name {
            fn from(cause: #ty) -> Self {
                Self::#variant { #member: cause }
            }
        }
    })
}
