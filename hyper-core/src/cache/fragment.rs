//! Pieces of pages that are kept as they were rendered.

use std::fmt;

use sailfish::TemplateSimple;
use sailfish::runtime::{Buffer, Render};

use super::backend::CacheBackend;
use super::cache::Cache;
use super::error::CacheError;
use super::key::{Key, Made};
use super::stampede::Computation;
use super::ttl::Ttl;
use super::value::Value;
use crate::{Error, Result};

/// A piece of a page, rendered: a template shows it as it is, by `<%= sidebar %>`. What was escaped in it is, and nothing is
/// escaped again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment(String);

impl Fragment {
    /// Its markup.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// As it is, with `<%=` and with `<%-`.
impl Render for Fragment {
    fn render(&self, buffer: &mut Buffer) -> Result<(), sailfish::RenderError> {
        buffer.push_str(&self.0);
        Ok(())
    }

    fn render_escaped(&self, buffer: &mut Buffer) -> Result<(), sailfish::RenderError> {
        self.render(buffer)
    }
}

impl fmt::Display for Fragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Its key, which is no value's.
fn of(key: &impl Key) -> Made<String> {
    Made(format!("@fragment:{}", key.key()))
}

impl Cache {
    /// A piece of a page: what is kept of it, or the template that is made now, rendered and kept. Django's `{% cache %}`.
    ///
    /// Rendering does not wait, so a page gets its pieces before, as fields; the template of a piece is made by a closure that
    /// may ask the database, and runs only where nothing is kept. The key names all that the piece depends on, the visitor where
    /// it is his. Fragments have keys of their own: a value with the same key is another.
    ///
    /// ```
    /// use hyper_core::cache::{Cache, Fragment, LocMemCache};
    /// use sailfish::TemplateSimple;
    ///
    /// #[derive(TemplateSimple)]
    /// #[template(source = "<b><%= name %></b>")]
    /// struct Sidebar {
    ///     name: String,
    /// }
    ///
    /// #[derive(TemplateSimple)]
    /// #[template(source = "<nav><%= sidebar %></nav>")]
    /// struct Page {
    ///     sidebar: Fragment,
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let (cache, user_id) = (Cache::new(LocMemCache::default()), 7);
    /// let sidebar = cache
    ///     .fragment(("sidebar", user_id), 600, async || {
    ///         // Here it is asked for.
    ///         Ok::<_, hyper_core::Error>(Sidebar { name: "Ana & Bob".to_owned() })
    ///     })
    ///     .await?;
    /// assert_eq!(Page { sidebar }.render_once().unwrap(), "<nav><b>Ana &amp; Bob</b></nav>");
    /// # Ok::<_, hyper_core::Error>(()) }).unwrap();
    /// ```
    ///
    /// Of several who render it at once, all get what was kept first, and what is deleted while it is rendered is not kept. A
    /// cache that cannot be reached is no failure. What is of one request, such as a `CspNonce`, must not be in it.
    ///
    /// # Errors
    /// What making the template returns, or that it cannot be rendered.
    pub async fn fragment<T: TemplateSimple, E: Into<Error>>(
        &self,
        key: impl Key,
        ttl: impl Into<Ttl>,
        template: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<Fragment> {
        let rendered = self.get_or_set(of(&key), ttl, async || {
            let template = template().await.map_err(Into::into)?;
            template.render_once().map_err(|error| Error::internal(error.to_string()))
        });
        rendered.await.map(Fragment)
    }

    /// Several pieces at once, such as one for each row of a list, in their order: those that are kept, and the others made now by
    /// one closure, which is given their items and returns a template for each. It takes one question to the cache, and one
    /// more if some are missing, whatever their number.
    ///
    /// ```
    /// use hyper_core::cache::{Cache, Fragment, LocMemCache};
    /// use sailfish::TemplateSimple;
    ///
    /// #[derive(TemplateSimple)]
    /// #[template(source = "<li><%= id %></li>")]
    /// struct Line {
    ///     id: i64,
    /// }
    ///
    /// #[derive(TemplateSimple)]
    /// #[template(source = "<ul><% for line in &lines { %><%= line %><% } %></ul>")]
    /// struct Page {
    ///     lines: Vec<Fragment>,
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let cache = Cache::new(LocMemCache::default());
    /// let items = [7_i64, 9].map(|id| (("line", id), id));
    /// let lines = cache
    ///     .fragments(items, 600, async |missing: Vec<i64>| {
    ///         // Here they are asked for, by one query.
    ///         Ok::<_, hyper_core::Error>(missing.into_iter().map(|id| Line { id }).collect())
    ///     })
    ///     .await?;
    /// assert_eq!(Page { lines }.render_once().unwrap(), "<ul><li>7</li><li>9</li></ul>");
    /// # Ok::<_, hyper_core::Error>(()) }).unwrap();
    /// ```
    ///
    /// What is deleted while it is rendered is not kept. A cache that cannot be reached is no failure.
    ///
    /// # Errors
    /// What making the templates returns, that there are not as many as items, or that one cannot be rendered.
    pub async fn fragments<K: Key, I, T: TemplateSimple, E: Into<Error>>(
        &self,
        items: impl IntoIterator<Item = (K, I)>,
        ttl: impl Into<Ttl>,
        templates: impl AsyncFnOnce(Vec<I>) -> Result<Vec<T>, E>,
    ) -> Result<Vec<Fragment>> {
        let items = items.into_iter().map(|(key, item)| (of(&key), item));
        let (keys, items): (Vec<Made<String>>, Vec<I>) = items.unzip();
        let unreachable = |error: CacheError| {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a cache of pieces of pages cannot be asked"
            );
        };
        let mut pieces: Vec<Option<String>> = self.get_many(&keys).await.unwrap_or_else(|error| {
            unreachable(error);
            keys.iter().map(|_| None).collect()
        });
        let missing: Vec<usize> = (0..keys.len()).filter(|&at| pieces[at].is_none()).collect();
        if !missing.is_empty() {
            let full: Vec<String> = missing.iter().map(|&at| self.full(&keys[at])).collect();
            let begun: Vec<_> = full.iter().map(|key| self.computation(key)).collect();
            let items = items.into_iter().enumerate().filter(|(at, _)| pieces[*at].is_none());
            let templates = templates(items.map(|(_, item)| item).collect()).await.map_err(Into::into)?;
            if templates.len() != missing.len() {
                return Err(Error::internal(format!(
                    "`fragments` wants a template for each of {} items, and was given {}",
                    missing.len(),
                    templates.len()
                )));
            }
            let mut new = Vec::with_capacity(missing.len());
            for (&at, template) in missing.iter().zip(templates) {
                let text = template.render_once().map_err(|error| Error::internal(error.to_string()))?;
                new.push(Value::encode(&text));
                pieces[at] = Some(text);
            }
            if let Err(error) = self.keep_all(&full, new, ttl.into(), &begun).await {
                unreachable(error);
            }
        }
        Ok(pieces.into_iter().map(|piece| Fragment(piece.unwrap_or_default())).collect())
    }

    /// Keeps what was begun to be made, but for what has been changed since.
    async fn keep_all(
        &self,
        keys: &[String],
        values: Vec<Result<Value, CacheError>>,
        ttl: Ttl,
        begun: &[Computation<'_>],
    ) -> Result<(), CacheError> {
        let mut kept = Vec::with_capacity(keys.len());
        for ((key, value), computation) in keys.iter().zip(values).zip(begun) {
            if !computation.is_outdated() {
                kept.push((key.as_str(), value?));
            }
        }
        self.backend().set_many(&kept, ttl).await?;
        let outdated = keys.iter().zip(begun).filter(|(_, computation)| computation.is_outdated());
        let outdated: Vec<&str> = outdated.map(|(key, _)| key.as_str()).collect();
        if !outdated.is_empty() {
            self.backend().delete_many(&outdated).await?;
        }
        Ok(())
    }

    /// Takes a piece out, as what it shows has changed; true if there was one.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn delete_fragment(&self, key: impl Key) -> Result<bool, CacheError> {
        self.delete(of(&key)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::LocMemCache;

    #[derive(TemplateSimple)]
    #[template(source = "<i><%= text %></i>")]
    struct Piece {
        text: String,
    }

    async fn piece(cache: &Cache, key: impl Key, text: &str) -> String {
        let made = async || Ok::<_, Error>(Piece { text: text.to_owned() });
        cache.fragment(key, 60, made).await.unwrap().to_string()
    }

    #[tokio::test]
    async fn a_piece_is_rendered_once_for_each_key() {
        let cache = Cache::new(LocMemCache::default());
        assert_eq!(piece(&cache, ("a", "b:c"), "<1>").await, "<i>&lt;1&gt;</i>");
        assert_eq!(piece(&cache, ("a", "b:c"), "2").await, "<i>&lt;1&gt;</i>");
        assert_eq!(piece(&cache, ("a:b", "c"), "3").await, "<i>3</i>");
        // A value under the same name is no piece of a page, whoever chose it.
        for name in ["x", "8:fragment1:x", "@fragment:x"] {
            cache.set(name, "<script>", 60).await.unwrap();
        }
        cache.set(("fragment", "x"), "<script>", 60).await.unwrap();
        assert_eq!(piece(&cache, "x", "4").await, "<i>4</i>");
        assert!(cache.delete_fragment("x").await.unwrap());
        assert_eq!(piece(&cache, "x", "5").await, "<i>5</i>");
        assert_eq!(cache.get::<String>("x").await.unwrap().unwrap(), "<script>");
        let failed = cache.fragment("y", 60, async || Err::<Piece, _>(Error::not_found("gone"))).await;
        assert_eq!(failed.unwrap_err().status(), 404);
        assert_eq!(piece(&cache, "y", "6").await, "<i>6</i>");
    }

    async fn pieces(cache: &Cache, ids: &[i64]) -> (Vec<String>, Vec<i64>) {
        let mut asked = Vec::new();
        let items = ids.iter().map(|&id| (("line", id), id));
        let made = async |missing: Vec<i64>| {
            asked = missing;
            Ok::<_, Error>(asked.iter().map(|id| Piece { text: format!("<{id}>") }).collect())
        };
        let pieces = cache.fragments(items, 60, made).await.unwrap();
        (pieces.iter().map(ToString::to_string).collect(), asked)
    }

    #[tokio::test]
    async fn of_many_those_are_made_that_are_missing() {
        let cache = Cache::new(LocMemCache::default());
        let shown = |ids: &[i64]| ids.iter().map(|id| format!("<i>&lt;{id}&gt;</i>")).collect::<Vec<_>>();
        assert_eq!(pieces(&cache, &[]).await, (vec![], vec![]));
        assert_eq!(pieces(&cache, &[2, 3]).await, (shown(&[2, 3]), vec![2, 3]));
        assert_eq!(pieces(&cache, &[1, 2, 4, 3, 2]).await, (shown(&[1, 2, 4, 3, 2]), vec![1, 4]));
        // It is the same piece that `fragment` has.
        assert_eq!(piece(&cache, ("line", 4), "no").await, "<i>&lt;4&gt;</i>");
        cache.delete_fragment(("line", 2)).await.unwrap();
        assert_eq!(pieces(&cache, &[2, 1]).await, (shown(&[2, 1]), vec![2]));
        // What is deleted while it is made is not kept.
        let made = async |ids: Vec<i64>| {
            cache.delete_fragment(("line", 7)).await.unwrap();
            Ok::<_, Error>(ids.iter().map(|id| Piece { text: format!("<{id}>") }).collect())
        };
        let old = cache.fragments([7, 8].map(|id| (("line", id), id)), 60, made).await.unwrap();
        assert_eq!(old.len(), 2);
        assert_eq!(pieces(&cache, &[7, 8]).await, (shown(&[7, 8]), vec![7]));
        let few = cache.fragments([("x", 1)], 60, async |_| Ok::<Vec<Piece>, Error>(vec![])).await;
        assert!(format!("{:?}", few.unwrap_err()).contains("a template for each of 1 items"));
    }
}
