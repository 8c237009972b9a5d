impl ::hyperdjango::orm::field::Choices for Status {
    const ALL: &'static [Self] = &[Self::Draft, Self::Published];
    const VALUES: &'static [&'static str] = &["draft", "live"];
    const LABELS: &'static [&'static str] = &["Draft", "For everybody"];
    fn index(&self) -> usize {
        match self {
            Self::Draft => 0usize,
            Self::Published => 1usize,
        }
    }
    fn from_value(value: &str) -> ::std::option::Option<Self> {
        match value {
            "draft" => ::std::option::Option::Some(Self::Draft),
            "live" => ::std::option::Option::Some(Self::Published),
            _ => ::std::option::Option::None,
        }
    }
}
impl ::hyperdjango::orm::field::Field for Status {
    type Base = Self;
    type Kind = ::hyperdjango::orm::field::Single;
    type Nullable = ::std::option::Option<Self>;
    const TYPE: ::hyperdjango::db::types::Type = ::hyperdjango::db::types::Type::TEXT;
    const ARRAY: ::hyperdjango::db::types::Type = ::hyperdjango::db::types::Type::TEXT_ARRAY;
    const DECLARATION: &'static str = "\"status\"";
    const CREATE: ::std::option::Option<&'static str> = ::std::option::Option::Some(
        "DO $choices$ BEGIN CREATE TYPE \"status\" AS ENUM ('draft', 'live'); EXCEPTION WHEN duplicate_object THEN NULL; END $choices$;\n",
    );
    fn accepts(ty: &::hyperdjango::db::types::Type) -> bool {
        ty.name() == "status"
    }
    fn decode(
        raw: &[u8],
    ) -> ::std::result::Result<Self, ::hyperdjango::orm::field::DecodeError> {
        ::hyperdjango::orm::field::choices::decode(raw)
    }
    fn write_json(
        raw: &[u8],
        out: &mut ::std::vec::Vec<u8>,
    ) -> ::std::result::Result<(), ::hyperdjango::orm::field::DecodeError> {
        ::hyperdjango::orm::field::choices::write_json::<Self>(raw, out)
    }
}
impl ::hyperdjango::db::types::ToSql for Status {
    fn to_sql(
        &self,
        _: &::hyperdjango::db::types::Type,
        out: &mut ::hyperdjango::db::types::private::BytesMut,
    ) -> ::std::result::Result<
        ::hyperdjango::db::types::IsNull,
        ::std::boxed::Box<
            dyn ::std::error::Error + ::std::marker::Sync + ::std::marker::Send,
        >,
    > {
        ::hyperdjango::orm::field::choices::encode(self, out);
        ::std::result::Result::Ok(::hyperdjango::db::types::IsNull::No)
    }
    fn accepts(ty: &::hyperdjango::db::types::Type) -> bool {
        <Self as ::hyperdjango::orm::field::Field>::accepts(ty)
    }
    ::hyperdjango::db::types::to_sql_checked!();
}
impl ::hyperdjango::orm::validation::Check for Status {}
impl ::std::fmt::Display for Status {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.pad(::hyperdjango::orm::field::Choices::value(self))
    }
}
impl ::std::str::FromStr for Status {
    type Err = ::hyperdjango::orm::field::UnknownChoice;
    fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
        ::hyperdjango::orm::field::choices::parse(text)
    }
}
impl ::hyperdjango::http::PathParam for Status {
    fn parse(text: &str) -> ::std::option::Option<Self> {
        ::hyperdjango::orm::field::Choices::from_value(text)
    }
    fn text(&self) -> ::std::string::String {
        ::std::string::ToString::to_string(self)
    }
}
impl ::hyperdjango::serde::Serialize for Status {
    fn serialize<S: ::hyperdjango::serde::Serializer>(
        &self,
        serializer: S,
    ) -> ::std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(::hyperdjango::orm::field::Choices::value(self))
    }
}
impl<'de> ::hyperdjango::serde::Deserialize<'de> for Status {
    fn deserialize<D: ::hyperdjango::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::std::result::Result<Self, D::Error> {
        ::hyperdjango::orm::field::choices::deserialize(deserializer)
    }
}
