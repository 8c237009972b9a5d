//! The path of a route, as it is written.

use crate::diagnostic::{Flaw, nearest};

/// A path in pieces.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) pieces: Vec<Piece>,
}

/// What stands between two slashes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text, percent-encoded as normalised request paths are.
    Literal(String),
    /// `{name}`, `{name:int}`
    Param(String, Converter),
    /// `{*name}`, `{name:path}`
    Rest(String),
}

/// What a segment must look like for its parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Converter {
    Int,
    Slug,
    Uuid,
    Str,
}

impl Converter {
    /// The name of the variant in `hyper_core::routing::Converter`; the trait in `converters` has `As` before it.
    pub(crate) fn variant(self) -> &'static str {
        match self {
            Self::Int => "Int",
            Self::Slug => "Slug",
            Self::Uuid => "Uuid",
            Self::Str => "Str",
        }
    }

    /// The type its argument has, for help.
    pub(crate) fn usual_type(self) -> &'static str {
        match self {
            Self::Int => "i64",
            Self::Slug => "Slug",
            Self::Uuid => "Uuid",
            Self::Str => "String",
        }
    }
}

impl Pattern {
    /// Reads a path; a slash at its end makes an empty last piece.
    pub(crate) fn parse(path: &str) -> Result<Self, Flaw> {
        let Some(rest) = path.strip_prefix('/') else {
            return Err(Flaw::new(0, "route paths start with `/`", format!("write `\"/{path}\"`")));
        };
        if let Some(at) = path.find(['?', '#']) {
            let help = "take it from the query: `Query<..>`";
            return Err(Flaw::new(at, "a route path has no query and no fragment", help));
        }
        let mut pieces = Vec::new();
        let mut at = 1;
        let count = rest.split('/').count();
        for (i, text) in rest.split('/').enumerate() {
            let last = i + 1 == count;
            if text.is_empty() && !last {
                let joined = path.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
                return Err(Flaw::new(at, "empty path segment", format!("write `\"/{joined}\"`")));
            }
            let piece = piece(text, at)?;
            match &piece {
                Piece::Rest(_) if !last => {
                    let message = format!("`{text}` takes the rest of the path and must be last");
                    let without = if text.contains('*') { "the `*`" } else { "`:path`" };
                    let help = format!("move it to the end, or leave out {without}");
                    return Err(Flaw::new(at, message, help));
                }
                Piece::Param(name, _) | Piece::Rest(name)
                    if pieces.iter().any(|other: &Piece| other.is(name)) =>
                {
                    let message = format!("parameter `{name}` appears twice");
                    return Err(Flaw::new(at, message, "rename one of them"));
                }
                _ => {}
            }
            pieces.push(piece);
            at += text.len() + 1;
        }
        if let Some(ninth) = pieces.iter().filter_map(Piece::name).nth(8) {
            let at = path.find(&format!("{{{ninth}")).unwrap_or(0);
            return Err(Flaw::new(at, "a path has at most 8 parameters", "take the others from `Query<..>`"));
        }
        Ok(Self { pieces })
    }

    /// The converter of the parameter with this name; `Str` without one.
    pub(crate) fn converter(&self, name: &str) -> Converter {
        let of_piece = |piece: &Piece| match piece {
            Piece::Param(other, converter) if other == name => Some(*converter),
            _ => None,
        };
        self.pieces.iter().find_map(of_piece).unwrap_or(Converter::Str)
    }

    /// The names of the parameters, from left to right.
    pub(crate) fn params(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(Piece::name)
    }
}

impl Piece {
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Param(name, _) | Self::Rest(name) => Some(name),
        }
    }

    fn is(&self, name: &str) -> bool {
        self.name() == Some(name)
    }
}

fn piece(text: &str, at: usize) -> Result<Piece, Flaw> {
    if let Some(name) = text.strip_prefix(':') {
        return Err(Flaw::new(at, "parameters are written `{name}`", format!("write `{{{name}}}`")));
    }
    if let Some(name) = text.strip_prefix('<') {
        let name = name.strip_suffix('>').unwrap_or(name);
        // Django has it the other way round: `<int:id>`.
        let written = match name.split_once(':') {
            Some((kind, name)) if CONVERTERS.contains(&kind) => format!("{{{name}:{kind}}}"),
            Some((_, name)) => format!("{{{name}}}"),
            None => format!("{{{name}}}"),
        };
        return Err(Flaw::new(at, "parameters are written `{name}`", format!("write `{written}`")));
    }
    let Some(open) = text.find('{') else {
        return match text.find('}') {
            Some(close) => Err(Flaw::new(at + close, "unopened `}` in the route path", "open it with `{`")),
            None => literal(text, at).map(Piece::Literal),
        };
    };
    let inside = &text[open + 1..];
    let Some(length) = inside.find('}') else {
        let help = format!("close it: `{{{inside}}}`");
        return Err(Flaw::new(at + open, "unclosed `{` in the route path", help));
    };
    let inside = &inside[..length];
    if open > 0 || open + length + 2 < text.len() {
        let help = "put a `/` between them, or take the whole segment and split it in the handler";
        return Err(Flaw::new(at + open, "a parameter is a whole segment of the path", help));
    }
    let (rest, name) = match inside.strip_prefix('*') {
        Some(name) => (true, name),
        None => (false, inside),
    };
    let (name, kind) = match name.split_once(':') {
        Some((name, kind)) => (name, Some(kind)),
        None => (name, None),
    };
    if syn::parse_str::<syn::Ident>(name).is_err() {
        let digits = name.len() - name.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (digits, letters) = name.split_at(digits);
        let better = match (name, letters) {
            ("", _) => "id".to_owned(),
            (_, "") => format!("n{digits}"),
            _ => format!("{letters}{digits}"),
        };
        let better = if syn::parse_str::<syn::Ident>(&better).is_ok() { better } else { "id".to_owned() };
        let message = format!("`{name}` is not a name an argument can have");
        return Err(Flaw::new(at + open + 1, message, format!("write `{{{better}}}`")));
    }
    let converter = match kind {
        Some("path") | None if rest => return Ok(Piece::Rest(name.to_owned())),
        Some("path") => return Ok(Piece::Rest(name.to_owned())),
        Some(kind) if rest => {
            let message = format!("`{{*{name}}}` has no converter");
            let help = format!(
                "write `{{*{name}}}` for the rest of the path, or `{{{name}:{kind}}}` for one segment"
            );
            return Err(Flaw::new(at + open, message, help));
        }
        Some("int") => Converter::Int,
        Some("slug") => Converter::Slug,
        Some("uuid") => Converter::Uuid,
        Some("str") | None => Converter::Str,
        Some(other) => {
            let message = format!("there is no converter `{other}`");
            let help = match nearest(other.trim(), CONVERTERS) {
                Some(kind) => format!("write `{{{name}:{kind}}}`"),
                None => format!("write `{{{name}}}`: the type of the argument decides what fits"),
            };
            return Err(Flaw::new(at + open + 1 + name.len() + 1, message, help));
        }
    };
    Ok(Piece::Param(name.to_owned(), converter))
}

const CONVERTERS: [&str; 5] = ["int", "slug", "uuid", "path", "str"];

/// Encodes a literal as request paths are normalised: unreserved and sub-delimiters stay.
fn literal(text: &str, at: usize) -> Result<String, Flaw> {
    let mut out = String::new();
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let byte = bytes[i];
        if byte == b'%' {
            let digits = text.get(i + 1..i + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
            let Some(value) = digits else {
                let help = "write `%25` for a percent sign";
                return Err(Flaw::new(at + i, "`%` begins an encoded byte, two hexadecimal digits", help));
            };
            if value.is_ascii_alphanumeric() || b"-._~".contains(&value) {
                out.push(char::from(value));
            } else {
                out.push_str(&format!("%{value:02X}"));
            }
            i += 3;
            continue;
        }
        if byte.is_ascii_whitespace() || byte.is_ascii_control() || b"\"\\^`|*".contains(&byte) {
            let message = format!("`{}` does not stand in a path as it is", char::from(byte));
            return Err(Flaw::new(at + i, message, format!("write `%{byte:02X}`")));
        }
        if byte.is_ascii() {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        i += 1;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(path: &str) -> Vec<Piece> {
        Pattern::parse(path).unwrap().pieces
    }

    #[test]
    fn paths_are_read_in_pieces() {
        let literal = |text: &str| Piece::Literal(text.to_owned());
        assert_eq!(pieces("/"), [literal("")]);
        assert_eq!(
            pieces("/a/{id}/"),
            [literal("a"), Piece::Param("id".to_owned(), Converter::Str), literal("")]
        );
        assert_eq!(pieces("/{id:int}"), [Piece::Param("id".to_owned(), Converter::Int)]);
        assert_eq!(pieces("/f/{rest:path}"), pieces("/f/{*rest}"));
        assert_eq!(pieces("/{*rest:path}"), pieces("/{*rest}"));
        assert_eq!(pieces("/f/{*rest}"), [literal("f"), Piece::Rest("rest".to_owned())]);
        assert_eq!(pieces("/café/%7e%2f"), [literal("caf%C3%A9"), literal("~%2F")]);
    }

    #[test]
    fn flaws_say_where_what_and_what_instead() {
        for (path, at, message, help) in [
            ("posts", 0, "route paths start with `/`", "write `\"/posts\"`"),
            ("", 0, "route paths start with `/`", "write `\"/\"`"),
            ("/a//b", 3, "empty path segment", "write `\"/a/b\"`"),
            ("/:id", 1, "parameters are written `{name}`", "write `{id}`"),
            ("/<id>", 1, "parameters are written `{name}`", "write `{id}`"),
            ("/<int:id>", 1, "parameters are written `{name}`", "write `{id:int}`"),
            ("/<yyyy:year>", 1, "parameters are written `{name}`", "write `{year}`"),
            (
                "/a/{id:integer}",
                7,
                "there is no converter `integer`",
                "write `{id}`: the type of the argument decides what fits",
            ),
            ("/{id: int}", 5, "there is no converter ` int`", "write `{id:int}`"),
            ("/{key:uid}", 6, "there is no converter `uid`", "write `{key:uuid}`"),
            (
                "/{*id:int}",
                1,
                "`{*id}` has no converter",
                "write `{*id}` for the rest of the path, or `{id:int}` for one segment",
            ),
            (
                "/{rest:path}/x",
                1,
                "`{rest:path}` takes the rest of the path and must be last",
                "move it to the end, or leave out `:path`",
            ),
            ("/{id", 1, "unclosed `{` in the route path", "close it: `{id}`"),
            ("/id}", 3, "unopened `}` in the route path", "open it with `{`"),
            ("/{1d}", 2, "`1d` is not a name an argument can have", "write `{d1}`"),
            ("/{}", 2, "`` is not a name an argument can have", "write `{id}`"),
            ("/{id}/{id}", 6, "parameter `id` appears twice", "rename one of them"),
            (
                "/{*rest}/x",
                1,
                "`{*rest}` takes the rest of the path and must be last",
                "move it to the end, or leave out the `*`",
            ),
            (
                "/v{id}",
                2,
                "a parameter is a whole segment of the path",
                "put a `/` between them, or take the whole segment and split it in the handler",
            ),
            ("/a?b=1", 2, "a route path has no query and no fragment", "take it from the query: `Query<..>`"),
            ("/a b", 2, "` ` does not stand in a path as it is", "write `%20`"),
        ] {
            assert_eq!(Pattern::parse(path).unwrap_err(), Flaw::new(at, message, help), "{path}");
        }
    }
}
