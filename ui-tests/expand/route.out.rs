/// Shows one comment of a post.
///
/// With those who answered it.
pub async fn show(
    slug: String,
    db: &Db,
    post: i64,
    page: Query<Page>,
) -> Result<Html<CommentPage>> {
    load(db, post, slug, page.number).await
}
/// The route of [`show`](fn@show): `GET /posts/{post}/comments/{slug}`.
#[allow(non_camel_case_types)]
pub struct show {}
#[allow(unused_qualifications)]
const _: () = {
    use ::hyperdjango::__private as __hyper;
    static MOUNT_POINT: __hyper::MountPoint = __hyper::MountPoint::new();
    #[diagnostic::do_not_recommend]
    impl __hyper::RouteMeta for show {
        const DEF: __hyper::RouteDef = __hyper::RouteDef {
            verb: __hyper::Verb::Get,
            path: "/posts/{post}/comments/{slug}",
            segments: &[
                __hyper::Segment::literal("posts"),
                __hyper::Segment::Param("post", __hyper::Converter::Str),
                __hyper::Segment::literal("comments"),
                __hyper::Segment::Param("slug", __hyper::Converter::Str),
            ],
            exact: false,
            name: ::core::concat!(::core::module_path!(), "::", "show"),
            summary: "Shows one comment of a post.",
            file: ::core::file!(),
            line: ::core::line!(),
            needs: &[("Query<Page>", <Query<Page> as __hyper::FromRequest>::NEEDS)],
            mount_point: || &MOUNT_POINT,
        };
        fn names_url<T>() {
            let _ = |post: i64, slug: &str| Self::url(post, slug);
        }
    }
    impl<__App> __hyper::Route<__App> for show
    where
        __App: __hyper::Provides<Db> + ::core::marker::Send + ::core::marker::Sync
            + 'static,
    {
        async fn call(
            __app: &'static __App,
            __request: &mut __hyper::Request,
        ) -> __hyper::Response {
            let __argument_0 = match __hyper::path_param(
                __request,
                1usize,
                "slug",
                <String as __hyper::PathParam>::parse,
            ) {
                ::core::result::Result::Ok(value) => value,
                ::core::result::Result::Err(error) => {
                    return __hyper::IntoResponse::into_response(error, __request);
                }
            };
            let __argument_1 = __hyper::Provides::<Db>::provide(__app);
            let __argument_2 = match __hyper::path_param(
                __request,
                0usize,
                "post",
                <i64 as __hyper::PathParam>::parse,
            ) {
                ::core::result::Result::Ok(value) => value,
                ::core::result::Result::Err(error) => {
                    return __hyper::IntoResponse::into_response(error, __request);
                }
            };
            let __argument_3 = match <Query<
                Page,
            > as __hyper::FromRequest>::from_request(__request)
                .await
            {
                ::core::result::Result::Ok(value) => value,
                ::core::result::Result::Err(error) => {
                    return __hyper::IntoResponse::into_response(error, __request);
                }
            };
            let __answer = ::std::boxed::Box::pin(
                    show(__argument_0, __argument_1, __argument_2, __argument_3),
                )
                .await;
            __hyper::IntoResponse::into_response(__answer, __request)
        }
    }
    impl show {
        /// The URL of this route, percent-encoded, with the prefix it is mounted under.
        pub fn url(post: i64, slug: impl ::core::convert::AsRef<str>) -> __hyper::Url {
            __hyper::Url::of(
                &<Self as __hyper::RouteMeta>::DEF,
                &[&<i64 as __hyper::PathParam>::text(&post), slug.as_ref()],
            )
        }
    }
    const _: () = __hyper::check_bodies(
        "show",
        "GET",
        &[("Query<Page>", <Query<Page> as __hyper::FromRequest>::READS_BODY)],
    );
};
async fn create(Json(post): Json<NewPost>) -> StatusCode {
    StatusCode::CREATED
}
/// The route of [`create`](fn@create): `POST /posts`.
#[allow(non_camel_case_types)]
struct create {}
#[allow(unused_qualifications)]
const _: () = {
    use ::hyperdjango::__private as __hyper;
    static MOUNT_POINT: __hyper::MountPoint = __hyper::MountPoint::new();
    #[diagnostic::do_not_recommend]
    impl __hyper::RouteMeta for create {
        const DEF: __hyper::RouteDef = __hyper::RouteDef {
            verb: __hyper::Verb::Post,
            path: "/posts",
            segments: &[__hyper::Segment::literal("posts")],
            exact: false,
            name: ::core::concat!(::core::module_path!(), "::", "create"),
            summary: "",
            file: ::core::file!(),
            line: ::core::line!(),
            needs: &[("Json<NewPost>", <Json<NewPost> as __hyper::FromRequest>::NEEDS)],
            mount_point: || &MOUNT_POINT,
        };
        fn names_url<T>() {
            let _ = || Self::url();
        }
    }
    impl<__App> __hyper::Route<__App> for create
    where
        __App: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        async fn call(
            __app: &'static __App,
            __request: &mut __hyper::Request,
        ) -> __hyper::Response {
            let __argument_0 = match <Json<
                NewPost,
            > as __hyper::FromRequest>::from_request(__request)
                .await
            {
                ::core::result::Result::Ok(value) => value,
                ::core::result::Result::Err(error) => {
                    return __hyper::IntoResponse::into_response(error, __request);
                }
            };
            let __answer = create(__argument_0).await;
            __hyper::IntoResponse::into_response(__answer, __request)
        }
    }
    impl create {
        /// The URL of this route, percent-encoded, with the prefix it is mounted under.
        fn url() -> __hyper::Url {
            __hyper::Url::of(&<Self as __hyper::RouteMeta>::DEF, &[])
        }
    }
    const _: () = __hyper::check_bodies(
        "create",
        "POST",
        &[("Json<NewPost>", <Json<NewPost> as __hyper::FromRequest>::READS_BODY)],
    );
};
