//! Numbers about all packages.

use hyperdjango::orm::functions::window::{rank, sum, window};
use hyperdjango::prelude::*;

use crate::models::{Alternative, Dependency, Edge, Fault, Kind, Package, Section, Source};

/// How many lines a table has.
const LINES: u64 = 15;
/// How many packages of each section are named.
const OF_EACH: u64 = 3;
/// How many problems of the file are named.
const FAULTS: u64 = 20;

/// Numbers about all packages. Sizes are in KiB.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Statistics {
    /// How many packages there are.
    pub packages: i64,
    /// What they take.
    pub size: i64,
    /// What one takes on average.
    pub average: f64,
    /// How many edges the graph has.
    pub edges: u64,
    /// How many clauses of what packages need are satisfied by no package.
    pub unsatisfied: u64,
    /// How many packages are how large.
    pub sizes: Vec<Bucket>,
    /// Sections by place: name, packages, size, place by size.
    pub sections: Vec<(String, i64, i64, i64)>,
    /// Who looks after most packages: number, name, packages, size.
    pub maintainers: Vec<(i64, String, i64, i64)>,
    /// The largest packages: label, size, and what those up to it take together.
    pub largest: Vec<(String, i64, i64)>,
    /// What most packages need: label, packages.
    pub needed: Vec<(String, i64)>,
    /// The largest of each section, with their sizes.
    pub largest_of_each: Vec<(String, Vec<(String, i64)>)>,
}

/// How many packages are below a size.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Bucket {
    /// What they are.
    pub label: &'static str,
    /// How many there are.
    pub packages: i64,
    /// What they take together.
    pub size: i64,
}

/// The bounds of the buckets, in KiB.
const BUCKETS: [&str; 6] =
    ["not known", "below 100 KiB", "to 1 MiB", "to 10 MiB", "to 100 MiB", "over 100 MiB"];

/// Computes all numbers.
///
/// # Errors
/// The database cannot be reached.
pub async fn statistics(db: &Db) -> Result<Statistics> {
    let (packages, size, average) = Package::objects()
        .aggregate(db, (count(), Package.installed_size.sum(), Package.installed_size.avg()))
        .await?;
    let nothing_does = Dependency.alternatives.none(Alternative.edges.exists());
    Ok(Statistics {
        packages,
        size: size.unwrap_or(0),
        average: average.unwrap_or(0.0),
        edges: Edge::objects().count(db).await?,
        unsatisfied: Dependency::objects()
            .filter(Dependency.kind.within(&Kind::NEEDED) & nothing_does)
            .count(db)
            .await?,
        sizes: sizes(db).await?,
        sections: sections(db).await?,
        maintainers: maintainers(db).await?,
        largest: largest(db).await?,
        needed: needed(db).await?,
        largest_of_each: largest_of_each(db).await?,
    })
}

async fn sizes(db: &Db) -> Result<Vec<Bucket>> {
    let bucket = case()
        .when(Package.installed_size.is_null(), 0)
        .when(Package.installed_size.lt(100), 1)
        .when(Package.installed_size.lte(1 << 10), 2)
        .when(Package.installed_size.lte(10 << 10), 3)
        .when(Package.installed_size.lte(100 << 10), 4)
        .default(5);
    let rows =
        Package::objects().values(bucket).annotate((count(), Package.installed_size.sum())).all(db).await?;
    let of = |(place, label): (i32, &'static str)| {
        let (packages, size) =
            rows.iter().find(|(bucket, _)| *bucket == place).map_or((0, None), |(_, numbers)| *numbers);
        Bucket { label, packages, size: size.unwrap_or(0) }
    };
    Ok((0..).zip(BUCKETS).map(of).collect())
}

async fn sections(db: &Db) -> Result<Vec<(String, i64, i64, i64)>> {
    let size = || coalesce((Package.installed_size.sum(), value(0_i64)));
    let rows = Package::objects()
        .values(Package.section.key())
        .annotate((count(), size(), window(rank()).order_by(size().desc())))
        .order_by((count().desc(), grouped(Package.section.key())))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(name, (packages, size, place))| (name, packages, size, place)).collect())
}

async fn maintainers(db: &Db) -> Result<Vec<(i64, String, i64, i64)>> {
    let rows = Package::objects()
        .filter(Package.maintainer.is_not_null())
        .values((Package.maintainer.key(), Package.maintainer.name))
        .annotate((count(), coalesce((Package.installed_size.sum(), value(0_i64)))))
        .order_by((count().desc(), grouped(Package.maintainer.name)))
        .limit(LINES)
        .all(db)
        .await?;
    let line = |((id, name), (packages, size)): ((Option<i64>, Option<String>), _)| {
        Some((id?, name?, packages, size))
    };
    Ok(rows.into_iter().filter_map(line).collect())
}

async fn largest(db: &Db) -> Result<Vec<(String, i64, i64)>> {
    let size = coalesce((Package.installed_size, value(0_i64)));
    let order = (size.desc(), Package.id);
    Ok(Package::objects()
        .order_by(order)
        .limit(LINES)
        .values((Package.label, size, window(sum(size)).order_by(order)))
        .all(db)
        .await?)
}

async fn needed(db: &Db) -> Result<Vec<(String, i64)>> {
    let packages = || Edge.package.key().count().distinct();
    Ok(Edge::objects()
        .filter(Edge.kind.within(&Kind::NEEDED))
        .values(Edge.target.label)
        .annotate(packages())
        .order_by((packages().desc(), grouped(Edge.target.label)))
        .limit(LINES)
        .all(db)
        .await?)
}

/// Each section with its three largest packages, in two statements: the limit holds for each section, by LATERAL.
async fn largest_of_each(db: &Db) -> Result<Vec<(String, Vec<(String, i64)>)>> {
    let largest = Section
        .packages
        .filter(Package.installed_size.is_not_null())
        .order_by((Package.installed_size.desc(), Package.id))
        .limit(OF_EACH)
        .values((Package.label, coalesce((Package.installed_size, value(0_i64)))));
    let rows = Section::objects().order_by(Section.name).prefetch_related(largest).all(db).await?;
    Ok(rows.into_iter().map(|(section, packages)| (section.name, packages)).collect())
}

/// The file that everything was read from, how many problems it had, and the first of them.
///
/// # Errors
/// Nothing was read yet, or the database cannot be reached.
pub async fn about(db: &Db) -> Result<(Source, u64, Vec<Fault>)> {
    let source = Source::objects().first(db).await?;
    let source = source.ok_or_else(|| Error::unavailable("The packages are not there yet.", 10))?;
    let faults = Fault::objects().order_by(Fault.id).limit(FAULTS).all(db).await?;
    Ok((source, Fault::objects().count(db).await?, faults))
}
