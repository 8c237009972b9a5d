//! Options of foreign keys.

use proc_macro2::Span;

use super::super::parse::Field;
use crate::diagnostic::unknown;

const ON_DELETE: &[&str] = &["cascade", "protect", "set_null", "set_default", "do_nothing"];
const DEFERRABLE: &[&str] = &["deferred", "immediate", "no"];

pub(super) fn check(field: &Field, wrong: &mut impl FnMut(Span, String)) {
    let options = &field.options;
    let ty = field.written();
    let places = [
        ("on_delete", options.on_delete.as_ref().map(syn::Ident::span)),
        ("db_constraint", options.db_constraint.as_ref().map(syn::LitBool::span)),
        ("deferrable", options.deferrable.as_ref().map(syn::Ident::span)),
    ];
    if field.target.is_none() {
        for (name, span) in places {
            if let Some(span) = span {
                wrong(span, format!("`{name}` is for foreign keys, and `{}` is `{ty}`", field.name));
            }
        }
        return;
    }
    if let Some(on_delete) = &options.on_delete {
        let written = on_delete.to_string();
        if !ON_DELETE.contains(&written.as_str()) {
            wrong(on_delete.span(), unknown("`on_delete`", &written, ON_DELETE));
        } else if written == "set_null" && !field.nullable {
            wrong(
                on_delete.span(),
                format!("`set_null` needs a field that can be NULL\n  help: `{}: Option<{ty}>`", field.name),
            );
        } else if written == "set_default" && options.default.is_none() && options.db_default.is_none() {
            wrong(
                on_delete.span(),
                "`set_default` needs a default\n  help: `default = 1`, or `db_default = \"..\"`".into(),
            );
        }
    }
    if let Some(deferrable) = &options.deferrable {
        let written = deferrable.to_string();
        if !DEFERRABLE.contains(&written.as_str()) {
            wrong(deferrable.span(), unknown("`deferrable`", &written, DEFERRABLE));
        }
    }
    if let Some(constraint) = &options.db_constraint
        && !constraint.value
        && let Some((name, span)) =
            [places[0], places[2]].into_iter().find_map(|(name, span)| Some((name, span?)))
    {
        wrong(
            span,
            format!("`{name}` is a property of the constraint that `db_constraint = false` leaves out"),
        );
    }
}
