//! A package with all around it.

use hyperdjango::prelude::*;

use super::listing::PAGE;
use crate::models::{Alternative, Dependency, Edge, Kind, Maintainer, Package, Provision, Tag};

/// A package with all that belongs to it.
#[derive(Debug, serde::Serialize)]
pub struct Detail {
    /// The package.
    pub package: Package,
    /// Who looks after it.
    pub maintainer: Option<Maintainer>,
    /// Its tags, in order.
    pub tags: Vec<String>,
    /// The virtual packages it is one of.
    pub provides: Vec<Provision>,
    /// What it wants of others.
    pub dependencies: Vec<Wanted>,
    /// How many packages want it, by kind.
    pub wanted_by: Vec<(Kind, i64)>,
    /// How many packages of its section are larger; nothing where its size is not known.
    pub larger: Option<u64>,
}

/// A clause of what a package wants: one of these.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Wanted {
    /// Which sort.
    pub kind: Kind,
    /// The alternatives.
    pub alternatives: Vec<Wish>,
}

/// An alternative, with the packages that are enough for it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Wish {
    /// The name it has.
    pub name: String,
    /// As it is written.
    pub text: String,
    /// The labels of the packages that are enough.
    pub packages: Vec<String>,
}

/// The package of this label.
///
/// # Errors
/// There is none, or the database cannot be reached.
pub async fn detail(db: &Db, label: &str) -> Result<Detail> {
    // Five statements, however many dependencies there are: one for the package, and one for each level below.
    let satisfied_by = Alternative.edges.order_by(Edge.id).values(Edge.target.label);
    let alternatives = Dependency.alternatives.order_by(Alternative.position).prefetch_related(satisfied_by);
    let ((package, maintainer), dependencies, provides, tags) = Package::objects()
        .filter(Package.label.eq(label))
        .select_related(Package.maintainer)
        .prefetch_related((
            Package.dependencies.order_by(Dependency.position).prefetch_related(alternatives),
            Package.provisions.order_by(Provision.id),
            Package.tags.order_by(Tag.name).values(Tag.name),
        ))
        .one(db)
        .await?;
    let wish = |(alternative, packages): (Alternative, Vec<String>)| Wish {
        name: alternative.name,
        text: alternative.text,
        packages,
    };
    let wanted = |(dependency, alternatives): (Dependency, Vec<_>)| Wanted {
        kind: dependency.kind,
        alternatives: alternatives.into_iter().map(wish).collect(),
    };
    let larger = match package.installed_size {
        None => None,
        Some(size) => {
            let larger = Package.section.eq(package.section.id.as_str()) & Package.installed_size.gt(size);
            Some(Package::objects().filter(larger).count(db).await?)
        }
    };
    Ok(Detail {
        wanted_by: wanted_by(db, package.id).await?,
        larger,
        maintainer,
        tags,
        provides,
        dependencies: dependencies.into_iter().map(wanted).collect(),
        package,
    })
}

async fn wanted_by(db: &Db, package: i64) -> Result<Vec<(Kind, i64)>> {
    let mut kinds = Edge::objects()
        .filter(Edge.target.eq(package))
        .values(Edge.kind)
        .annotate(Edge.package.key().count().distinct())
        .all(db)
        .await?;
    kinds.sort();
    Ok(kinds)
}

/// A page of the packages that want one, and how many there are in all.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Dependents {
    /// The package that is wanted.
    pub label: String,
    /// Label, summary, and as what it is wanted: `libc6 (>= 2.36)`.
    pub packages: Vec<(String, String, String)>,
    /// How many there are on all pages; a package with two clauses counts twice.
    pub total: u64,
}

/// A page of the packages that want this one so.
///
/// # Errors
/// There is no such package, or the database cannot be reached.
pub async fn dependents(db: &Db, label: &str, kind: Kind, page: u64) -> Result<Dependents> {
    let (id, label) = Package::objects()
        .filter(Package.label.eq(label))
        .values((Package.id, Package.label))
        .one(db)
        .await?;
    let edges = Edge::objects().filter(Edge.target.eq(id) & Edge.kind.eq(kind));
    let packages = edges
        .order_by((Edge.package.label, Edge.id))
        .offset((page - 1) * PAGE)
        .limit(PAGE)
        .values((Edge.package.label, Edge.package.summary, Edge.alternative.text))
        .all(db)
        .await?;
    Ok(Dependents { label, packages, total: edges.count(db).await? })
}
