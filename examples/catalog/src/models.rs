//! The tables. [`data::import`](crate::data::import) fills them; nothing else writes.

use hyperdjango::orm::field::TsVector;
use hyperdjango::prelude::*;

/// What packages are sorted into: `libs`, `contrib/net`.
#[derive(Model, Debug, Clone)]
#[model(table = "sections", reverse(packages = Package.section))]
pub struct Section {
    /// What it is called.
    #[field(primary_key)]
    pub name: String,
}

/// Somebody, or a team, who looks after packages.
#[derive(Model, Debug, Clone)]
#[model(table = "maintainers", unique_together(name, email), reverse(packages = Package.maintainer))]
pub struct Maintainer {
    /// Its number.
    #[field(primary_key)]
    pub id: i64,
    /// What they are called.
    pub name: String,
    /// Where they are written to; may be empty.
    pub email: String,
}

/// A keyword: a debtag such as `role::program`, or the section and the priority as such.
#[derive(Model, Debug, Clone)]
#[model(table = "tags", reverse(packages = Package.tags))]
pub struct Tag {
    /// What it is called.
    #[field(primary_key)]
    pub name: String,
}

/// A package.
#[derive(Model, Debug, Clone)]
#[model(
    table = "packages",
    unique_together(name, architecture),
    index(-installed_size),
    index(section, -installed_size),
    index(search, using = gin),
    index(name, using = gin, opclass(name = gin_trgm_ops), name = "packages_name_trigrams"),
    extension = "pg_trgm",
    reverse(
        dependencies = Dependency.package,
        provisions = Provision.package,
        needs = Edge.package,
        needed_by = Edge.target
    ),
    many_to_many(tags = Tag through Tagging(package, tag))
)]
pub struct Package {
    /// Its number.
    #[field(primary_key)]
    pub id: i64,
    /// What it is called in paths: its name, with `:architecture` behind it where another package has the name already.
    #[field(unique)]
    pub label: String,
    /// What it is called.
    pub name: String,
    /// Its version.
    pub version: String,
    /// For which architecture; `all` for every one.
    pub architecture: String,
    /// Which section it is in; `unknown` where nothing says it.
    pub section: ForeignKey<Section>,
    /// How important it is.
    pub priority: Option<String>,
    /// Who looks after it.
    pub maintainer: Option<ForeignKey<Maintainer>>,
    /// The source package, where it has another name.
    pub source: Option<String>,
    /// Whether the system is broken without it.
    pub essential: bool,
    /// Installed, in KiB.
    pub installed_size: Option<i64>,
    /// To download, in bytes.
    pub size: Option<i64>,
    /// Where its project is.
    pub homepage: Option<String>,
    /// What it is, in a line.
    pub summary: String,
    /// What it is, in full.
    pub description: String,
    /// What a search looks through: the name counts most, then the summary.
    #[field(
        secret,
        generated = "setweight(to_tsvector('simple', name), 'A') || setweight(to_tsvector('english', summary), 'B') || \
                     setweight(to_tsvector('english', description), 'C')"
    )]
    pub search: TsVector,
}

/// That a package has a tag.
#[derive(Model, Debug, Clone)]
#[model(table = "taggings", index(tag, package))]
pub struct Tagging {
    /// The package.
    #[field(primary_key)]
    pub package: ForeignKey<Package>,
    /// The tag.
    #[field(primary_key)]
    pub tag: ForeignKey<Tag>,
}

/// That a package is one of a virtual package: `exim4-daemon-light` provides `mail-transport-agent`.
#[derive(Model, Debug, Clone)]
#[model(table = "provisions", index(name))]
pub struct Provision {
    /// Its number.
    #[field(primary_key)]
    pub id: i64,
    /// The package.
    pub package: ForeignKey<Package>,
    /// What it provides.
    pub name: String,
    /// Which version of that.
    pub version: Option<String>,
}

/// What a package wants of another, in the order in which that matters.
#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// It cannot even be unpacked without.
    #[choices(label = "Pre-depends")]
    PreDepends,
    /// It does not work without.
    Depends,
    /// It is rarely used without.
    Recommends,
    /// It is of more use with.
    Suggests,
    /// It makes that of more use.
    Enhances,
    /// It makes that stop working.
    Breaks,
    /// They cannot both be there.
    Conflicts,
    /// It overwrites files of that.
    Replaces,
}

impl Kind {
    /// Those without which a package does not work.
    pub const NEEDED: [Self; 2] = [Self::PreDepends, Self::Depends];

    /// Whether it is about what a package cannot stand.
    #[must_use]
    pub fn is_hostile(self) -> bool {
        matches!(self, Self::Breaks | Self::Conflicts | Self::Replaces)
    }
}

/// One clause of what a package wants: something of which one alternative is enough.
#[derive(Model, Debug, Clone)]
#[model(table = "dependencies", ordering = [position], reverse(alternatives = Alternative.dependency))]
pub struct Dependency {
    /// Its number.
    #[field(primary_key)]
    pub id: i64,
    /// Whose it is.
    pub package: ForeignKey<Package>,
    /// Which sort.
    pub kind: Kind,
    /// Its place among those of the package, from 0.
    pub position: i32,
}

/// A package that is enough for a clause.
#[derive(Model, Debug, Clone)]
#[model(table = "alternatives", index(name), ordering = [position], reverse(edges = Edge.alternative))]
pub struct Alternative {
    /// Its number.
    #[field(primary_key)]
    pub id: i64,
    /// Of which clause.
    pub dependency: ForeignKey<Dependency>,
    /// Its place in the clause, from 0: the first is preferred.
    pub position: i32,
    /// The name of a package, or of a virtual one.
    pub name: String,
    /// As it is written: `libc6 (>= 2.36)`.
    pub text: String,
}

/// The graph: that a package satisfies an alternative of another, by its name and version or by what it provides.
#[derive(Model, Debug, Clone)]
#[model(table = "edges", index(target, kind))]
pub struct Edge {
    /// Its number.
    #[field(primary_key)]
    pub id: i64,
    /// Who wants.
    pub package: ForeignKey<Package>,
    /// Who is wanted.
    pub target: ForeignKey<Package>,
    /// Which sort.
    pub kind: Kind,
    /// By which alternative.
    pub alternative: ForeignKey<Alternative>,
}

/// The file that all of this was read from.
#[derive(Model, Debug, Clone)]
#[model(table = "sources")]
pub struct Source {
    /// Its number.
    #[field(primary_key)]
    pub id: i64,
    /// Where it is.
    pub path: String,
    /// When it was written, as far as the file system says.
    pub modified: Timestamp,
    /// When it was read.
    #[field(auto_now_add)]
    pub imported: Timestamp,
    /// How many packages in it were left out because they are not installed, or an older version is.
    pub left_out: i64,
}

/// Something in the file that made no sense.
#[derive(Model, Debug, Clone)]
#[model(table = "faults")]
pub struct Fault {
    /// Its number.
    #[field(primary_key)]
    pub id: i64,
    /// The line, from 1.
    pub line: i64,
    /// What is wrong with it.
    pub what: String,
}
