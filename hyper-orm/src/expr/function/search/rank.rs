//! How well texts match a query.

use super::query::SearchQuery;
use super::vector::Vector;
use crate::expr::function::call::functions;
use crate::expr::function::{Call, Carries};
use crate::expr::{Expr, Node};
use crate::sql::{Params, Part, Rope};

functions! {
    Rank("ts_rank(", ", ", ")") Nulls::Any;
    RankCd("ts_rank_cd(", ", ", ")") Nulls::Any;
    WeightedRank("ts_rank(", ", ", ", ", ", ", ")") Nulls::Any;
    WeightedRankCd("ts_rank_cd(", ", ", ", ", ", ", ")") Nulls::Any;
}

/// `$1::real[]`
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct Weights(Vec<f32>);

/// `$1::integer`
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Normalization(i32);

impl Node for Weights {
    const ROPE: Rope = &[Part::Param, Part::Text("::real[]")];
    const NULLABLE: bool = false;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        params.push(&self.0);
    }
}

impl Node for Normalization {
    const ROPE: Rope = &[Part::Param, Part::Text("::integer")];
    const NULLABLE: bool = false;

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        params.push(&self.0);
    }
}

/// The type of a rank.
type RankOf<R, V, T> = <<V as Vector<R>>::Type as Carries>::Carry<<T as Carries>::Carry<f32>>;

macro_rules! ranks {
    ($($(#[$doc:meta])* $name:ident / $node:ident, $(#[$weighted_doc:meta])* $weighted:ident / $weighted_node:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name<R, V: Vector<R>, T: Carries, N: Node>(
            vector: V,
            query: SearchQuery<R, T, N>,
        ) -> Expr<R, RankOf<R, V, T>, Call<$node, (V::Node, N)>> {
            Expr::new(Call::new((vector.into_node(), query.node)))
        }

        $(#[$weighted_doc])*
        pub fn $weighted<R, V: Vector<R>, T: Carries, N: Node>(
            [d, c, b, a]: [f32; 4],
            vector: V,
            query: SearchQuery<R, T, N>,
            normalization: i32,
        ) -> Expr<R, RankOf<R, V, T>, Call<$weighted_node, (Weights, V::Node, N, Normalization)>> {
            let weights = Weights(vec![d, c, b, a]);
            Expr::new(Call::new((weights, vector.into_node(), query.node, Normalization(normalization))))
        }
    )+};
}

ranks! {
    /// Django's `SearchRank`: how well a vector matches a query, by how often the words occur and with which weight.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::{search_query, search_rank, search_vector};
    ///
    /// // Post.objects.annotate(rank=SearchRank("title", "rust")).order_by("-rank")
    /// let query = Post::objects().order_by(search_rank(search_vector(Post.title), search_query("rust")).desc());
    /// assert!(query.sql().ends_with(
    ///     r#" ORDER BY ts_rank(to_tsvector("posts"."title"), plainto_tsquery($1::text)) DESC"#
    /// ));
    /// ```
    search_rank / Rank,
    /// Django's `SearchRank(.., weights=[..], normalization=..)`: with what the weights D, C, B and A count, in this order;
    /// PostgreSQL's own are 0.1, 0.2, 0.4 and 1. `normalization` is a sum of PostgreSQL's flags: 1 for less the longer
    /// the text is, 32 for below 1, ...
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::{search_query, search_rank_weighted, search_vector};
    ///
    /// let vector = search_vector((Post.title.weight_a(), Post.url.weight_d()));
    /// let rank = search_rank_weighted([0.0, 0.2, 0.4, 1.0], vector, search_query("rust"), 32);
    /// assert_eq!(
    ///     rank.sql(),
    ///     r#"ts_rank($1::real[], (setweight(to_tsvector("posts"."title"), 'A') || setweight(to_tsvector(coalesce("posts"."url", '')), 'D')), plainto_tsquery($2::text), $3::integer)"#
    /// );
    /// ```
    search_rank_weighted / WeightedRank;

    /// Django's `SearchRank(.., cover_density=True)`: as [`search_rank`], counting how near the words are to each other.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::{search_query, search_rank_cd, search_vector};
    ///
    /// assert_eq!(
    ///     search_rank_cd(search_vector(Post.title), search_query("rust")).sql(),
    ///     r#"ts_rank_cd(to_tsvector("posts"."title"), plainto_tsquery($1::text))"#
    /// );
    /// ```
    search_rank_cd / RankCd,
    /// As [`search_rank_weighted`], counting how near the words are to each other.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// use hyperdjango::orm::functions::{search_query, search_rank_cd_weighted, search_vector};
    ///
    /// let rank = search_rank_cd_weighted([0.1, 0.2, 0.4, 1.0], search_vector(Post.title), search_query("rust"), 0);
    /// assert!(rank.sql().starts_with(r#"ts_rank_cd($1::real[], to_tsvector("#));
    /// ```
    search_rank_cd_weighted / WeightedRankCd;
}
