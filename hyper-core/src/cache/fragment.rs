//! Pieces of pages that are kept as they were rendered.

use std::fmt;

use sailfish::TemplateSimple;
use sailfish::runtime::{Buffer, Render};

use super::cache::Cache;
use super::key::{Key, Made};
use super::ttl::Ttl;
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
    /// Of several who render it at once, all get what was kept first, and what is rendered while it is deleted is not kept. A cache that cannot be reached is no failure. What is
    /// of one request, such as a `CspNonce`, must not be in it.
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

    /// Takes a piece out, as what it shows has changed; true if there was one.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn delete_fragment(&self, key: impl Key) -> Result<bool, super::CacheError> {
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
}
