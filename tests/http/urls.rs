//! Reverse URLs of mounted routes.

use crate::served::Served;
use crate::site::{api, file, name, search, show};

#[test]
fn reverse_urls_have_prefixes_and_encoded_parameters() {
    let served = Served::new();
    assert_eq!(show::url(7), "/posts/7");
    assert_eq!(api::root::url(), "/api/v1");
    assert_eq!(api::remove::url(7, "a/b?"), "/api/v1/users/7/keys/a%2Fb%3F");
    assert_eq!(file::url("a b/c"), "/files/a%20b/c");
    assert_eq!(search::url().query("page", 2).query("tag", "a&b"), "/search?page=2&tag=a%26b");
    for text in ["ü/%?#&", "..", "a b", "{x}"] {
        assert_eq!(served.get(name::url(text).as_str()).body, text);
    }
}
