//! The tables, as `diesel print-schema` writes them.

diesel::table! { users (id) { id -> Int8, name -> Text, karma -> Int4, } }
diesel::table! {
    posts (id) {
        id -> Int8,
        title -> Text,
        url -> Nullable<Text>,
        author_id -> Int8,
        editor_id -> Nullable<Int8>,
        score -> Int4,
        created -> Timestamptz,
        body -> Text,
    }
}
diesel::table! { comments (id) { id -> Int8, post_id -> Int8, score -> Int4, body -> Text, } }
diesel::table! { people (id) { id -> Int4, name -> Text, hair_color -> Nullable<Text>, } }
diesel::table! {
    wide (id) {
        id -> Int8, a1 -> Int8, a2 -> Int8, a3 -> Int8, a4 -> Int8, a5 -> Int8,
        b1 -> Int4, b2 -> Int4, b3 -> Int4, b4 -> Int4, c1 -> Int2, c2 -> Int2,
        d1 -> Bool, d2 -> Bool, d3 -> Bool, d4 -> Bool,
        e1 -> Float8, e2 -> Float8, e3 -> Float8, e4 -> Float8,
        f1 -> Text, f2 -> Text, f3 -> Text, f4 -> Text, f5 -> Text, f6 -> Text, f7 -> Text, f8 -> Text,
        g1 -> Nullable<Text>, g2 -> Nullable<Text>, h1 -> Timestamptz, i1 -> Uuid,
    }
}
diesel::table! { items (id) { id -> Int8, name -> Text, note -> Nullable<Text>, score -> Int4, views -> Int8, } }
diesel::table! { log (id) { id -> Int8, item_id -> Int8, line -> Text, } }
diesel::table! { world (id) { id -> Int4, random_number -> Int4, } }
diesel::table! { fortune (id) { id -> Int4, message -> Text, } }
diesel::allow_tables_to_appear_in_same_query!(users, posts, comments);
