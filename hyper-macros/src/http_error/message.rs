//! The sentence of a variant: `"slug `{slug}` is taken"`.

use syn::{Ident, LitStr, Member, Result};

use crate::diagnostic::{Flaw, nearest};

/// A sentence whose fields are named as `write!` gets them.
pub(super) struct Message {
    /// With `{f0}` for the first field of the variant.
    pub(super) format: LitStr,
    /// The fields it names, by number.
    pub(super) used: Vec<usize>,
}

/// Reads the sentence of a variant with these fields.
pub(super) fn read(literal: &LitStr, variant: &Ident, fields: &[Member]) -> Result<Message> {
    let text = literal.value();
    rewrite(&text, variant, fields)
        .map(|(format, used)| Message { format: LitStr::new(&format, literal.span()), used })
        .map_err(|flaw| flaw.error(&text, literal.span()))
}

fn rewrite(
    text: &str,
    variant: &Ident,
    fields: &[Member],
) -> std::result::Result<(String, Vec<usize>), Flaw> {
    let (mut format, mut used) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some(brace) = rest.find(['{', '}']) {
        let at = text.len() - rest.len() + brace;
        format.push_str(&rest[..brace]);
        let double = &rest[brace..rest.len().min(brace + 2)];
        if double == "{{" || double == "}}" {
            format.push_str(double);
            rest = &rest[brace + 2..];
            continue;
        }
        if rest[brace..].starts_with('}') {
            return Err(Flaw::new(at, "a `}` without its `{`", "a brace itself is written twice: `}}`"));
        }
        let inside = &rest[brace + 1..];
        let Some(end) = inside.find('}') else {
            return Err(Flaw::new(at, "unclosed `{`", "close it, or write `{{` for a brace itself"));
        };
        let (name, spec) = match inside[..end].split_once(':') {
            Some((name, spec)) => (name.trim(), format!(":{spec}")),
            None => (inside[..end].trim(), String::new()),
        };
        let Some(index) = fields.iter().position(|field| self::name(field) == name) else {
            return Err(unknown(at, name, variant, fields));
        };
        format.push_str(&format!("{{f{index}{spec}}}"));
        if !used.contains(&index) {
            used.push(index);
        }
        rest = &inside[end + 1..];
    }
    format.push_str(rest);
    Ok((format, used))
}

/// A field as it stands between braces.
fn name(field: &Member) -> String {
    match field {
        Member::Named(name) => syn::ext::IdentExt::unraw(name).to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

fn unknown(at: usize, written: &str, variant: &Ident, fields: &[Member]) -> Flaw {
    let names: Vec<String> = fields.iter().map(name).collect();
    let message = if written.is_empty() {
        "`{}` does not say which field".to_owned()
    } else {
        format!("`{variant}` has no field `{written}`")
    };
    let help = match nearest(written, names.iter().map(String::as_str)) {
        Some(name) if !written.is_empty() => format!("did you mean `{{{name}}}`?"),
        _ if names.is_empty() => format!("give the variant a field: `{variant}(i64)` and `{{0}}`"),
        _ => format!(
            "write {}",
            names.iter().map(|name| format!("`{{{name}}}`")).collect::<Vec<_>>().join(" or ")
        ),
    };
    Flaw::new(at, message, help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(text: &str) -> std::result::Result<(String, Vec<usize>), String> {
        let variant: Ident = syn::parse_quote!(Taken);
        let fields = [syn::parse_quote!(slug), syn::parse_quote!(r#type)];
        rewrite(text, &variant, &fields).map_err(|flaw| format!("{} {}", flaw.at, flaw.message))
    }

    #[test]
    fn fields_are_named_by_number() {
        assert_eq!(
            rewritten("`{slug}` {{x}} {type:?} {slug}"),
            Ok(("`{f0}` {{x}} {f1:?} {f0}".into(), vec![0, 1]))
        );
        assert_eq!(rewritten(""), Ok((String::new(), Vec::new())));
        assert_eq!(rewritten("ü {slug"), Err("3 unclosed `{`".into()));
        assert_eq!(rewritten("a } b"), Err("2 a `}` without its `{`".into()));
        assert_eq!(rewritten("{}"), Err("0 `{}` does not say which field".into()));
        assert_eq!(rewritten("{0}"), Err("0 `Taken` has no field `0`".into()));
    }
}
