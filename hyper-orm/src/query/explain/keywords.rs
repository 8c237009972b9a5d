//! Names as PostgreSQL prints them: in quotes where they need some.

use std::borrow::Cow;

/// The words of SQL that are no names by themselves, of PostgreSQL 13 to 18.
const KEYWORDS: &str = " all analyse analyze and any array as asc asymmetric authorization between bigint binary bit \
boolean both case cast char character check coalesce collate collation column concurrently constraint create cross \
current_catalog current_date current_role current_schema current_time current_timestamp current_user dec decimal \
default deferrable desc distinct do else end except exists extract false fetch float for foreign freeze from full \
grant greatest group grouping having ilike in initially inner inout int integer intersect interval into is isnull join \
json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table \
json_value lateral leading least left like limit localtime localtimestamp merge_action national natural nchar none \
normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision \
primary real references returning right row select session_user setof similar smallint some substring symmetric \
system_user table tablesample then time timestamp to trailing treat trim true union unique user using values varchar \
variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse \
xmlpi xmlroot xmlserialize xmltable ";

/// A name as PostgreSQL's `quote_identifier` writes it.
pub(super) fn quoted(name: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let safe = name.chars().all(plain) && !name.starts_with(|c: char| c.is_ascii_digit()) && !name.is_empty();
    if safe && !KEYWORDS.contains(&format!(" {name} ")) {
        name.into()
    } else {
        format!("\"{}\"", name.replace('"', "\"\"")).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_need_quotes_have_them() {
        for (name, written) in [
            ("posts", "posts"),
            ("user", "\"user\""),
            ("A", "\"A\""),
            ("a\"b", "\"a\"\"b\""),
            ("1a", "\"1a\""),
        ] {
            assert_eq!(quoted(name), written);
        }
    }
}
