//! `rediss://`: a Redis that speaks TLS, with certificates of an authority of the test's own.

use std::error::Error;
use std::path::PathBuf;

use hyper_core::cache::{Cache, CacheBackend, CacheErrorKind, RedisCache, RemoteOptions, Value};
use hyper_core::{Component, Settings};
use hyper_tests::caches::{CacheServer, RedisCluster, free_port};
use hyper_tests::{Authority, Suite, require};

use super::quick;
use crate::contract;

/// A file with an authority's certificate, which goes with this.
struct Root(PathBuf);

impl Root {
    fn of(authority: &Authority) -> Self {
        let name = format!("hyper-root-{}-{}.pem", std::process::id(), fastrand::u64(..));
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, authority.pem()).unwrap();
        Self(path)
    }

    fn options(&self) -> RemoteOptions {
        RemoteOptions { root_cert: Some(self.0.clone()), ..RemoteOptions::default() }
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// All that an error says, with its causes.
fn said(error: &(dyn Error + 'static)) -> String {
    error.source().map_or_else(String::new, said) + &format!("{error}; ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_holds_by_tls() {
    if !require(Suite::Redis) {
        return;
    }
    let authority = Authority::new("right");
    let root = Root::of(&authority);
    let port = free_port();
    let server = CacheServer::redis_with_tls(free_port(), port, &authority, &["127.0.0.1"], &[]);
    let url = format!("rediss://127.0.0.1:{port}");
    contract::holds(RedisCache::with_options(&[&url], root.options()).unwrap()).await;
    assert!(server.cli(&["info", "stats"]).contains("total_connections_received"));

    // As the settings of an application say it, with a password and another database.
    let _ = server.cli(&["config", "set", "requirepass", "right"]);
    let settings = |root: &str| {
        let url = format!("rediss://:right@127.0.0.1:{port}/3");
        let pairs = [
            ("DEBUG", "true"),
            ("SECRET_KEY", "a key of a test, long enough to be one, and no other"),
            ("CACHE_BACKEND", "redis"),
            ("CACHE_URL", &url),
            ("CACHE_ROOT_CERT", root),
        ];
        Settings::from_pairs(pairs).unwrap()
    };
    let cache = Cache::start(&settings(root.0.to_str().unwrap())).await.unwrap();
    cache.set("a", "by TLS", 60).await.unwrap();
    assert_eq!(cache.get::<String>("a").await.unwrap().as_deref(), Some("by TLS"));
    assert!(server.cli(&["-a", "right", "-n", "3", "dbsize"]).contains('1'));
    let failed = Cache::start(&settings("/nowhere/root.pem")).await.unwrap_err();
    let failed = format!("{failed:?}");
    assert!(failed.contains("CACHE_ROOT_CERT, /nowhere/root.pem, cannot be used"), "{failed}");
}

#[tokio::test]
async fn a_server_with_the_wrong_certificate_is_refused() {
    if !require(Suite::Redis) {
        return;
    }
    let (right, other) = (Authority::new("right"), Authority::new("other"));
    let root = Root::of(&right);
    let refused = async |authority: &Authority, hosts: &[&str], options: RemoteOptions| {
        let port = free_port();
        let server = CacheServer::redis_with_tls(free_port(), port, authority, hosts, &[]);
        let cache =
            RedisCache::with_options(&[&format!("rediss://:hush@127.0.0.1:{port}")], options).unwrap();
        let error = cache.set("a", Value::encode("a").unwrap(), 60.into()).await.unwrap_err();
        assert_eq!(error.kind(), CacheErrorKind::Unavailable);
        assert!(server.cli(&["dbsize"]).trim().ends_with('0'));
        let said = said(&error);
        assert!(said.contains(&format!("rediss://127.0.0.1:{port}")) && !said.contains("hush"), "{said}");
        said
    };
    // Of an authority nobody trusts: the named one, or the system's.
    for options in [root.options(), quick()] {
        let said = refused(&other, &["127.0.0.1"], options).await;
        assert!(said.contains("of no authority that is trusted: name a file"), "{said}");
    }
    // Of the right one, for another host.
    let said = refused(&right, &["10.0.0.1", "example.org"], root.options()).await;
    assert!(said.contains("certificate not valid for name \"127.0.0.1\""), "{said}");
    // One that speaks no TLS.
    let port = free_port();
    let _server = CacheServer::redis(Some(port));
    let plain = RedisCache::with_options(&[&format!("rediss://127.0.0.1:{port}")], root.options()).unwrap();
    assert_eq!(plain.get("a").await.unwrap_err().kind(), CacheErrorKind::Unavailable);
    // What would trust anybody.
    let error = RedisCache::new(&format!("rediss://127.0.0.1:{port}/#insecure")).unwrap_err();
    assert!(error.to_string().contains("#insecure"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_holds_by_tls() {
    if !require(Suite::Redis) {
        return;
    }
    let authority = Authority::new("right");
    let root = Root::of(&authority);
    let (cluster, ports) = RedisCluster::start_with_tls(&authority);
    // Two of them, by which the third is found: by TLS as well.
    let urls: Vec<String> = ports[..2].iter().map(|port| format!("rediss://127.0.0.1:{port}")).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let cache = RedisCache::with_options(&urls, root.options()).unwrap();
    contract::holds(cache.clone()).await;
    let names: Vec<String> = (0..300).map(|key| format!("key {key}")).collect();
    let entries: Vec<(&str, Value)> =
        names.iter().map(|name| (name.as_str(), Value::encode(name).unwrap())).collect();
    cache.set_many(&entries, 60.into()).await.unwrap();
    for node in &cluster.nodes {
        let size: u32 = node.cli(&["dbsize"]).trim().parse().unwrap();
        assert!((50..150).contains(&size), "{size}");
    }
}
