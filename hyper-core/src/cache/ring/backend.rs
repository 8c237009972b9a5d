//! A ring asks the node of each key, or the next one while that is down.

use std::sync::atomic::Ordering::Relaxed;

use futures_util::future::join_all;

use super::node::{Missed, Node};
use super::points::position;
use super::{ConsistentHashRing, State};
use crate::cache::backend::{Ask, CacheBackend};
use crate::cache::error::{CacheError, CacheErrorKind};
use crate::cache::gate::Pass;
use crate::cache::stats::LayerStats;
use crate::cache::ttl::Ttl;
use crate::cache::value::Value;

/// Whether a question changes something, so that a node that is not asked has something out of date.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Changes {
    No,
    Yes,
}

/// Keys, by their numbers, with what their node answered.
type Answers<T> = Vec<(Vec<usize>, T)>;

impl<B> Node<B> {
    /// Notes that it has not answered: whether it has done what it was told is not known.
    fn is_in_doubt(&self, key: &str, changes: Changes) {
        if changes == Changes::Yes {
            self.in_doubt.lock().add(key);
        }
    }
}

impl<B: CacheBackend> State<B> {
    /// The nodes from a key on clockwise, each once.
    fn from(&self, key: &str) -> impl Iterator<Item = (usize, &Node<B>)> {
        let mut seen = smallvec::SmallVec::<[usize; 8]>::new();
        self.points.clockwise(position(key)).filter_map(move |node| {
            let is_new = seen.len() < self.nodes.len() && !seen.contains(&node);
            is_new.then(|| {
                seen.push(node);
                (node, &self.nodes[node])
            })
        })
    }

    fn owner(&self, key: &str) -> Option<&Node<B>> {
        self.points.owner(position(key)).map(|node| &self.nodes[node])
    }

    /// Notes that this was asked elsewhere than at the key's node.
    fn moved(&self, key: &str, changes: Changes) {
        let Some(owner) = self.owner(key) else { return };
        owner.moved.fetch_add(1, Relaxed);
        if changes == Changes::Yes {
            owner.missed.lock().add(key);
        }
    }

    /// Asks one question.
    async fn ask<T, F: Future<Output = Result<T, CacheError>>>(
        &self,
        key: &str,
        changes: Changes,
        question: impl Fn(Node<B>) -> F,
    ) -> Result<T, CacheError> {
        let mut last = None;
        let mut is_first = true;
        for (number, node) in self.from(key) {
            if let Some(pass) = node.enter() {
                match self.through(number, pass, question(node.clone())).await {
                    Ok(answer) => {
                        if !is_first {
                            self.moved(key, changes);
                        }
                        return Ok(answer);
                    }
                    Err(error) if error.kind() != CacheErrorKind::Unavailable => {
                        // What the key's own node has is out of date, though this one takes nothing newer.
                        if !is_first {
                            self.moved(key, changes);
                        }
                        return Err(error);
                    }
                    Err(error) => {
                        node.is_in_doubt(key, changes);
                        last = Some(error);
                    }
                }
            }
            is_first = false;
        }
        if changes == Changes::Yes
            && let Some(owner) = self.owner(key)
        {
            owner.missed.lock().add(key);
        }
        Err(last.unwrap_or_else(|| self.nobody()))
    }

    /// Asks for several keys, the nodes at the same time.
    async fn ask_many<T, F: Future<Output = Result<T, CacheError>>>(
        &self,
        keys: &[&str],
        changes: Changes,
        question: impl Fn(Node<B>, Vec<usize>) -> F,
    ) -> Result<Answers<T>, CacheError> {
        let mut answers = Vec::new();
        let mut left: Vec<usize> = (0..keys.len()).collect();
        // Whom it was found out of that he is not there.
        let mut out = vec![false; self.nodes.len()];
        let (mut last, mut refused) = (None, None);
        while !left.is_empty() {
            let mut passes: Vec<Option<Option<Pass>>> = vec![None; self.nodes.len()];
            let mut groups: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
            for key in left.drain(..) {
                let is_there = |(node, _): &(usize, &Node<B>)| {
                    !out[*node] && passes[*node].get_or_insert_with(|| self.nodes[*node].enter()).is_some()
                };
                match self.from(keys[key]).find(is_there) {
                    Some((node, _)) => groups[node].push(key),
                    None => {
                        if changes == Changes::Yes {
                            keys.iter().for_each(|key| self.moved(key, changes));
                        }
                        return Err(last.unwrap_or_else(|| self.nobody()));
                    }
                }
            }
            for (out, pass) in out.iter_mut().zip(&passes) {
                *out |= *pass == Some(None);
            }
            let asked = groups.into_iter().enumerate().filter(|(_, group)| !group.is_empty());
            let asked = asked.map(|(number, group)| {
                let pass = passes[number].flatten();
                let answer = question(self.nodes[number].clone(), group.clone());
                async move {
                    let pass = pass.unwrap_or(Pass { is_probe: false });
                    (number, group, self.through(number, pass, answer).await)
                }
            });
            for (number, group, answer) in join_all(asked).await {
                if let Err(error) = &answer
                    && error.kind() == CacheErrorKind::Unavailable
                {
                    out[number] = true;
                    group.iter().for_each(|key| self.nodes[number].is_in_doubt(keys[*key], changes));
                    left.extend(group);
                    last = answer.err();
                    continue;
                }
                for key in &group {
                    if self.points.owner(position(keys[*key])) != Some(number) {
                        self.moved(keys[*key], changes);
                    }
                }
                match answer {
                    Ok(answer) => answers.push((group, answer)),
                    // The others have done what they were told, or still have to.
                    Err(error) => refused = refused.or(Some(error)),
                }
            }
        }
        refused.map_or(Ok(answers), Err)
    }

    /// Asks all nodes, at the same time. Returns what each said.
    async fn ask_all<T, F: Future<Output = Result<T, CacheError>>>(
        &self,
        question: impl Fn(Node<B>) -> F,
    ) -> Vec<Result<T, CacheError>> {
        let asked = self.nodes.iter().enumerate().map(|(number, node)| {
            let answer = question(node.clone());
            async move {
                match node.enter() {
                    Some(pass) => self.through(number, pass, answer).await,
                    None => Err(is_down(&node.name)),
                }
            }
        });
        join_all(asked).await
    }

    /// Asks a node that has let it through, and notes whether it is there.
    async fn through<T>(
        &self,
        number: usize,
        pass: Pass,
        question: impl Future<Output = Result<T, CacheError>>,
    ) -> Result<T, CacheError> {
        let node = &self.nodes[number];
        let answer = async {
            if pass.is_probe {
                let missed = node.make_good().await?;
                node.forget_late();
                self.forget_at_stand_ins(number, missed).await;
            }
            question.await
        };
        let answer = answer.await;
        match &answer {
            Err(error) if error.kind() == CacheErrorKind::Unavailable => node.gate.failed(pass),
            _ => node.gate.succeeded(pass),
        }
        answer
    }

    /// Deletes what others kept for a node that is back, so that they do not have it still when they stand in the next time.
    async fn forget_at_stand_ins(&self, back: usize, keys: Vec<Box<str>>) {
        let mut groups: Vec<Vec<&str>> = vec![Vec::new(); self.nodes.len()];
        for key in &keys {
            let stand_in = self.from(key).find(|(number, node)| *number != back && node.gate.is_open());
            if let Some((number, _)) = stand_in {
                groups[number].push(key);
            }
        }
        let asked = groups.iter().zip(&self.nodes).filter(|(group, _)| !group.is_empty());
        // Nothing is lost but room if that fails, unless it happens twice.
        join_all(asked.map(|(group, node)| node.backend.delete_many(group))).await;
    }

    fn nobody(&self) -> CacheError {
        match self.nodes.first() {
            Some(_) => CacheError::new(CacheErrorKind::Unavailable, "all nodes of the ring are down"),
            None => CacheError::new(CacheErrorKind::Unavailable, "the ring has no nodes"),
        }
    }
}

fn is_down(name: &str) -> CacheError {
    CacheError::new(CacheErrorKind::Unavailable, format!("the node {name} of the ring is down"))
}

impl<B: CacheBackend> CacheBackend for ConsistentHashRing<B> {
    async fn get(&self, key: &str) -> Result<Option<Value>, CacheError> {
        self.state().ask(key, Changes::No, |node| async move { node.backend.get(key).await }).await
    }

    async fn set(&self, key: &str, value: Value, ttl: Ttl) -> Result<(), CacheError> {
        let set = |node: Node<B>| {
            let value = value.clone();
            async move { node.backend.set(key, value, ttl).await }
        };
        self.state().ask(key, Changes::Yes, set).await
    }

    async fn add(&self, key: &str, value: Value, ttl: Ttl) -> Result<bool, CacheError> {
        let add = |node: Node<B>| {
            let value = value.clone();
            async move { node.backend.add(key, value, ttl).await }
        };
        self.state().ask(key, Changes::Yes, add).await
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        self.state().ask(key, Changes::Yes, |node| async move { node.backend.delete(key).await }).await
    }

    /// Clears all nodes. Fails if one of them is down, and that one is cleared before it is asked again.
    async fn clear(&self) -> Result<(), CacheError> {
        let state = self.state();
        let done = state.ask_all(|node| async move { node.backend.clear().await }).await;
        for (node, done) in state.nodes.iter().zip(&done) {
            if done.is_err() {
                *node.missed.lock() = Missed::TooMuch;
            }
        }
        done.into_iter().collect()
    }

    async fn has(&self, key: &str) -> Result<bool, CacheError> {
        self.state().ask(key, Changes::No, |node| async move { node.backend.has(key).await }).await
    }

    async fn incr(&self, key: &str, by: i64) -> Result<Option<i64>, CacheError> {
        self.state().ask(key, Changes::Yes, |node| async move { node.backend.incr(key, by).await }).await
    }

    async fn touch(&self, key: &str, ttl: Ttl) -> Result<bool, CacheError> {
        self.state().ask(key, Changes::Yes, |node| async move { node.backend.touch(key, ttl).await }).await
    }

    async fn get_many(&self, keys: &[&str]) -> Result<Vec<Option<Value>>, CacheError> {
        let get = |node: Node<B>, group: Vec<usize>| async move {
            let keys: Vec<&str> = group.iter().map(|key| keys[*key]).collect();
            node.backend.get_many(&keys).await
        };
        let mut values = vec![None; keys.len()];
        for (group, answer) in self.state().ask_many(keys, Changes::No, get).await? {
            for (key, value) in group.into_iter().zip(answer) {
                values[key] = value;
            }
        }
        Ok(values)
    }

    async fn get_with_ttl(&self, key: &str) -> Result<Option<(Value, Ttl)>, CacheError> {
        self.state().ask(key, Changes::No, |node| async move { node.backend.get_with_ttl(key).await }).await
    }

    async fn get_many_with_ttl(&self, keys: &[&str]) -> Result<Vec<Option<(Value, Ttl)>>, CacheError> {
        let get = |node: Node<B>, group: Vec<usize>| async move {
            let keys: Vec<&str> = group.iter().map(|key| keys[*key]).collect();
            node.backend.get_many_with_ttl(&keys).await
        };
        let mut values = vec![None; keys.len()];
        for (group, answer) in self.state().ask_many(keys, Changes::No, get).await? {
            for (key, value) in group.into_iter().zip(answer) {
                values[key] = value;
            }
        }
        Ok(values)
    }

    async fn set_many(&self, entries: &[(&str, Value)], ttl: Ttl) -> Result<(), CacheError> {
        let keys: Vec<&str> = entries.iter().map(|(key, _)| *key).collect();
        let set = |node: Node<B>, group: Vec<usize>| async move {
            let entries: Vec<(&str, Value)> = group.iter().map(|entry| entries[*entry].clone()).collect();
            node.backend.set_many(&entries, ttl).await
        };
        self.state().ask_many(&keys, Changes::Yes, set).await.map(|_| ())
    }

    async fn delete_many(&self, keys: &[&str]) -> Result<u64, CacheError> {
        let delete = |node: Node<B>, group: Vec<usize>| async move {
            let keys: Vec<&str> = group.iter().map(|key| keys[*key]).collect();
            node.backend.delete_many(&keys).await
        };
        let answers = self.state().ask_many(keys, Changes::Yes, delete).await?;
        Ok(answers.into_iter().map(|(_, deleted)| deleted).sum())
    }

    fn peek(&self, key: &str) -> Result<Option<Value>, Ask> {
        let state = self.0.read();
        match state.owner(key) {
            Some(node) if node.gate.is_open() => node.backend.peek(key),
            _ => Err(Ask),
        }
    }

    fn decoded(&self, key: &str, value: &Value) {
        if let Some(node) = self.0.read().owner(key) {
            node.backend.decoded(key, value);
        }
    }

    /// Those of each node, `ring/{name}/..`, with what the ring counts: its `points`, `is_down` (0 or 1), `times_down`, and for how
    /// many of its keys another node was asked (`moved`).
    fn stats(&self) -> Vec<LayerStats> {
        let state = self.state();
        let nodes = state.nodes.iter().enumerate();
        nodes.flat_map(|(number, node)| node.stats(state.points.of_node(number))).collect()
    }

    /// Fails if none of the nodes can be reached.
    async fn check(&self) -> Result<(), CacheError> {
        let state = self.state();
        let done = state.ask_all(|node| async move { node.backend.check().await }).await;
        let mut last = Err(state.nobody());
        for done in done {
            if done.is_ok() {
                return Ok(());
            }
            last = done;
        }
        last
    }
}
