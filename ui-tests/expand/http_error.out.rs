const _: () = {
    use ::hyperdjango::__private as __hyper;
    impl ::core::fmt::Display for PostError {
        fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::NotFound { 0: f0, .. } => {
                    ::core::write!(__f, "no post {f0}", f0 = f0)
                }
                Self::Taken { slug: f0, .. } => {
                    ::core::write!(__f, "slug `{f0}` is taken", f0 = f0)
                }
                Self::Invalid { .. } => ::core::write!(__f, "The post is not valid."),
                Self::Database { 0: f0, .. } => ::core::fmt::Display::fmt(f0, __f),
                Self::Shop { .. } => ::core::write!(__f, "The shop does not answer."),
            }
        }
    }
    impl ::std::error::Error for PostError {
        fn source(
            &self,
        ) -> ::core::option::Option<&(dyn ::std::error::Error + 'static)> {
            #[allow(unreachable_patterns)]
            match self {
                Self::Database { 0: f0, .. } => __hyper::Cause::behind(f0),
                Self::Shop { 0: f0, .. } => {
                    ::core::option::Option::Some(__hyper::Cause::cause(f0))
                }
                _ => ::core::option::Option::None,
            }
        }
    }
    impl ::core::convert::From<PostError> for __hyper::Error {
        #[track_caller]
        fn from(error: PostError) -> Self {
            match error {
                error @ PostError::NotFound { .. } => {
                    __hyper::Error::of(404u16, "not_found", error)
                }
                error @ PostError::Taken { .. } => {
                    __hyper::Error::of(409u16, "taken", error).about("slug")
                }
                error @ PostError::Invalid { .. } => {
                    let errors = match &error {
                        PostError::Invalid { 0: f0, .. } => {
                            ::core::clone::Clone::clone(f0)
                        }
                        #[allow(unreachable_patterns)]
                        _ => ::core::default::Default::default(),
                    };
                    __hyper::Error::of(422u16, "post.invalid", error).with_errors(errors)
                }
                PostError::Database { 0: f0, .. } => {
                    #[allow(unused_imports)]
                    use __hyper::{ByItself as _, ByOthers as _};
                    (&f0).__status().of(f0)
                }
                error @ PostError::Shop { .. } => {
                    __hyper::Error::of(502u16, "shop", error).with_retry_after(5u32)
                }
            }
        }
    }
    impl ::core::convert::From<DatabaseError> for PostError {
        fn from(cause: DatabaseError) -> Self {
            Self::Database { 0: cause }
        }
    }
    impl ::core::convert::From<ShopError> for PostError {
        fn from(cause: ShopError) -> Self {
            Self::Shop { 0: cause }
        }
    }
};
