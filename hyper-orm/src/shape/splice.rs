//! Putting JSON that came later where it belongs.

use std::ops::Range;

use super::plan::Hole;

/// Copies a part of a text with what belongs into it. `holes` are in order; those passed are taken away.
pub(super) fn copy(text: &[u8], part: Range<usize>, holes: &mut &[Hole], out: &mut Vec<u8>) {
    let mut from = part.start;
    while let Some((hole, rest)) = holes.split_first()
        && hole.at <= part.end
    {
        out.extend_from_slice(&text[from..hole.at]);
        out.extend_from_slice(&hole.json);
        from = hole.at;
        *holes = rest;
    }
    out.extend_from_slice(&text[from..part.end]);
}

/// The whole text with all that belongs into it.
pub(super) fn whole(text: Vec<u8>, mut holes: Vec<Hole>) -> Vec<u8> {
    if holes.is_empty() {
        return text;
    }
    holes.sort_unstable_by_key(|hole| hole.at);
    let mut out = Vec::with_capacity(text.len() + holes.iter().map(|hole| hole.json.len()).sum::<usize>());
    copy(&text, 0..text.len(), &mut holes.as_slice(), &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comes_to_its_place() {
        let hole = |at, json: &str| Hole { at, json: json.into() };
        let text = whole(b"[{\"a\":[],\"b\":[]}]".to_vec(), vec![hole(14, "2,3"), hole(7, "1")]);
        assert_eq!(std::str::from_utf8(&text).unwrap(), r#"[{"a":[1],"b":[2,3]}]"#);
        assert_eq!(whole(b"[]".to_vec(), Vec::new()), b"[]");
    }

    #[test]
    fn parts_take_their_own() {
        let holes = [Hole { at: 1, json: b"x".to_vec() }, Hole { at: 4, json: b"y".to_vec() }];
        let (mut rest, mut out) = (holes.as_slice(), Vec::new());
        copy(b"[][[]]", 0..2, &mut rest, &mut out);
        assert_eq!((out.as_slice(), rest.len()), (&b"[x]"[..], 1));
        out.clear();
        copy(b"[][[]]", 2..6, &mut rest, &mut out);
        assert_eq!((out.as_slice(), rest.len()), (&b"[[y]]"[..], 0));
    }
}
