//! A matcher that is obviously right, to hold the tree against.

use super::{RouteDef, Segment};

/// The kinds of the segments that a route matches a path by, and the parameters; `None` if it does not. Of several routes
/// the one with the smallest kinds is right.
pub(crate) fn naive<'p>(def: &RouteDef, path: &'p str) -> Option<(Vec<u8>, Vec<&'p str>)> {
    let inside = &path[1..];
    let parts: Vec<&str> = inside.split('/').collect();
    let (mut kinds, mut params, mut at) = (Vec::new(), Vec::new(), 0);
    for (i, segment) in def.segments.iter().enumerate() {
        let part = *parts.get(i)?;
        match segment {
            Segment::Literal(literal) if literal.text == part => kinds.push(0),
            Segment::Literal(_) => return None,
            Segment::Param(_, converter) if !converter.matches(part.as_bytes()) => return None,
            Segment::Param(_, converter) => {
                kinds.push(1 + *converter as u8);
                params.push(part);
            }
            Segment::Rest(_) => {
                let rest = &inside[at..];
                kinds.push(u8::MAX);
                params.push(rest);
                return (!rest.is_empty()).then_some((kinds, params));
            }
        }
        at += part.len() + 1;
    }
    (parts.len() == def.segments.len()).then_some((kinds, params))
}
