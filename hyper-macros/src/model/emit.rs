//! The code beside the struct.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, Ident, Type};

use super::parse::{Direction, Field, Literal, Model, literal};

pub(super) fn emit(model: &Model) -> TokenStream {
    let columns = columns(model);
    let implementation = implementation(model);
    let numbered = model.fields.iter().enumerate().map(|(i, field)| numbered(model, i, field));
    let serialize = serialize(model);
    quote! {
        #columns
        #implementation
        #(#numbered)*
        #serialize
    }
}

fn column_name(field: &Field) -> String {
    match (&field.options.column, &field.target) {
        (Some(name), _) => name.value(),
        (None, Some(_)) => format!("{}_id", field.name.unraw()),
        (None, None) => field.name.unraw().to_string(),
    }
}

/// The type a column holds: that of the field, or for a foreign key that of the key.
///
/// All of it stands where the user wrote the type: what is wrong with that is then said there, and once, as the
/// compiler does not repeat itself at one place.
fn column_type(field: &Field) -> TokenStream {
    let span = place(field);
    match &field.target {
        None => located(&field.ty, span),
        Some(target) => {
            let target = located(target, span);
            let key = quote_spanned!(span=> <#target as ::hyperdjango::orm::model::Model>::Key);
            if field.nullable { quote_spanned!(span=> ::std::option::Option<#key>) } else { key }
        }
    }
}

/// Where the field's type stands. Names written there mean what they mean in the rest of the macro's code, also when the
/// type came out of a `macro_rules!`.
fn place(field: &Field) -> proc_macro2::Span {
    field.ty.span().resolved_at(proc_macro2::Span::call_site())
}

fn located(tokens: &impl quote::ToTokens, span: proc_macro2::Span) -> TokenStream {
    fn move_all(tokens: TokenStream, span: proc_macro2::Span) -> TokenStream {
        let moved = tokens.into_iter().map(|mut token| {
            if let proc_macro2::TokenTree::Group(group) = &token {
                token = proc_macro2::Group::new(group.delimiter(), move_all(group.stream(), span)).into();
            }
            // Only the place changes: names mean what they meant.
            token.set_span(token.span().located_at(span));
            token
        });
        moved.collect()
    }
    move_all(tokens.to_token_stream(), span)
}

/// The struct of columns, and the constant of the model's name that holds one.
fn columns(model: &Model) -> TokenStream {
    let (name, vis) = (&model.name, &model.vis);
    let set = format_ident!("{}Columns", model.name);
    let doc = format!(
        "The columns of [`struct@{name}`]: `{name}.{}`.",
        model.fields.first().map_or("id".into(), |f| f.name.to_string())
    );
    let set_doc = format!("The columns of [`struct@{name}`], in a query on `R`, at the end of path `P`.");
    let mut fields = Vec::new();
    let mut values = Vec::new();
    for (i, field) in model.fields.iter().enumerate() {
        let (ident, vis, docs) = (&field.name, &field.vis, &field.docs);
        // The constant can only be used where the field can, so undocumented fields say what they are.
        let own_doc = docs.is_empty().then(|| {
            let doc = format!("The column `{}`.", column_name(field));
            quote!(#[doc = #doc])
        });
        let (ty, value) = match &field.target {
            Some(_) => (
                quote!(::hyperdjango::orm::model::Relation<R, P, #name, #i>),
                quote!(::hyperdjango::orm::model::Relation::NEW),
            ),
            None => {
                let column = column_type(field);
                (
                    quote_spanned!(place(field)=> ::hyperdjango::orm::expr::Expr<R, P::Reached<#column>, ::hyperdjango::orm::expr::Column<P, #name, #i>>),
                    quote!(::hyperdjango::orm::expr::Expr::column()),
                )
            }
        };
        fields.push(quote!(#(#docs)* #own_doc #vis #ident: #ty));
        values.push(quote!(#ident: #value));
    }
    quote! {
        #[doc = #doc]
        #[allow(non_upper_case_globals)]
        #vis const #name: #set<#name, ::hyperdjango::orm::model::Root<#name>> = #set { #(#values),* };

        #[doc = #set_doc]
        #[allow(missing_debug_implementations)]
        #vis struct #set<R, P: ::hyperdjango::orm::model::Path> {
            #(#fields),*
        }

        impl<R, P: ::hyperdjango::orm::model::Path> ::std::clone::Clone for #set<R, P> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<R, P: ::hyperdjango::orm::model::Path> ::std::marker::Copy for #set<R, P> {}

        impl<R: 'static, P: ::hyperdjango::orm::model::Path> ::hyperdjango::orm::model::ColumnSet for #set<R, P> {
            const ALL: &'static Self = &#set { #(#values),* };
        }
    }
}

fn implementation(model: &Model) -> TokenStream {
    let (name, table) = (&model.name, &model.table);
    let set = format_ident!("{}Columns", model.name);
    let key = model.fields.iter().find(|field| field.options.primary_key.is_some()).expect("checked");
    let (key_field, key_column, key_type) = (&key.name, column_name(key), column_type(key));
    let key_value = match key.target {
        Some(_) => quote!(::std::clone::Clone::clone(&self.#key_field.id)),
        None => quote!(::std::clone::Clone::clone(&self.#key_field)),
    };
    let names = model.fields.iter().map(column_name);
    let metas = model.fields.iter().map(meta);
    let indexes = indexes(model);
    let ordering = directions(model, &model.ordering, true);
    let decode = model.fields.iter().map(|field| {
        let ident = &field.name;
        let ty = column_type(field);
        let read = quote_spanned!(place(field)=> row.read::<#ty>()?);
        match (&field.target, field.nullable) {
            (None, _) => quote!(#ident: #read),
            (Some(_), false) => quote!(#ident: ::hyperdjango::orm::model::ForeignKey { id: #read }),
            (Some(_), true) => {
                quote!(#ident: #read.map(|id| ::hyperdjango::orm::model::ForeignKey { id }))
            }
        }
    });
    let json = model.fields.iter().enumerate().map(|(i, field)| {
        if field.options.secret.is_some() {
            return quote!(row.skip(1););
        }
        let ty = column_type(field);
        let key = format!("\"{}\":", field.name.unraw());
        quote_spanned!(place(field)=> row.write_member::<#ty>(#i, #key, without, out)?;)
    });
    let checks =
        model.fields.iter().enumerate().filter(|(_, field)| field.target.is_none()).map(|(i, field)| {
            let (ident, text) = (&field.name, field.name.unraw().to_string());
            quote! {
                ::hyperdjango::orm::validation::Check::check(
                    &self.#ident,
                    &<Self as ::hyperdjango::orm::model::HasColumn<#i>>::RULES,
                    #text,
                    &mut errors,
                );
            }
        });
    quote! {
        impl ::hyperdjango::orm::model::Model for #name {
            type Key = #key_type;
            type Columns<R: 'static, P: ::hyperdjango::orm::model::Path> = #set<R, P>;

            const TABLE: &'static str = #table;
            const KEY: &'static str = #key_column;
            const NAMES: &'static [&'static str] = &[#(#names),*];
            const META: &'static ::hyperdjango::orm::model::Table = &::hyperdjango::orm::model::Table {
                name: #table,
                columns: &[#(#metas),*],
                indexes: &[#(#indexes),*],
            };
            const ORDERING: ::hyperdjango::orm::sql::Rope = &[#ordering];

            fn decode(
                row: &mut ::hyperdjango::orm::row::RowReader<'_>,
            ) -> ::std::result::Result<Self, ::hyperdjango::db::DatabaseError> {
                ::std::result::Result::Ok(Self { #(#decode),* })
            }

            fn write_json(
                row: &mut ::hyperdjango::orm::row::RowReader<'_>,
                without: &[usize],
                out: &mut ::std::vec::Vec<u8>,
            ) -> ::std::result::Result<(), ::hyperdjango::db::DatabaseError> {
                #(#json)*
                ::std::result::Result::Ok(())
            }

            fn key(&self) -> Self::Key {
                #key_value
            }

            fn validate(&self) -> ::std::result::Result<(), ::hyperdjango::ValidationErrors> {
                let mut errors = ::hyperdjango::ValidationErrors::new();
                #(#checks)*
                errors.into_result()
            }
        }

        impl<R> ::hyperdjango::orm::expr::Operand<R, <#name as ::hyperdjango::orm::model::Model>::Key> for &#name {
            type Node = ::hyperdjango::orm::expr::Value<<#name as ::hyperdjango::orm::model::Model>::Key>;

            fn into_node(self) -> Self::Node {
                ::hyperdjango::orm::expr::Value::new(::hyperdjango::orm::model::Model::key(self))
            }
        }
    }
}

fn meta(field: &Field) -> TokenStream {
    let ty = column_type(field);
    let (column, name) = (column_name(field), field.name.unraw().to_string());
    let options = &field.options;
    let primary_key = options.primary_key.is_some();
    let max_length = number(options.max_length.as_ref());
    let unique = options.unique.is_some();
    let span = place(field);
    let declaration = quote_spanned!(span=> <#ty as ::hyperdjango::orm::field::Field>::DECLARATION);
    let accepts = quote_spanned!(span=> <#ty as ::hyperdjango::orm::field::Field>::accepts);
    let whole = matches!(&field.base, Type::Path(path) if ["i16", "i32", "i64"].iter().any(|int| path.path.is_ident(int)));
    let uuid = matches!(&field.base, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Uuid"));
    let identity = primary_key && whole && options.default.is_none();
    let default = match &options.default {
        Some(default) => Some(sql_literal(default)),
        None if options.auto_now_add.is_some() => Some("now()".to_owned()),
        None if primary_key && uuid => Some("gen_random_uuid()".to_owned()),
        None => None,
    };
    let default = option(default.map(|default| quote!(#default)));
    let references = option(field.target.as_ref().map(|target| {
        let on_delete = match options.on_delete.as_ref().map(Ident::to_string).as_deref() {
            Some("set_null") => "SET NULL",
            Some("protect") => "RESTRICT",
            Some("do_nothing") => "NO ACTION",
            _ => "CASCADE",
        };
        let target = located(target, span);
        quote_spanned! {span=>
            ::hyperdjango::orm::model::Reference {
                table: <#target as ::hyperdjango::orm::model::Model>::TABLE,
                column: <#target as ::hyperdjango::orm::model::Model>::KEY,
                on_delete: #on_delete,
            }
        }
    }));
    let nullable = field.nullable;
    quote! {
        ::hyperdjango::orm::model::ColumnMeta {
            name: #column,
            field: #name,
            declaration: #declaration,
            accepts: #accepts,
            max_length: #max_length,
            nullable: #nullable,
            primary_key: #primary_key,
            identity: #identity,
            unique: #unique,
            default: #default,
            references: #references,
        }
    }
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::std::option::Option::Some(#value)),
        None => quote!(::std::option::Option::None),
    }
}

fn number(literal: Option<&syn::LitInt>) -> TokenStream {
    option(literal.and_then(|literal| literal.base10_parse::<u64>().ok()).map(|number| quote!(#number)))
}

fn sql_literal(expr: &Expr) -> String {
    match literal(expr).expect("checked") {
        Literal::Int(int) => int.to_string(),
        Literal::Float(float) => float.to_string(),
        Literal::Bool(value) => value.to_string(),
        Literal::Text(text) => format!("'{}'", text.value().replace('\'', "''")),
    }
}

fn indexes(model: &Model) -> Vec<TokenStream> {
    let index = |columns: &[Direction], unique: bool| {
        let fields =
            columns.iter().map(|direction| direction.field.to_string()).collect::<Vec<_>>().join("_");
        let name = index_name(&model.table, &fields, if unique { "uniq" } else { "idx" });
        let columns = directions(model, columns, false);
        quote!(::hyperdjango::orm::model::Index { name: #name, columns: &[#columns], unique: #unique })
    };
    // Foreign keys are looked up backwards; PostgreSQL makes no index for them by itself. One that begins with the field
    // serves as well.
    let several = model.indexes.iter().chain(&model.unique_together);
    let covered: Vec<_> = several.filter_map(|columns| columns.first()).map(|first| &first.field).collect();
    let single = model.fields.iter().filter(|field| {
        let options = &field.options;
        let alone =
            options.unique.is_none() && options.primary_key.is_none() && !covered.contains(&&field.name);
        options.index.is_some() || (field.target.is_some() && alone)
    });
    let single =
        single.map(|field| index(&[Direction { field: field.name.clone(), descending: false }], false));
    let several = model.indexes.iter().map(|columns| index(columns, false));
    let unique = model.unique_together.iter().map(|columns| index(columns, true));
    single.chain(several).chain(unique).collect()
}

/// PostgreSQL cuts names at 63 bytes, which could make two of one: longer ones end in a hash instead.
fn index_name(table: &str, fields: &str, suffix: &str) -> String {
    let name = format!("{table}_{fields}_{suffix}");
    if name.len() <= 63 {
        return name;
    }
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let cut = (0..=40).rev().find(|&end| name.is_char_boundary(end)).unwrap_or(0);
    format!("{}_{hash:016x}_{suffix}", &name[..cut])
}

/// `"a" DESC, "b"`: with the table's name in a query, without it in an index.
fn directions(model: &Model, directions: &[Direction], qualified: bool) -> TokenStream {
    let name = &model.name;
    let parts = directions.iter().enumerate().map(|(i, direction)| {
        let field = model.fields.iter().find(|field| field.name == direction.field).expect("checked");
        let column = column_name(field);
        let comma = (i > 0).then(|| quote!(::hyperdjango::orm::sql::Part::Text(", "),));
        let part = if qualified {
            quote! {
                ::hyperdjango::orm::sql::Part::Column(
                    <::hyperdjango::orm::model::Root<#name> as ::hyperdjango::orm::model::Path>::NODE,
                    #column,
                )
            }
        } else {
            quote!(::hyperdjango::orm::sql::Part::Name(#column))
        };
        let desc = direction.descending.then(|| quote!(, ::hyperdjango::orm::sql::Part::Text(" DESC")));
        quote!(#comma #part #desc)
    });
    quote!(#(#parts),*)
}

/// What belongs to a column by its number.
fn numbered(model: &Model, i: usize, field: &Field) -> TokenStream {
    let name = &model.name;
    let ty = column_type(field);
    let rules = rules(field);
    let column = quote! {
        impl ::hyperdjango::orm::model::HasColumn<#i> for #name {
            type Type = #ty;
            const RULES: ::hyperdjango::orm::validation::Rules = #rules;
        }
    };
    let Some(target) = &field.target else { return column };
    let target = located(target, place(field));
    let (field_name, column_name, nullable) =
        (field.name.unraw().to_string(), column_name(field), field.nullable);
    let (reached, loaded) = if nullable {
        (quote!(T::Nullable), quote!(::std::option::Option<T>))
    } else {
        (quote!(T), quote!(P::Loaded<T>))
    };
    quote! {
        #column

        impl ::hyperdjango::orm::model::HasForeignKey<#i> for #name {
            type Target = #target;
            const FIELD: &'static str = #field_name;
            const COLUMN: &'static str = #column_name;
            const NULLABLE: bool = #nullable;
            type Reached<T: ::hyperdjango::orm::field::Field> = #reached;
            type Loaded<
                P: ::hyperdjango::orm::model::Path,
                T: ::hyperdjango::orm::model::Model,
            > = #loaded;
        }
    }
}

fn rules(field: &Field) -> TokenStream {
    let options = &field.options;
    let mut rules = Vec::new();
    for (name, length) in [("min_length", &options.min_length), ("max_length", &options.max_length)] {
        if length.is_some() {
            let (name, length) = (format_ident!("{name}"), number(length.as_ref()));
            rules.push(quote!(#name: #length));
        }
    }
    for (name, bound) in [("ge", &options.ge), ("le", &options.le), ("gt", &options.gt), ("lt", &options.lt)]
    {
        let Some(bound) = bound else { continue };
        let name = format_ident!("{name}");
        let variant = match literal(bound) {
            Some(Literal::Float(_)) => quote!(Float),
            _ => quote!(Int),
        };
        rules.push(quote!(#name: ::std::option::Option::Some(::hyperdjango::orm::validation::Limit::#variant(#bound))));
    }
    for (name, given) in [("email", options.email), ("url", options.url), ("slug", options.slug)] {
        if given.is_some() {
            let name = format_ident!("{name}");
            rules.push(quote!(#name: true));
        }
    }
    if rules.is_empty() {
        return quote!(::hyperdjango::orm::validation::Rules::NONE);
    }
    quote!(::hyperdjango::orm::validation::Rules { #(#rules,)* ..::hyperdjango::orm::validation::Rules::NONE })
}

/// As JSON and the like: all fields by name, but those that are secret.
fn serialize(model: &Model) -> TokenStream {
    let (name, text) = (&model.name, model.name.unraw().to_string());
    let shown: Vec<_> = model.fields.iter().filter(|field| field.options.secret.is_none()).collect();
    let count = shown.len();
    let members = shown.iter().map(|field| {
        let (ident, key) = (&field.name, field.name.unraw().to_string());
        quote_spanned! {place(field)=>
            ::hyperdjango::serde::ser::SerializeStruct::serialize_field(&mut object, #key, &self.#ident)?;
        }
    });
    quote! {
        impl ::hyperdjango::serde::Serialize for #name {
            fn serialize<S: ::hyperdjango::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                let mut object = serializer.serialize_struct(#text, #count)?;
                #(#members)*
                ::hyperdjango::serde::ser::SerializeStruct::end(object)
            }
        }
    }
}
