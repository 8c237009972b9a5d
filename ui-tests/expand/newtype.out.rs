impl ::hyperdjango::orm::field::Textual for Isbn {}
impl ::hyperdjango::orm::field::Field for Isbn {
    type Base = Self;
    type Kind = <String as ::hyperdjango::orm::field::Field>::Kind;
    type Nullable = ::std::option::Option<Self>;
    const IS_ARRAY: bool = <String as ::hyperdjango::orm::field::Field>::IS_ARRAY;
    const TYPE: ::hyperdjango::db::types::Type = <String as ::hyperdjango::orm::field::Field>::TYPE;
    const ARRAY: ::hyperdjango::db::types::Type = <String as ::hyperdjango::orm::field::Field>::ARRAY;
    const DECLARATION: &'static str = <String as ::hyperdjango::orm::field::Field>::DECLARATION;
    const CREATE: ::std::option::Option<&'static str> = <String as ::hyperdjango::orm::field::Field>::CREATE;
    const CHOICES: &'static [&'static str] = <String as ::hyperdjango::orm::field::Field>::CHOICES;
    fn accepts(ty: &::hyperdjango::db::types::Type) -> bool {
        <String as ::hyperdjango::orm::field::Field>::accepts(ty)
    }
    fn decode(
        raw: &[u8],
    ) -> ::std::result::Result<Self, ::hyperdjango::orm::field::DecodeError> {
        <String as ::hyperdjango::orm::field::Field>::decode(raw).map(Self)
    }
    fn write_json(
        raw: &[u8],
        out: &mut ::std::vec::Vec<u8>,
    ) -> ::std::result::Result<(), ::hyperdjango::orm::field::DecodeError> {
        <String as ::hyperdjango::orm::field::Field>::write_json(raw, out)
    }
}
impl ::hyperdjango::db::types::ToSql for Isbn {
    fn to_sql(
        &self,
        ty: &::hyperdjango::db::types::Type,
        out: &mut ::hyperdjango::db::types::private::BytesMut,
    ) -> ::std::result::Result<
        ::hyperdjango::db::types::IsNull,
        ::std::boxed::Box<
            dyn ::std::error::Error + ::std::marker::Sync + ::std::marker::Send,
        >,
    > {
        <String as ::hyperdjango::db::types::ToSql>::to_sql(&self.0, ty, out)
    }
    fn accepts(ty: &::hyperdjango::db::types::Type) -> bool {
        <String as ::hyperdjango::db::types::ToSql>::accepts(ty)
    }
    ::hyperdjango::db::types::to_sql_checked!();
}
impl ::hyperdjango::orm::validation::Check for Isbn {
    fn check(
        &self,
        rules: &::hyperdjango::orm::validation::Rules,
        field: &'static str,
        errors: &mut ::hyperdjango::ValidationErrors,
    ) {
        ::hyperdjango::orm::validation::Check::check(&self.0, rules, field, errors);
        if let ::std::result::Result::Err(error) = well_formed(&self.0) {
            errors.add(field, ::std::string::ToString::to_string(&error));
        }
    }
}
impl ::hyperdjango::serde::Serialize for Isbn {
    fn serialize<S: ::hyperdjango::serde::Serializer>(
        &self,
        serializer: S,
    ) -> ::std::result::Result<S::Ok, S::Error> {
        ::hyperdjango::serde::Serialize::serialize(&self.0, serializer)
    }
}
impl<'de> ::hyperdjango::serde::Deserialize<'de> for Isbn {
    fn deserialize<D: ::hyperdjango::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::std::result::Result<Self, D::Error> {
        let inner = <String as ::hyperdjango::serde::Deserialize<
            'de,
        >>::deserialize(deserializer)?;
        if let ::std::result::Result::Err(error) = well_formed(&inner) {
            let error = ::std::string::ToString::to_string(&error);
            return ::std::result::Result::Err(
                ::hyperdjango::serde::de::Error::custom(error.trim_end_matches('.')),
            );
        }
        ::std::result::Result::Ok(Self(inner))
    }
}
