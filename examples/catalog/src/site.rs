//! The application: its routes, its tables, and which file it reads.

use std::path::PathBuf;

use hyperdjango::prelude::*;

use crate::models::{
    Alternative, Dependency, Edge, Fault, Maintainer, Package, Provision, Section, Source, Tag, Tagging,
};
use crate::{api, data, pages};

routes! {
    pub Urls:
        pages::home::home,
        pages::search::search,
        pages::package::show,
        pages::package::tree,
        pages::package::dependents,
        pages::listing::section,
        pages::listing::tag,
        pages::listing::provided,
        pages::listing::maintainer,
        pages::statistics::statistics,
        pages::asset::stylesheet,
        pages::asset::icon,
        mount("/api/v1", api::Urls),
}

/// The catalog.
#[derive(App)]
#[app(
    routes = Urls,
    models = [Section, Maintainer, Tag, Package, Tagging, Provision, Dependency, Alternative, Edge, Source, Fault],
    setup = load
)]
pub struct Site {
    db: Db,
    file: PackagesFile,
}

/// The file that packages are read from: the setting `PACKAGES`, or dpkg's own.
#[derive(Debug)]
pub struct PackagesFile(pub PathBuf);

/// What dpkg knows, on a Debian.
const STATUS: &str = "/var/lib/dpkg/status";

impl Component for PackagesFile {
    async fn start(settings: &Settings) -> Result<Self> {
        Ok(Self(settings.get("PACKAGES").unwrap_or(STATUS).into()))
    }
}

/// Imports the file, unless it is what is there already.
async fn load(site: &Site) -> Result<()> {
    data::import_if_new(&site.db, &site.file.0).await
}
