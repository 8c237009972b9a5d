//! Likeness of texts by the trigrams they have in common. Needs the extension: `CREATE EXTENSION pg_trgm`.

use super::call::{carried, functions, methods};
use super::{Arg, Call, Carries};
use crate::expr::{Expr, Node};
use crate::field::Textual;

functions! {
    Similar("", " % ", "") Nulls::Any;
    WordSimilar("", " %> ", "") Nulls::Any;
    StrictWordSimilar("", " %>> ", "") Nulls::Any;
    Similarity("similarity(", ", ", ")") Nulls::Any;
    WordSimilarity("word_similarity(", ", ", ")") Nulls::Any;
    StrictWordSimilarity("strict_word_similarity(", ", ", ")") Nulls::Any;
    Distance("(", " <-> ", ")") Nulls::Any;
    WordDistance("(", " <->> ", ")") Nulls::Any;
    StrictWordDistance("(", " <->>> ", ")") Nulls::Any;
}

methods! {
    Textual;

    /// Django's `trigram_similar`: like this text, as far as `pg_trgm.similarity_threshold` asks, which is 0.3. A GIN or GiST
    /// index with `gin_trgm_ops` or `gist_trgm_ops` is used.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Post.objects.filter(title__trigram_similar="recipies")
    /// assert_eq!(Post.title.trigram_similar("recipies").sql(), r#""posts"."title" % $1::text"#);
    /// ```
    trigram_similar / Similar(text: A = String) -> bool;

    /// Django's `trigram_word_similar`: some part of it is like this text, as far as `pg_trgm.word_similarity_threshold` asks,
    /// which is 0.6.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.trigram_word_similar("recipies").sql(), r#""posts"."title" %> $1::text"#);
    /// ```
    trigram_word_similar / WordSimilar(text: A = String) -> bool;

    /// Django's `trigram_strict_word_similar`: some whole words of it are like this text, as far as
    /// `pg_trgm.strict_word_similarity_threshold` asks, which is 0.5.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.trigram_strict_word_similar("rust").sql(), r#""posts"."title" %>> $1::text"#);
    /// ```
    trigram_strict_word_similar / StrictWordSimilar(text: A = String) -> bool;

    /// Django's `TrigramSimilarity`: how like this text it is, from 0 to 1.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Post.objects.annotate(like=TrigramSimilarity("title", q)).filter(like__gt=0.3).order_by("-like")
    /// let like = Post.title.trigram_similarity("recipies");
    /// let query = Post::objects().filter(like.gt(0.3)).order_by(like.desc());
    /// assert!(query.sql().ends_with(
    ///     r#" WHERE similarity("posts"."title", $1::text) > $2 ORDER BY similarity("posts"."title", $3::text) DESC"#
    /// ));
    /// ```
    trigram_similarity / Similarity(text: A = String) -> f32;

    /// Django's `TrigramDistance`: 1 less [`trigram_similarity`](Self::trigram_similarity). Rows ordered by it come from a
    /// GiST index.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let query = Post::objects().order_by(Post.title.trigram_distance("recipies")).limit(5);
    /// assert!(query.sql().ends_with(r#" ORDER BY ("posts"."title" <-> $1::text) LIMIT $2"#));
    /// ```
    trigram_distance / Distance(text: A = String) -> f32;

    /// Django's `TrigramWordDistance`: 1 less [`trigram_word_similarity`](Self::trigram_word_similarity).
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.trigram_word_distance("rust").sql(), r#"("posts"."title" <->> $1::text)"#);
    /// ```
    trigram_word_distance / WordDistance(text: A = String) -> f32;

    /// Django's `TrigramStrictWordDistance`: 1 less
    /// [`trigram_strict_word_similarity`](Self::trigram_strict_word_similarity).
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.trigram_strict_word_distance("rust").sql(), r#"("posts"."title" <->>> $1::text)"#);
    /// ```
    trigram_strict_word_distance / StrictWordDistance(text: A = String) -> f32;
}

impl<R, T: Carries, N: Node> Expr<R, T, N>
where
    T::Base: Textual,
{
    /// Django's `TrigramWordSimilarity`: how like this text the part of it is that is most like it, from 0 to 1.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.trigram_word_similarity("rust").sql(), r#"word_similarity($1::text, "posts"."title")"#);
    /// ```
    pub fn trigram_word_similarity<A: Arg<R, String>>(
        self,
        text: A,
    ) -> Expr<R, T::Carry<carried!(R; f32; A: String)>, Call<WordSimilarity, (A::Node, N)>> {
        Expr::new(Call::new((text.into_arg(), self.node)))
    }

    /// Django's `TrigramStrictWordSimilarity`: how like this text those whole words of it are that are most like it.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(
    ///     Post.title.trigram_strict_word_similarity("rust").sql(),
    ///     r#"strict_word_similarity($1::text, "posts"."title")"#
    /// );
    /// ```
    pub fn trigram_strict_word_similarity<A: Arg<R, String>>(
        self,
        text: A,
    ) -> Expr<R, T::Carry<carried!(R; f32; A: String)>, Call<StrictWordSimilarity, (A::Node, N)>> {
        Expr::new(Call::new((text.into_arg(), self.node)))
    }
}
