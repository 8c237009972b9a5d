//! A package as every list shows it.

/// A package as every list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageRow {
    /// What it is called.
    pub label: String,
    /// Its version.
    pub version: String,
    /// What it is, in a line.
    pub summary: String,
    /// Installed, in KiB.
    pub size: Option<i64>,
    /// Its place in the list by size, and what those up to it take together, in KiB.
    pub place: Option<(i64, Option<i64>)>,
}
