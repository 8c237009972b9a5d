//! What stands in an enum with `#[derive(HttpError)]`.

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DeriveInput, Error, Field, Fields, Ident, LitInt, LitStr, Member, Result, Token, Type,
    Variant,
};

use super::message::{self, Message};
use crate::diagnostic::unknown;

/// The enum.
pub(super) struct HttpError {
    pub(super) name: Ident,
    pub(super) failures: Vec<Failure>,
}

/// One variant.
pub(super) struct Failure {
    pub(super) name: Ident,
    pub(super) fields: Vec<Member>,
    /// The type it is made from by `?`; then it has one field.
    pub(super) from: Option<Type>,
    /// What it answers; without, its cause says it.
    pub(super) answer: Option<Answer>,
    /// The field with the cause.
    pub(super) source: Option<usize>,
    /// The field with what is wrong by field.
    pub(super) errors: Option<usize>,
}

/// `#[status(409, "..", code = "..", field = "..", retry_after = 5)]`
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) message: Message,
    pub(super) code: String,
    pub(super) field: Option<LitStr>,
    pub(super) retry_after: Option<u32>,
}

const OPTIONS: [&str; 3] = ["code", "field", "retry_after"];

/// Reads the enum; all mistakes are reported together.
pub(super) fn read(input: DeriveInput) -> Result<HttpError> {
    let name = input.ident;
    let Data::Enum(data) = input.data else {
        let message = format!(
            "an error is an enum: a variant for each way to fail\n  help: enum {name} {{ #[status(404, \"..\")] NotFound }}"
        );
        return Err(Error::new(name.span(), message));
    };
    if !input.generics.params.is_empty() {
        return Err(Error::new(input.generics.span(), "an error that is answered is not generic"));
    }
    if data.variants.is_empty() {
        return Err(Error::new(name.span(), format!("`{name}` has no variants, and an error has a status")));
    }
    let (mut failures, mut errors) = (Vec::<Failure>::new(), None::<Error>);
    for variant in data.variants {
        match failure(variant, &failures) {
            Ok(failure) => failures.push(failure),
            Err(error) => match &mut errors {
                Some(all) => all.combine(error),
                None => errors = Some(error),
            },
        }
    }
    errors.map_or(Ok(HttpError { name, failures }), Err)
}

fn failure(variant: Variant, before: &[Failure]) -> Result<Failure> {
    let name = variant.ident;
    let fields: Vec<Member> = variant.fields.members().collect();
    let marked = |mark| variant.fields.iter().position(|field| has(field, mark));
    let on_variant = variant.attrs.iter().any(|attribute| attribute.path().is_ident("from"));
    let from = match (on_variant, marked("from")) {
        (true, _) | (_, Some(_)) => Some(made_from(&name, &variant.fields, before)?),
        (false, None) => None,
    };
    let mut answer = None;
    for attribute in &variant.attrs {
        if attribute.path().is_ident("status") {
            answer = Some(status(attribute, &name, &fields)?);
        }
    }
    if answer.is_none() && from.is_none() {
        let help = "write `#[status(404, \"..\")]` above it, or `#[from]` where its cause knows the status";
        return Err(Error::new(name.span(), format!("`{name}` has no status\n  help: {help}")));
    }
    let source = marked("source").or(from.is_some().then_some(0));
    let errors = marked("errors");
    if let (Some(index), None) = (errors, &answer) {
        let place = variant.fields.iter().nth(index).map_or(name.span(), Spanned::span);
        return Err(Error::new(
            place,
            "`#[errors]` adds to an answer\n  help: write `#[status(422, \"..\")]` above the variant",
        ));
    }
    Ok(Failure { name, fields, from, answer, source, errors })
}

fn has(field: &Field, mark: &str) -> bool {
    field.attrs.iter().any(|attribute| attribute.path().is_ident(mark))
}

fn made_from(name: &Ident, fields: &Fields, before: &[Failure]) -> Result<Type> {
    let mut types = fields.iter().map(|field| &field.ty);
    let (Some(ty), None) = (types.next(), types.next()) else {
        let message =
            format!("a variant with `#[from]` has one field, which `?` puts there\n  help: {name}(Cause)");
        return Err(Error::new(name.span(), message));
    };
    let written = ty.to_token_stream().to_string();
    let alike =
        |other: &&Failure| other.from.as_ref().is_some_and(|ty| ty.to_token_stream().to_string() == written);
    if let Some(other) = before.iter().find(alike) {
        let message = format!(
            "`{}` and `{name}` are both made from `{}`, and `?` cannot choose\n  help: take `#[from]` off one of them, and make it by `map_err`",
            other.name,
            written.replace(' ', "")
        );
        return Err(Error::new(ty.span(), message));
    }
    Ok(ty.clone())
}

fn status(attribute: &Attribute, variant: &Ident, fields: &[Member]) -> Result<Answer> {
    attribute.parse_args_with(|input: ParseStream<'_>| {
        if !input.peek(LitInt) {
            let message = "the status comes first\n  help: #[status(404, \"no such post\")]";
            return Err(Error::new(input.span(), message));
        }
        let number: LitInt = input.parse()?;
        let status: u16 = number.base10_parse().unwrap_or(0);
        if !(400..=599).contains(&status) {
            let help = "400 to 499 is the client's fault, 500 to 599 the server's";
            return Err(Error::new(
                number.span(),
                format!("{number} is not the status of an error\n  help: {help}"),
            ));
        }
        if input.is_empty() || !input.peek2(LitStr) {
            let message = format!(
                "`{variant}` does not say what the client reads\n  help: #[status({status}, \"a sentence\")]"
            );
            return Err(Error::new(number.span(), message));
        }
        input.parse::<Token![,]>()?;
        let message = message::read(&input.parse()?, variant, fields)?;
        let code = snake(&variant.unraw().to_string());
        let mut answer = Answer { status, message, code, field: None, retry_after: None };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            option(input, &mut answer)?;
        }
        Ok(answer)
    })
}

fn option(input: ParseStream<'_>, answer: &mut Answer) -> Result<()> {
    let option: Ident = input.parse()?;
    let written = option.to_string();
    if !OPTIONS.contains(&written.as_str()) {
        return Err(Error::new(option.span(), unknown("option of a status", &written, &OPTIONS)));
    }
    input.parse::<Token![=]>()?;
    match written.as_str() {
        "code" => {
            let code: LitStr = input.parse()?;
            let fits = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
            if code.value().is_empty() || !code.value().chars().all(fits) {
                let message = "a code is for programs: letters, digits, `_`, `-` and `.`";
                return Err(Error::new(code.span(), message));
            }
            answer.code = code.value();
        }
        "field" => answer.field = Some(input.parse()?),
        _ => answer.retry_after = Some(input.parse::<LitInt>()?.base10_parse()?),
    }
    Ok(())
}

/// `NotFound` -> `not_found`
fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut before = '_';
    for c in name.chars() {
        if c.is_uppercase() && before != '_' && !before.is_uppercase() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
        before = c;
    }
    snake
}
