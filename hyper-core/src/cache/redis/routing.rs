//! Questions on their way to the nodes that have the slots, also while a slot moves.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use redis::{Pipeline, Value};

use super::cluster::{Cluster, unavailable};
use super::node::{Node, Said};
use crate::cache::error::{CacheError, CacheErrorKind};
use crate::cache::remote::Again;

/// How often a question is sent on.
const MOST_MOVES: usize = 5;

impl Cluster {
    /// Sends commands that are about one slot to the node that has it.
    pub(super) async fn ask(
        &self,
        slot: u16,
        again: Again,
        commands: &Pipeline,
    ) -> Result<Vec<Value>, CacheError> {
        let mut map = self.map().await?;
        let mut place: Option<(Arc<Node>, bool)> = None;
        for _ in 0..MOST_MOVES {
            let (node, asking) = match place.take() {
                Some(place) => place,
                None => match map.node(slot) {
                    Some(node) => (Arc::clone(node), false),
                    None => {
                        return self
                            .look_again(&map)
                            .await
                            .and(Err(unavailable("a slot of the cluster is nobody's")));
                    }
                },
            };
            let said = if asking {
                node.ask(again, &with_asking(commands)).await
            } else {
                node.ask(again, commands).await
            };
            match said {
                Ok(Said::Answers(answers)) if asking => {
                    return Ok(answers.into_iter().skip(1).step_by(2).collect());
                }
                Ok(Said::Answers(answers)) => return Ok(answers),
                Ok(Said::Elsewhere { address, asking }) => {
                    // Whoever is moved for good is asked there from now on.
                    if !asking && let Ok(newer) = self.look(map.made).await {
                        map = newer;
                    }
                    let (host, port) = address.rsplit_once(':').unwrap_or((&address, ""));
                    let host = if host.is_empty() {
                        node.address.rsplit_once(':').map_or("", |(host, _)| host)
                    } else {
                        host
                    };
                    let port =
                        port.parse().map_err(|_| unavailable("a Redis says that a slot is nowhere"))?;
                    place = self.node_at(&[&map.nodes, &self.seeds], host, port).map(|node| (node, asking));
                }
                Err(error) if error.kind() == CacheErrorKind::Unavailable && !self.is_alone() => {
                    // A replica may have taken over.
                    let newer = self.look_again(&map).await?;
                    let has_other = newer.node(slot).is_some_and(|other| !Arc::ptr_eq(other, &node));
                    if again == Again::No || !has_other {
                        return Err(error);
                    }
                    map = newer;
                }
                Err(error) => return Err(error),
            }
        }
        Err(unavailable("a slot of the cluster is moved again and again"))
    }

    /// Sends commands about many keys, all that go to one node together, and the nodes at the same time. `commands` makes one command for
    /// keys of one slot, by their numbers, or one for each of them. Returns the keys with what was answered.
    pub(super) async fn ask_many(
        &self,
        keys: &[String],
        commands: impl Fn(&[usize], &mut Pipeline),
    ) -> Result<Vec<(Vec<usize>, Vec<Value>)>, CacheError> {
        let map = self.map().await?;
        // Of each node the slots, of each slot the keys.
        let mut groups: BTreeMap<usize, BTreeMap<u16, Vec<usize>>> = BTreeMap::new();
        for (number, key) in keys.iter().enumerate() {
            let slot = self.slot(key);
            let node = map.nearest(slot);
            groups.entry(node).or_default().entry(slot).or_default().push(number);
        }
        let (map, commands) = (&map, &commands);
        let asked = groups.into_iter().map(async |(node, slots)| {
            let (mut together, mut sizes) = (Pipeline::new(), Vec::new());
            for keys in slots.values() {
                let before = together.len();
                commands(keys, &mut together);
                sizes.push(together.len() - before);
            }
            if let Said::Answers(answers) = map.nodes[node].ask(Again::Yes, &together).await? {
                let mut answers = answers.into_iter();
                let slots = slots.into_values().zip(sizes);
                return Ok(slots.map(|(keys, size)| (keys, answers.by_ref().take(size).collect())).collect());
            }
            // Some have moved: each slot on its own way, and while one is moving each key.
            let each =
                slots.into_iter().flat_map(|(slot, keys)| keys.into_iter().map(move |key| (slot, vec![key])));
            let each = each.map(async |(slot, key)| {
                let mut alone = Pipeline::new();
                commands(&key, &mut alone);
                Ok((key, self.ask(slot, Again::Yes, &alone).await?))
            });
            join_all(each).await.into_iter().collect::<Result<Vec<_>, CacheError>>()
        });
        let answers = join_all(asked).await;
        if answers
            .iter()
            .any(|answer| matches!(answer, Err(error) if error.kind() == CacheErrorKind::Unavailable))
            && !self.is_alone()
        {
            // For who asks next.
            self.look_again(map).await?;
        }
        Ok(answers.into_iter().collect::<Result<Vec<Vec<_>>, CacheError>>()?.into_iter().flatten().collect())
    }
}

/// Before each command that it may be for a slot which is on its way.
fn with_asking(commands: &Pipeline) -> Pipeline {
    let mut all = Pipeline::with_capacity(2 * commands.len());
    for command in commands.cmd_iter() {
        all.cmd("ASKING").add_command(command.clone());
    }
    all
}
