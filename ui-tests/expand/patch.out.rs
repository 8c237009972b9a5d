impl ::hyperdjango::orm::input::Changes<Post> for PostPatch {
    fn each<'a>(
        &'a self,
        change: &mut dyn ::std::ops::FnMut(usize, ::hyperdjango::db::Param<'a>),
    ) {
        if let ::hyperdjango::orm::input::Patch::Set(value) = &self.title {
            change(
                const { ::hyperdjango::orm::input::number::<String, _>(&Post.title) },
                value,
            );
        }
        if let ::hyperdjango::orm::input::Patch::Set(value) = &self.url {
            change(
                const {
                    ::hyperdjango::orm::input::number::<Option<String>, _>(&Post.url)
                },
                value,
            );
        }
    }
    fn check(&self, errors: &mut ::hyperdjango::ValidationErrors) {
        if let ::hyperdjango::orm::input::Patch::Set(value) = &self.title {
            ::hyperdjango::orm::input::check(&Post.title, value, "title", errors);
        }
        if let ::hyperdjango::orm::input::Patch::Set(value) = &self.url {
            ::hyperdjango::orm::input::check(&Post.url, value, "link", errors);
        }
    }
}
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
