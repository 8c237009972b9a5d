//! 130 routes: 65 kinds of things, each with a list and a page.

use hyperdjango::prelude::*;

macro_rules! things {
    ($($module:ident $list:literal $one:literal,)*) => {
        $(mod $module {
            use hyperdjango::prelude::*;

            #[get($list)]
            pub(super) async fn list() -> &'static str {
                "a list"
            }

            #[get($one)]
            pub(super) async fn show(id: i64) -> String {
                id.to_string()
            }
        })*

        routes! { pub Urls: $($module::list, $module::show,)* }
    };
}

things! {
    things0 "/things0" "/things0/{id}",
    things1 "/things1" "/things1/{id}",
    things2 "/things2" "/things2/{id}",
    things3 "/things3" "/things3/{id}",
    things4 "/things4" "/things4/{id}",
    things5 "/things5" "/things5/{id}",
    things6 "/things6" "/things6/{id}",
    things7 "/things7" "/things7/{id}",
    things8 "/things8" "/things8/{id}",
    things9 "/things9" "/things9/{id}",
    things10 "/things10" "/things10/{id}",
    things11 "/things11" "/things11/{id}",
    things12 "/things12" "/things12/{id}",
    things13 "/things13" "/things13/{id}",
    things14 "/things14" "/things14/{id}",
    things15 "/things15" "/things15/{id}",
    things16 "/things16" "/things16/{id}",
    things17 "/things17" "/things17/{id}",
    things18 "/things18" "/things18/{id}",
    things19 "/things19" "/things19/{id}",
    things20 "/things20" "/things20/{id}",
    things21 "/things21" "/things21/{id}",
    things22 "/things22" "/things22/{id}",
    things23 "/things23" "/things23/{id}",
    things24 "/things24" "/things24/{id}",
    things25 "/things25" "/things25/{id}",
    things26 "/things26" "/things26/{id}",
    things27 "/things27" "/things27/{id}",
    things28 "/things28" "/things28/{id}",
    things29 "/things29" "/things29/{id}",
    things30 "/things30" "/things30/{id}",
    things31 "/things31" "/things31/{id}",
    things32 "/things32" "/things32/{id}",
    things33 "/things33" "/things33/{id}",
    things34 "/things34" "/things34/{id}",
    things35 "/things35" "/things35/{id}",
    things36 "/things36" "/things36/{id}",
    things37 "/things37" "/things37/{id}",
    things38 "/things38" "/things38/{id}",
    things39 "/things39" "/things39/{id}",
    things40 "/things40" "/things40/{id}",
    things41 "/things41" "/things41/{id}",
    things42 "/things42" "/things42/{id}",
    things43 "/things43" "/things43/{id}",
    things44 "/things44" "/things44/{id}",
    things45 "/things45" "/things45/{id}",
    things46 "/things46" "/things46/{id}",
    things47 "/things47" "/things47/{id}",
    things48 "/things48" "/things48/{id}",
    things49 "/things49" "/things49/{id}",
    things50 "/things50" "/things50/{id}",
    things51 "/things51" "/things51/{id}",
    things52 "/things52" "/things52/{id}",
    things53 "/things53" "/things53/{id}",
    things54 "/things54" "/things54/{id}",
    things55 "/things55" "/things55/{id}",
    things56 "/things56" "/things56/{id}",
    things57 "/things57" "/things57/{id}",
    things58 "/things58" "/things58/{id}",
    things59 "/things59" "/things59/{id}",
    things60 "/things60" "/things60/{id}",
    things61 "/things61" "/things61/{id}",
    things62 "/things62" "/things62/{id}",
    things63 "/things63" "/things63/{id}",
    things64 "/things64" "/things64/{id}",
}
