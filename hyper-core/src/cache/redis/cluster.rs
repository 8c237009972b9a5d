//! A cluster of Redis: which node has which slots, each node with its own connections and its own gate, so that one that hangs keeps
//! nobody from the others.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::RwLock;
use redis::{ConnectionInfo, Pipeline, Value};

use super::node::{Node, Said, Tls, elsewhere, info};
use super::slots::{SLOTS, slot};
use crate::cache::error::{CacheError, CacheErrorKind};
use crate::cache::gate::Gate;
use crate::cache::remote::{Again, RemoteOptions};

/// How often it is looked at again which node has which slots, while some fail.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// One Redis, or several that divide the slots.
pub(super) struct Cluster {
    /// Those that are known from the start.
    pub(super) seeds: Vec<Arc<Node>>,
    /// Users, passwords and TLS of them all; none is one Redis alone.
    info: Option<ConnectionInfo>,
    options: RemoteOptions,
    tls: Option<Tls>,
    map: RwLock<Arc<Map>>,
    /// Held by who looks which node has what.
    looking: tokio::sync::Mutex<()>,
    gate: Gate,
}

/// Which node has which slots.
pub(super) struct Map {
    pub(super) nodes: Vec<Arc<Node>>,
    /// The last slot of each range, and whose it is.
    ranges: BTreeMap<u16, Range>,
    pub(super) made: Option<Instant>,
}

struct Range {
    first: u16,
    node: usize,
}

impl Map {
    pub(super) fn node(&self, slot: u16) -> Option<&Arc<Node>> {
        let (_, range) = self.ranges.range(slot..).next()?;
        (range.first <= slot).then(|| &self.nodes[range.node])
    }

    /// The number of the node that has a slot, or else of one that says whose it is.
    pub(super) fn nearest(&self, slot: u16) -> usize {
        self.ranges.range(slot..).next().map_or(0, |(_, range)| range.node)
    }
}

pub(super) fn unavailable(message: &str) -> CacheError {
    CacheError::new(CacheErrorKind::Unavailable, message)
}

impl Cluster {
    /// The Redis at one URL, or the cluster at several.
    pub(super) fn at(urls: &[&str], options: &RemoteOptions) -> Result<Self, CacheError> {
        let infos = urls.iter().map(|url| info(url)).collect::<Result<Vec<_>, _>>()?;
        let first = infos
            .first()
            .ok_or_else(|| CacheError::new(CacheErrorKind::Other, "there is no address of a Redis"))?;
        let info = (infos.len() > 1).then(|| first.clone());
        let tls = Tls::of(&infos, options.root_cert.as_deref())?;
        let seeds = infos.into_iter().map(|info| Node::new(info, options, tls.as_ref()).map(Arc::new));
        let seeds = seeds.collect::<Result<Vec<_>, _>>()?;
        let mut map = Map { nodes: Vec::new(), ranges: BTreeMap::new(), made: None };
        if info.is_none() {
            map.nodes = seeds.clone();
            map.ranges.insert(SLOTS - 1, Range { first: 0, node: 0 });
        }
        Ok(Self {
            seeds,
            info,
            map: RwLock::new(Arc::new(map)),
            looking: tokio::sync::Mutex::new(()),
            gate: Gate::new(options.longest_pause),
            options: options.clone(),
            tls,
        })
    }

    pub(super) fn is_alone(&self) -> bool {
        self.info.is_none()
    }

    /// The slot of a key where that matters.
    pub(super) fn slot(&self, key: &str) -> u16 {
        if self.is_alone() { 0 } else { slot(key.as_bytes()) }
    }

    /// The nodes that have slots.
    pub(super) async fn nodes(&self) -> Result<Vec<Arc<Node>>, CacheError> {
        Ok(self.map().await?.nodes.clone())
    }

    /// The same as they are at this moment.
    pub(super) async fn nodes_now(&self) -> Result<Vec<Arc<Node>>, CacheError> {
        if self.is_alone() {
            return self.nodes().await;
        }
        Ok(self.look(Some(Instant::now())).await?.nodes.clone())
    }

    /// How many nodes are down, and how often nodes were.
    pub(super) fn down(&self) -> (u64, u64) {
        let map = self.map.read();
        let down = map.nodes.iter().filter(|node| !node.gate.is_open()).count() as u64;
        // Before the first look there are no nodes.
        let cluster = if map.nodes.is_empty() { u64::from(!self.gate.is_open()) } else { 0 };
        (down + cluster, map.nodes.iter().map(|node| node.gate.times_shut()).sum())
    }

    pub(super) async fn map(&self) -> Result<Arc<Map>, CacheError> {
        let map = Arc::clone(&self.map.read());
        if map.nodes.is_empty() { self.look(None).await } else { Ok(map) }
    }

    /// Looks which node has what, unless somebody has meanwhile.
    pub(super) async fn look(&self, since: Option<Instant>) -> Result<Arc<Map>, CacheError> {
        let Some(pass) = self.gate.enter() else {
            return Err(unavailable("no node of the cluster of Redis could be reached a moment ago"));
        };
        let look = async {
            let _one = self.looking.lock().await;
            let map = Arc::clone(&self.map.read());
            if map.made > since {
                return Ok(map);
            }
            let map = Arc::new(self.ask_for_map(&map).await?);
            *self.map.write() = Arc::clone(&map);
            Ok(map)
        };
        let all = 2 * (self.options.timeout + self.options.connect_timeout);
        let looked = tokio::time::timeout(all, look).await;
        let looked = looked
            .unwrap_or_else(|_| Err(unavailable("the cluster of Redis does not say which nodes it has")));
        match &looked {
            Ok(_) => self.gate.succeeded(pass),
            Err(_) => self.gate.failed(pass),
        }
        looked
    }

    async fn ask_for_map(&self, old: &Map) -> Result<Map, CacheError> {
        let mut last = unavailable("no node of the cluster of Redis can be reached");
        let mut slots = Pipeline::new();
        slots.cmd("CLUSTER").arg("SLOTS");
        // Who is known to be there first.
        let mut all: Vec<&Arc<Node>> = old.nodes.iter().chain(&self.seeds).collect();
        all.sort_by_key(|node| !node.gate.is_open());
        for node in all {
            match node.ask(Again::Yes, &slots).await {
                Ok(Said::Answers(answers)) => match self.read_map(old, node, answers.first()) {
                    Some(map) if !map.nodes.is_empty() => return Ok(map),
                    _ => last = unavailable("a Redis of the cluster knows nobody who has slots"),
                },
                Ok(Said::Elsewhere { .. }) => {}
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Of `CLUSTER SLOTS`: ranges, each with its first slot, its last, and the node that has it; replicas follow.
    fn read_map(&self, old: &Map, asked: &Node, answer: Option<&Value>) -> Option<Map> {
        let mut map = Map { nodes: Vec::new(), ranges: BTreeMap::new(), made: Some(Instant::now()) };
        for range in answer?.as_sequence()? {
            let [Value::Int(first), Value::Int(last), node, ..] = range.as_sequence()? else { return None };
            let [host, Value::Int(port), ..] = node.as_sequence()? else { return None };
            let host = match host {
                Value::BulkString(host) if !host.is_empty() => String::from_utf8(host.clone()).ok()?,
                // It does not know its own.
                _ => asked.address.rsplit_once(':')?.0.to_owned(),
            };
            let node =
                self.node_at(&[&map.nodes, &old.nodes, &self.seeds], &host, u16::try_from(*port).ok()?)?;
            let known = map.nodes.iter().position(|known| Arc::ptr_eq(known, &node));
            let number = known.unwrap_or_else(|| {
                map.nodes.push(node);
                map.nodes.len() - 1
            });
            map.ranges.insert(
                u16::try_from(*last).ok()?,
                Range { first: u16::try_from(*first).ok()?, node: number },
            );
        }
        Some(map)
    }

    /// The node at an address, a new one if it is not among the known.
    pub(super) fn node_at(&self, known: &[&[Arc<Node>]], host: &str, port: u16) -> Option<Arc<Node>> {
        let info = elsewhere(self.info.as_ref()?, host, port);
        let address = info.addr().to_string();
        let known = known.iter().flat_map(|nodes| nodes.iter()).find(|node| node.address == address);
        known.cloned().or_else(|| Node::new(info, &self.options, self.tls.as_ref()).map(Arc::new).ok())
    }

    /// Looks again, if nobody has for a moment, nor does now.
    pub(super) async fn look_again(&self, map: &Arc<Map>) -> Result<Arc<Map>, CacheError> {
        let is_due =
            map.made.is_none_or(|made| made.elapsed() > LOOK_AGAIN) && self.looking.try_lock().is_ok();
        // What is known stays known if nobody answers.
        Ok(if is_due {
            self.look(map.made).await.unwrap_or_else(|_| Arc::clone(map))
        } else {
            Arc::clone(&self.map.read())
        })
    }
}
