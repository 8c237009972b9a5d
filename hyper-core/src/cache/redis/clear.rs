//! Deletes what has a cache's prefix, and nothing else.

use futures_util::future::try_join_all;
use redis::cluster_routing::{MultipleNodeRoutingInfo, RoutingInfo, SingleNodeRoutingInfo};
use redis::{Cmd, FromRedisValue, Pipeline, RedisError, Value, from_redis_value};

use super::RedisCache;
use super::server::{Line, failure};
use crate::cache::error::CacheError;
use crate::cache::gate::Gate;
use crate::cache::remote::{Again, Failure};

/// About how many keys Redis looks at in one go, and so how long nobody else is answered.
const AT_ONCE: u32 = 1000;

/// A node of a cluster; none is the only Redis.
type Node = Option<(String, u16)>;

impl RedisCache {
    pub(super) async fn clear_prefix(&self) -> Result<(), CacheError> {
        let gate = self.inner.gate(0);
        let nodes = self.inner.lines.ask(gate, Again::Yes, nodes).await?;
        try_join_all(nodes.into_iter().map(|node| self.clear_node(gate, node))).await?;
        Ok(())
    }

    async fn clear_node(&self, gate: &Gate, node: Node) -> Result<(), CacheError> {
        let pattern = pattern(&self.prefix);
        let mut cursor = 0_u64;
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(AT_ONCE);
            let ask = |line| on(line, &node, &scan);
            let (next, keys): (u64, Vec<Vec<u8>>) = self.inner.lines.ask(gate, Again::Yes, ask).await?;
            if !keys.is_empty() {
                let mut unlink = Pipeline::with_capacity(keys.len());
                keys.iter().for_each(|key| {
                    unlink.cmd("UNLINK").arg(key);
                });
                self.inner
                    .lines
                    .ask(gate, Again::Yes, |line| all_on(line, &node, &unlink, keys.len()))
                    .await?;
            }
            // Every key that is there all the time is in one of the answers, whatever is deleted meanwhile.
            if next == 0 {
                return Ok(());
            }
            cursor = next;
        }
    }
}

/// The nodes that have keys.
async fn nodes(line: Line) -> Result<Vec<Node>, Failure> {
    let Line::Cluster(mut cluster) = line else { return Ok(vec![None]) };
    let all = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
    let answers = cluster.route_command(redis::cmd("PING"), all).await.map_err(failure)?;
    let Value::Map(answers) = answers else {
        return Err(Failure::Broken("the cluster does not say which nodes it has".into()));
    };
    let mut nodes = Vec::with_capacity(answers.len());
    for (address, _) in answers {
        let address: String = from_redis_value(address).map_err(|error| failure(RedisError::from(error)))?;
        let node =
            address.rsplit_once(':').and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)));
        nodes.push(Some(node.ok_or_else(|| Failure::Broken(format!("a node is at `{address}`").into()))?));
    }
    Ok(nodes)
}

fn route((host, port): &(String, u16)) -> SingleNodeRoutingInfo {
    SingleNodeRoutingInfo::ByAddress { host: host.clone(), port: *port }
}

async fn on<T: FromRedisValue>(line: Line, node: &Node, command: &Cmd) -> Result<T, Failure> {
    match (line, node) {
        (Line::Cluster(mut cluster), Some(node)) => {
            let answer = cluster.route_command(command.clone(), RoutingInfo::SingleNode(route(node))).await;
            let answer = answer.map_err(failure)?;
            from_redis_value(answer).map_err(|error| failure(RedisError::from(error)))
        }
        (line, _) => line.ask(command).await,
    }
}

async fn all_on(line: Line, node: &Node, commands: &Pipeline, count: usize) -> Result<(), Failure> {
    match (line, node) {
        (Line::Cluster(mut cluster), Some(node)) => {
            cluster.route_pipeline(commands.clone(), 0, count, route(node)).await.map(|_| ()).map_err(failure)
        }
        (line, _) => line.ask_all::<Vec<u64>>(commands).await.map(|_| ()),
    }
}

/// What SCAN looks for: keys that begin so.
fn pattern(prefix: &str) -> String {
    let mut pattern = String::with_capacity(prefix.len() + 1);
    for character in prefix.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('*');
    pattern
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_prefix_is_no_pattern() {
        assert_eq!(super::pattern(r"a*b?[c]\"), r"a\*b\?\[c\]\\*");
        assert_eq!(super::pattern(""), "*");
    }
}
