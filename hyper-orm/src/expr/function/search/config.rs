//! The languages texts are broken down by.

use crate::sql::{Part, Rope};

/// A text search configuration of the database, such as [`configs::English`]. Those of your own are a type each:
///
/// ```
/// use hyperdjango::orm::expr::function::search::SearchConfig;
///
/// #[derive(Clone, Copy)]
/// struct Recipes;
///
/// impl SearchConfig for Recipes {
///     const NAME: &'static str = "recipes";
/// }
/// ```
///
/// The name stands in the text of the statement, not in a parameter, as an index on `to_tsvector('english', title)` is only
/// used for the same text.
pub trait SearchConfig: Copy + Send + Sync + 'static {
    /// Its name; empty for the one `default_text_search_config` names. It must not hold a `'`.
    const NAME: &'static str;
    #[doc(hidden)]
    const ARGUMENT: Rope = if Self::NAME.is_empty() {
        &[]
    } else {
        &[Part::Text("'"), Part::Text(Self::NAME), Part::Text("', ")]
    };
}

/// What the database's `default_text_search_config` names.
#[derive(Debug, Clone, Copy)]
pub struct DatabaseDefault;

impl SearchConfig for DatabaseDefault {
    const NAME: &'static str = "";
}

/// The configurations every PostgreSQL has.
pub mod configs {
    use super::SearchConfig;

    macro_rules! configs {
        ($($type:ident $name:literal)+) => {$(
            #[doc = concat!("`", $name, "`")]
            #[derive(Debug, Clone, Copy)]
            pub struct $type;

            impl SearchConfig for $type {
                const NAME: &'static str = $name;
            }
        )+};
    }

    configs! {
        Simple "simple"
        Arabic "arabic"
        Armenian "armenian"
        Basque "basque"
        Catalan "catalan"
        Danish "danish"
        Dutch "dutch"
        English "english"
        Finnish "finnish"
        French "french"
        German "german"
        Greek "greek"
        Hindi "hindi"
        Hungarian "hungarian"
        Indonesian "indonesian"
        Irish "irish"
        Italian "italian"
        Lithuanian "lithuanian"
        Nepali "nepali"
        Norwegian "norwegian"
        Portuguese "portuguese"
        Romanian "romanian"
        Russian "russian"
        Serbian "serbian"
        Spanish "spanish"
        Swedish "swedish"
        Tamil "tamil"
        Turkish "turkish"
        Yiddish "yiddish"
    }
}
