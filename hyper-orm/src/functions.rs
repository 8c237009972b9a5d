//! Functions that are no methods, to be imported where they are used: Django's `django.db.models.functions`.

pub use crate::expr::function::case::case;
pub use crate::expr::function::choice::{coalesce, greatest, least, nullif};
pub use crate::expr::function::concat::{concat, concat_ws};
pub use crate::expr::function::json::json_object;
pub use crate::expr::function::math::{pi, random};
pub use crate::expr::function::now::{current_date, now, transaction_now};
pub use crate::expr::function::search::{
    configs, search_headline, search_headline_with, search_query, search_rank, search_rank_cd,
    search_rank_cd_weighted, search_rank_weighted, search_vector,
};
pub use crate::expr::function::value;
pub use crate::expr::function::window;
