//! Routes as data: what `routes` prints, and what other descriptions of a site are made from.

use serde::Serialize;

use super::{FlatRoute, Segment};
use crate::middleware::LayerDef;

/// All that is known of one route of an application.
#[derive(Debug, Clone, Serialize)]
pub struct RouteInfo {
    /// The method; that of `GET` answers `HEAD`, too.
    pub method: &'static str,
    /// The whole path as it is written, with the prefixes of mounts.
    pub path: String,
    /// The full name of the handler.
    pub name: &'static str,
    /// The first line of the handler's documentation, or nothing.
    pub summary: &'static str,
    /// The parameters, from left to right.
    pub params: Vec<ParamInfo>,
    /// The middleware around it, outermost first, as written.
    pub middleware: Vec<&'static str>,
    /// The file of the handler.
    pub file: &'static str,
    /// The line of the handler.
    pub line: u32,
}

/// A parameter of a path.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ParamInfo {
    /// Its name.
    pub name: &'static str,
    /// `int`, `uuid`, `slug`, `str` or `path`.
    pub converter: &'static str,
}

/// Describes the routes of an application, in the order in which they are listed.
#[must_use]
pub fn describe<A: crate::App>() -> Vec<RouteInfo> {
    A::tree().routes.iter().map(|route| RouteInfo::of(route, A::LAYERS)).collect()
}

impl RouteInfo {
    fn of(route: &FlatRoute, site: &[LayerDef]) -> Self {
        let def = route.def;
        let mounted = route.mounts().iter().flatten().flat_map(|mount| mount.layers);
        let params = def.segments.iter().filter_map(|segment| match segment {
            Segment::Literal(_) => None,
            Segment::Param(name, converter) => Some(ParamInfo { name, converter: converter.as_str() }),
            Segment::Rest(name) => Some(ParamInfo { name, converter: "path" }),
        });
        Self {
            method: def.verb.as_str(),
            path: route.path(),
            name: def.name,
            summary: def.summary,
            params: params.collect(),
            middleware: site.iter().chain(mounted).map(LayerDef::name).collect(),
            file: def.file,
            line: def.line,
        }
    }
}
