const _: () = {
    const COLUMN_0: ::hyperdjango::orm::input::Filled<String> = ::hyperdjango::orm::input::filled::<
        String,
        _,
    >(&Post.title);
    const COLUMN_1: ::hyperdjango::orm::input::Filled<Option<String>> = ::hyperdjango::orm::input::filled::<
        Option<String>,
        _,
    >(&Post.url);
    impl ::hyperdjango::orm::input::Changes<Post> for PostPatch {
        fn each<'a>(
            &'a self,
            change: &mut dyn ::std::ops::FnMut(usize, ::hyperdjango::db::Param<'a>),
        ) {
            if let ::hyperdjango::orm::input::Patch::Set(value) = &self.title {
                change(COLUMN_0.number, value);
            }
            if let ::hyperdjango::orm::input::Patch::Set(value) = &self.url {
                change(COLUMN_1.number, value);
            }
        }
        fn check(&self, errors: &mut ::hyperdjango::ValidationErrors) {
            if let ::hyperdjango::orm::input::Patch::Set(value) = &self.title {
                (COLUMN_0.check)(value, "title", errors);
            }
            if let ::hyperdjango::orm::input::Patch::Set(value) = &self.url {
                (COLUMN_1.check)(value, "link", errors);
            }
        }
    }
    impl ::hyperdjango::http::Validate for PostPatch {
        fn clean(&self, errors: &mut ::hyperdjango::ValidationErrors) {
            ::hyperdjango::orm::input::Changes::<Post>::check(self, errors);
        }
    }
};
const _: () = {
    #[derive(::hyperdjango::serde::Deserialize)]
    #[serde(crate = "::hyperdjango::serde")]
    #[serde(expecting = "an object")]
    #[serde(deny_unknown_fields)]
    struct __PostPatch {
        #[serde(default)]
        title: Patch<String>,
        #[serde(default)]
        #[serde(rename = "link")]
        url: Patch<Option<String>>,
        reason: Option<String>,
    }
    impl<'de> ::hyperdjango::serde::Deserialize<'de> for PostPatch {
        fn deserialize<D: ::hyperdjango::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            let __PostPatch { title, url, reason } = ::hyperdjango::serde::Deserialize::deserialize(
                deserializer,
            )?;
            ::std::result::Result::Ok(Self { title, url, reason })
        }
    }
};
