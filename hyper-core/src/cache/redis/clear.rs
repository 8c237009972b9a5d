//! Deletes what has a cache's prefix, and nothing else.

use futures_util::future::try_join_all;
use redis::{Pipeline, from_redis_value};

use super::RedisCache;
use super::backend::unexpected;
use super::node::{Node, Said};
use super::slots::slot;
use crate::cache::error::CacheError;
use crate::cache::remote::Again;

/// About how many keys Redis looks at in one go, and so how long nobody else is answered.
const AT_ONCE: u32 = 1000;

impl RedisCache {
    pub(super) async fn clear_prefix(&self) -> Result<(), CacheError> {
        // Those that have slots now: what is known may be of before some were moved.
        let nodes = self.inner.cluster.nodes_now().await?;
        try_join_all(nodes.iter().map(|node| self.clear_node(node))).await?;
        Ok(())
    }

    async fn clear_node(&self, node: &Node) -> Result<(), CacheError> {
        let pattern = pattern(&self.prefix);
        let mut cursor = 0_u64;
        loop {
            let mut scan = Pipeline::new();
            scan.cmd("SCAN").arg(cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(AT_ONCE);
            let Said::Answers(mut answers) = node.ask(Again::Yes, &scan).await? else { return Ok(()) };
            let answer = answers.pop().ok_or_else(|| unexpected("nothing"))?;
            let (next, keys): (u64, Vec<Vec<u8>>) = from_redis_value(answer).map_err(unexpected)?;
            if !keys.is_empty() {
                // Keys of several slots are no question that a node of a cluster answers.
                let mut unlink = Pipeline::with_capacity(keys.len());
                keys.iter().for_each(|key| {
                    unlink.cmd("UNLINK").arg(key);
                });
                if let Said::Elsewhere { .. } = node.ask(Again::Yes, &unlink).await? {
                    self.follow(&keys).await?;
                }
            }
            // Every key that is there all the time is in one of the answers, whatever is deleted meanwhile.
            if next == 0 {
                return Ok(());
            }
            cursor = next;
        }
    }
}

impl RedisCache {
    /// Deletes keys of which some are on their way to another node, each where it is.
    async fn follow(&self, keys: &[Vec<u8>]) -> Result<(), CacheError> {
        let cluster = &self.inner.cluster;
        try_join_all(keys.iter().map(async |key| {
            let mut unlink = Pipeline::with_capacity(1);
            unlink.cmd("UNLINK").arg(key);
            cluster.ask(slot(key), Again::Yes, &unlink).await
        }))
        .await?;
        Ok(())
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
