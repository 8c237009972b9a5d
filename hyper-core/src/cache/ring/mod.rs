//! Several backends as one: each key has its node, on a ring as libketama's.

mod backend;
mod node;
mod points;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;

use self::node::Node;
use self::points::{Points, position};
use super::gate::Gate;

/// The longest that a node is not asked after it failed, before it is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Several backends as one, each with a share of the keys. Its clones are one ring.
///
/// The ring is libketama's, so that clients in other languages find the same keys at the same nodes: a node has 160 points,
/// made from the MD5 of `{name}-{number}`, and a key belongs to the first point at or after its own MD5. Who adds or removes
/// one of N nodes of the same weight moves about one in N keys, and no others.
///
/// ```
/// use hyper_core::cache::{Cache, ConsistentHashRing, LocMemCache};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let ring = ConsistentHashRing::new([
///     ("cache-1", LocMemCache::default()),
///     ("cache-2", LocMemCache::default()),
///     ("cache-3", LocMemCache::default()),
/// ]);
/// assert_eq!(ring.node_of("user:7").as_deref(), Some("cache-2"));
///
/// let cache = Cache::new(ring.clone());
/// cache.set("answer", &42, 60).await?;
/// assert_eq!(cache.get::<i32>("answer").await?, Some(42));
/// # Ok::<_, hyper_core::cache::CacheError>(()) }).unwrap();
/// ```
///
/// With nodes of several sorts, B is [`AnyBackend`](super::AnyBackend).
///
/// # When a node is down
///
/// A node that cannot be reached is not asked for 50 ms, then 100 ms, and so on up to 2 seconds; after each pause one question goes
/// to see. Meanwhile its keys are the next node's clockwise, and they come back with it. What was written elsewhere meanwhile is
/// deleted from it before it is asked again, as far as this process has written it; of more than 10,000 keys all of the node.
/// What other processes wrote meanwhile can be out of date there until it expires, and so can be what the stand-in kept when it
/// stands in the next time: give values whose age matters a time to live.
///
/// Nodes should fail in a bounded time, as `RedisCache` and `MemcachedCache` do.
pub struct ConsistentHashRing<B>(Arc<RwLock<Arc<State<B>>>>);

/// The nodes with their points, as they were at one moment.
struct State<B> {
    nodes: Vec<Node<B>>,
    points: Points,
}

impl<B> ConsistentHashRing<B> {
    /// A ring of nodes that have the same weight. Of two with one name the later is taken.
    #[must_use]
    pub fn new<N: AsRef<str>>(nodes: impl IntoIterator<Item = (N, B)>) -> Self {
        Self::weighted(nodes.into_iter().map(|(name, backend)| (name, backend, 1)))
    }

    /// A ring of nodes with their weights: one of weight 2 has twice as many keys as one of weight 1, and one of weight 0 none.
    ///
    /// A node has four points for each of `40 * nodes * weight / sum of weights`, rounded down, as in libketama and uhashring. So
    /// points of others come and go when one is added or removed, unless all weights are the same.
    #[must_use]
    pub fn weighted<N: AsRef<str>>(nodes: impl IntoIterator<Item = (N, B, u32)>) -> Self {
        let mut all: Vec<Node<B>> = Vec::new();
        for (name, backend, weight) in nodes {
            all.retain(|node| *node.name != *name.as_ref());
            all.push(Node::new(name.as_ref(), backend, weight));
        }
        Self(Arc::new(RwLock::new(Arc::new(State::of(all)))))
    }

    /// Adds a node, or replaces the one of its name. Weights are as in [`weighted`](Self::weighted).
    ///
    /// ```
    /// # use hyper_core::cache::{ConsistentHashRing, LocMemCache};
    /// let ring = ConsistentHashRing::new([("cache-1", LocMemCache::default())]);
    /// ring.add_node("cache-2", LocMemCache::default(), 1);
    /// assert_eq!(ring.node_of("user:7").as_deref(), Some("cache-2"));
    /// assert!(ring.remove_node("cache-2"));
    /// assert_eq!(ring.node_of("user:7").as_deref(), Some("cache-1"));
    /// ```
    pub fn add_node(&self, name: &str, backend: B, weight: u32) {
        let mut state = self.0.write();
        let mut nodes = state.nodes.clone();
        nodes.retain(|node| *node.name != *name);
        nodes.push(Node::new(name, backend, weight));
        *state = Arc::new(State::of(nodes));
    }

    /// Removes a node; false if there is none of that name. What it is being asked is still answered.
    pub fn remove_node(&self, name: &str) -> bool {
        let mut state = self.0.write();
        let mut nodes = state.nodes.clone();
        nodes.retain(|node| *node.name != *name);
        let removed = nodes.len() < state.nodes.len();
        *state = Arc::new(State::of(nodes));
        removed
    }

    /// The node that a key belongs to, also while it is down; none if the ring has no points.
    ///
    /// ```
    /// # use hyper_core::cache::{ConsistentHashRing, NullCache};
    /// // As uhashring 2.5 and libketama have it.
    /// let ring = ConsistentHashRing::new([("cache-1", NullCache), ("cache-2", NullCache), ("cache-3", NullCache)]);
    /// assert_eq!(ring.node_of("front").as_deref(), Some("cache-2"));
    /// ```
    #[must_use]
    pub fn node_of(&self, key: &str) -> Option<Arc<str>> {
        let position = position(key);
        let state = self.0.read();
        Some(Arc::clone(&state.nodes[state.points.owner(position)?].name))
    }

    /// The names of all nodes with their weights, in the order in which they came.
    #[must_use]
    pub fn nodes(&self) -> Vec<(Arc<str>, u32)> {
        self.0.read().nodes.iter().map(|node| (Arc::clone(&node.name), node.weight)).collect()
    }

    fn state(&self) -> Arc<State<B>> {
        Arc::clone(&self.0.read())
    }
}

impl<B> Node<B> {
    fn new(name: &str, backend: B, weight: u32) -> Self {
        Self {
            name: name.into(),
            weight,
            backend: Arc::new(backend),
            gate: Arc::new(Gate::new(LONGEST_PAUSE)),
            missed: Arc::default(),
            in_doubt: Arc::default(),
            moved: Arc::default(),
        }
    }
}

impl<B> State<B> {
    fn of(nodes: Vec<Node<B>>) -> Self {
        let named: Vec<(&str, u32)> = nodes.iter().map(|node| (&*node.name, node.weight)).collect();
        let points = Points::of(&named);
        Self { nodes, points }
    }
}

impl<B> Clone for ConsistentHashRing<B> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<B> fmt::Debug for ConsistentHashRing<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsistentHashRing").field("nodes", &self.nodes()).finish()
    }
}
