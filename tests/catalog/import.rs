//! Reading files into the tables, and what becomes of those that are malformed.

use std::path::{Path, PathBuf};

use catalog::data;
use catalog::models::{
    Alternative, Dependency, Edge, Fault, Kind, Maintainer, Package, Provision, Section, Source, Tag, Tagging,
};
use hyperdjango::orm::schema::create_missing_tables;
use hyperdjango::prelude::*;

use crate::naive;
use crate::served::excerpt;

async fn database() -> Db {
    let db = Db::new(hyper_tests::postgres().url().parse().unwrap());
    let tables = [
        Section::META,
        Maintainer::META,
        Tag::META,
        Package::META,
        Tagging::META,
        Provision::META,
        Dependency::META,
        Alternative::META,
        Edge::META,
        Source::META,
        Fault::META,
    ];
    create_missing_tables(&db, &tables).await.unwrap();
    db
}

/// A file that is gone with the test.
struct File(PathBuf);

impl File {
    fn new(name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = std::env::temp_dir().join(format!("hyper-tests-catalog-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn labels(db: &Db) -> Vec<String> {
    Package::objects().order_by(Package.label).values(Package.label).all(db).await.unwrap()
}

#[tokio::test]
async fn an_archives_packages_are_imported_with_their_tags() {
    let db = &database().await;
    data::import_if_new(db, &excerpt()).await.unwrap();
    let text = std::fs::read_to_string(excerpt()).unwrap();
    let naive = naive::packages(&text);
    assert_eq!(labels(db).await, naive.keys().cloned().collect::<Vec<_>>());
    assert_eq!(Fault::objects().count(db).await.unwrap(), 0);
    let tagged = data::tagged(db, "role::shared-lib", 1).await.unwrap();
    let shared = naive
        .values()
        .filter(|fields| fields.get("Tag").is_some_and(|tags| tags.contains("role::shared-lib")));
    assert_eq!(tagged.total, shared.count() as u64);
    // A virtual package, wanted by one that no alternative names.
    let providers = data::providers(db, "awk", 1).await.unwrap();
    let names: Vec<&str> = providers.packages.iter().map(|row| row.label.as_str()).collect();
    assert_eq!(names, ["gawk", "mawk"]);
    let base = data::detail(db, "base-files").await.unwrap();
    assert_eq!(base.dependencies[0].kind, Kind::PreDepends);
    assert_eq!(base.dependencies[0].alternatives[0].packages, ["gawk", "mawk"]);
    // The same file is not read again.
    let before = Source::objects().one(db).await.unwrap().imported;
    data::import_if_new(db, &excerpt()).await.unwrap();
    assert_eq!(Source::objects().one(db).await.unwrap().imported, before);
}

#[tokio::test]
async fn a_search_is_read_from_its_index() {
    let db = &database().await;
    let many: String = (0..3000)
        .map(|i| format!("Package: {i}-thing\nVersion: 1\nArchitecture: all\nDepends: {}-thing\n\n", i / 2))
        .collect();
    data::import(db, &File::new("many", many).0).await.unwrap();
    let plan = |query: &str, index: &str| {
        format!(
            "DO $$ DECLARE plan text; line text; BEGIN SET LOCAL enable_seqscan = off; \
             FOR line IN EXPLAIN {query} LOOP plan := concat(plan, line); END LOOP; \
             IF plan NOT LIKE '%{index}%' THEN RAISE EXCEPTION '%', plan; END IF; END $$"
        )
    };
    for (query, index) in [
        ("SELECT 1 FROM packages WHERE search @@ to_tsquery('english', 'editor')", "packages_search_idx"),
        ("SELECT 1 FROM packages WHERE name % 'editro'", "packages_name_trigrams"),
        ("SELECT 1 FROM edges WHERE target_id = 1 AND kind = 'depends'", "edges_target_kind_idx"),
    ] {
        db.execute_batch(&plan(query, index)).await.unwrap();
    }
}

const TWO: &str = "Package: a\nVersion: 1\nArchitecture: all\nDepends: b\nDescription: one\n\n\
                   Package: b\nVersion: 1\nArchitecture: amd64\nDescription: two <script>\n <script>alert(1)</script>\n";

#[tokio::test]
async fn what_is_malformed_is_left_out_and_said() {
    let db = &database().await;
    let text = format!(
        "{TWO}\nwhat is this\n\nPackage: c\nArchitecture: all\n\nPackage: d\nVersion: 1\nArchitecture: all\nDepends: (b\n\n\
         Package: b\nVersion: 2\nArchitecture: amd64\n\nPackage: b\nVersion: 0\nArchitecture: amd64\n\n\
         Package: b\nVersion: 1\nArchitecture: i386\n\nPackage: e\nVersion: 1\nArchitecture: all\nStatus: deinstall ok config-files\n\n\
         Package: f\nVersion: 1\nArchitecture: all\nDescription: \0\n"
    );
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(b"\nPackage: g\nVersion: 1\nArchitecture: all\nDescription: caf\xe9\n");
    let file = File::new("malformed", bytes);
    data::import(db, &file.0).await.unwrap();
    assert_eq!(labels(db).await, ["a", "b", "b:i386", "d", "g"]);
    let latest = Package::objects().filter(Package.label.eq("b")).one(db).await.unwrap();
    assert_eq!((latest.version.as_str(), latest.architecture.as_str()), ("2", "amd64"));
    assert_eq!(Source::objects().one(db).await.unwrap().left_out, 3);
    let faults = Fault::objects().order_by(Fault.id).all(db).await.unwrap();
    let faults: Vec<String> =
        faults.into_iter().map(|fault| format!("{}: {}", fault.line, fault.what)).collect();
    assert_eq!(faults.len(), 5, "{faults:?}");
    for (fault, what) in faults.iter().zip([
        "13: \"what is this\" is no field",
        "15: the paragraph has no `Version`",
        "21: `Depends` of d is left out: \"(b\" does not begin",
        "43: a NUL character",
        "48: here are bytes that are no UTF-8",
    ]) {
        assert!(fault.starts_with(what), "{fault}, not {what}");
    }
    let (source, problems, _) = data::about(db).await.unwrap();
    assert_eq!((source.path, problems), (file.0.display().to_string(), 5));
}

#[tokio::test]
async fn a_file_that_is_none_changes_nothing() {
    let db = &database().await;
    let good = File::new("good", TWO);
    data::import(db, &good.0).await.unwrap();
    for (name, content, what) in [
        ("empty", &b""[..], "it is empty"),
        ("text", b"Dear reader,\n", "line 1: \"Dear reader,\" is no field"),
        ("compressed", b"\xfd7zXZ\x00\x00\x04\xe6\xd6", "unpacked first"),
    ] {
        let file = File::new(name, content);
        let error = data::import(db, &file.0).await.unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains(what) && cause.contains("PACKAGES"), "{cause}");
        assert_eq!(labels(db).await, ["a", "b"]);
    }
    let error = data::import(db, Path::new("/no/such/file")).await.unwrap_err();
    assert!(
        std::error::Error::source(&error).unwrap().to_string().contains("/no/such/file cannot be imported")
    );
    assert_eq!(labels(db).await, ["a", "b"]);
}

#[tokio::test]
async fn a_failure_half_way_leaves_the_old_in_place() {
    let db = &database().await;
    data::import(db, &File::new("old", TWO).0).await.unwrap();
    let edges = Edge::objects().count(db).await.unwrap();
    assert_eq!(edges, 1);
    // Whatever comes last cannot be written.
    db.execute_batch("ALTER TABLE sources ADD CONSTRAINT never CHECK (false) NOT VALID").await.unwrap();
    data::import(db, &excerpt()).await.unwrap_err();
    assert_eq!(labels(db).await, ["a", "b"]);
    assert_eq!(Edge::objects().count(db).await.unwrap(), edges);
    db.execute_batch("ALTER TABLE sources DROP CONSTRAINT never").await.unwrap();
    data::import(db, &excerpt()).await.unwrap();
    assert!(!labels(db).await.contains(&"a".to_owned()));
    assert_eq!(Source::objects().count(db).await.unwrap(), 1);
}
