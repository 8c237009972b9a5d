//! Forms and query strings (`application/x-www-form-urlencoded`).

use std::ops::{Deref, DerefMut};

use super::content_type::ContentType;
use super::fields::pairs::pairs;
use super::fields::{self, Rules, no_rules};
use super::json::Decodable;
use super::valid::Extract;
use super::{FromRequest, Request};
use crate::Result;

/// The fields of a submitted form.
///
/// A key that is there several times fills a `Vec`; without one it is an error. Keys lead into structs and lists:
/// `author.name`, `author[name]`, `tags[]`, and Django's formsets, `posts-0-title`. A value that is left empty is `None`
/// for an `Option`; a `bool` is true for `on`, `true`, `yes` and `1`, as checkboxes send, who send nothing when they
/// are off: `#[serde(default)]`.
///
/// Answers 415 for another content type or encoding, 400 for malformed percent-encoding, text that is not UTF-8, NUL
/// characters and more than `DATA_UPLOAD_MAX_NUMBER_FIELDS` fields, and 422 with all fields whose value does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form<T>(pub T);

/// The fields of the query string, read as [`Form`] reads those of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<T> Deref for Form<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Form<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Query<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Decodable> FromRequest for Form<T> {
    const READS_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Self::extract(request, no_rules).await
    }
}

#[diagnostic::do_not_recommend]
impl<T: Decodable> Extract for Form<T> {
    type Value = T;

    async fn extract(request: &mut Request, rules: Rules<T>) -> Result<Self> {
        const KIND: &str = "application/x-www-form-urlencoded";
        if !ContentType::says_only(request, KIND) {
            let given = ContentType::of(request);
            if !given.is(KIND) {
                return Err(given.unsupported(KIND));
            }
            given.require_utf8()?;
        }
        let most = request.context().uploads.fields;
        let body = request.bytes().await?;
        fields::decode(&pairs(&body, "form", most)?, rules).map(Self)
    }
}

impl<T: Decodable> FromRequest for Query<T> {
    async fn from_request(request: &mut Request) -> Result<Self> {
        Self::extract(request, no_rules).await
    }
}

#[diagnostic::do_not_recommend]
impl<T: Decodable> Extract for Query<T> {
    type Value = T;

    async fn extract(request: &mut Request, rules: Rules<T>) -> Result<Self> {
        let most = request.context().uploads.fields;
        let query = request.query().unwrap_or("").as_bytes();
        fields::decode(&pairs(query, "query string", most)?, rules).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Search {
        q: Option<String>,
        #[serde(default)]
        tag: Vec<String>,
        page: u32,
    }

    fn search(query: &str) -> Result<Search> {
        fields::decode(&pairs(query.as_bytes(), "query string", 1000)?, no_rules)
    }

    #[test]
    fn repeated_keys_fill_a_list() {
        let expected =
            Search { q: Some("a b".to_owned()), tag: vec!["x".to_owned(), "ü".to_owned()], page: 3 };
        assert_eq!(search("tag=x&q=a+b&tag=%C3%BC&page=3").unwrap(), expected);
    }

    #[test]
    fn wrong_and_missing_values_name_the_field() {
        assert_eq!(search("").unwrap_err().errors().unwrap().to_string(), "page: This field is required.");
        let error = search("page=-1").unwrap_err();
        assert_eq!(
            error.errors().unwrap().field("page"),
            ["Expected a whole number from 0 to 4294967295, found `-1`."]
        );
        assert_eq!(search("page=4294967296").unwrap_err().status(), 422);
    }

    #[test]
    fn malformed_encodings_and_nul_are_400() {
        for query in ["q=%", "q=%f", "q=%gg", "q=%ff", "page=1&q=%c3", "q=a%00", "%00=1"] {
            assert_eq!(search(query).unwrap_err().status(), 400, "{query}");
        }
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Order {
        customer: Customer,
        items: Vec<Item>,
        tags: Vec<String>,
        prices: std::collections::BTreeMap<String, f64>,
        note: Option<String>,
        count: Option<u8>,
        gift: bool,
        nested: Option<Box<Order>>,
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    struct Customer {
        name: String,
        #[serde(default)]
        first_name: String,
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    struct Item {
        title: String,
        amount: i64,
    }

    fn order(form: &str) -> Result<Order> {
        fields::decode(&pairs(form.as_bytes(), "form", 1000)?, no_rules)
    }

    #[test]
    fn keys_lead_into_structs_and_lists() {
        let item = |title: &str, amount| Item { title: title.to_owned(), amount };
        for form in [
            "customer.name=a&items[1].title=y&items[0].title=x&items[0].amount=1&items[1].amount=2",
            "customer[name]=a&items[0][title]=x&items[0][amount]=1&items[5][title]=y&items[5][amount]=%2B2",
            "customer-name=a&items-TOTAL_FORMS=2&items-INITIAL_FORMS=0&items-0-title=x&items-0-amount=1\
             &items-1-title=y&items-1-amount=2",
            "customer%5Bname%5D=a&items%5B0%5D%5Btitle%5D=x&items.0.amount=1&items.1.title=y&items.1.amount=2",
        ] {
            let order = order(form).unwrap();
            assert_eq!(order.customer.name, "a", "{form}");
            assert_eq!(order.items, [item("x", 1), item("y", 2)], "{form}");
        }
        let read = order(
            "tags[]=a&tags=b&tags[]=c&prices[eur]=1.5&prices.usd=2&customer.name=&note=&count=&gift=on",
        )
        .unwrap();
        assert_eq!(read.tags, ["a", "b", "c"]);
        assert_eq!(
            read.prices.iter().map(|(k, v)| (k.as_str(), *v)).collect::<Vec<_>>(),
            [("eur", 1.5), ("usd", 2.0)]
        );
        assert_eq!((read.note, read.count, read.gift), (None, None, true));
        assert!(order("nested.nested.gift=yes").unwrap().nested.unwrap().nested.unwrap().gift);
        assert_eq!(order("gift=&customer[name=x&[]=1&=&a.b=1").unwrap(), Order::default());
        // A field is not part of another whose name begins like it.
        let customer = order("customer.first_name=b&customer.name=a").unwrap().customer;
        assert_eq!((customer.name.as_str(), customer.first_name.as_str()), ("a", "b"));
    }

    #[test]
    fn pairs_come_as_they_are() {
        let read =
            |form: &str| fields::decode::<Vec<(String, u8)>>(&pairs(form.as_bytes(), "form", 9)?, no_rules);
        let pair = |name: &str, value| (name.to_owned(), value);
        assert_eq!(read("b[x]=1&a=2&b[x]=3").unwrap(), [pair("b[x]", 1), pair("a", 2), pair("b[x]", 3)]);
        assert_eq!(read("").unwrap(), []);
        let error = read("a=1&b=x&c=y").unwrap_err();
        assert_eq!(
            error.errors().unwrap().iter().map(|(field, _)| field).collect::<Vec<_>>(),
            ["[1][1]", "[2][1]"]
        );
    }

    #[test]
    fn all_that_does_not_fit_is_named() {
        let form = "items[0].title=x&items[0].amount=many&items[2].amount=2&tags=a&prices.eur=NaN&count=256&count2=1\
                    &gift=maybe&note=a&note=b&customer=me";
        let errors = order(form).unwrap_err();
        let errors: Vec<String> = errors
            .errors()
            .unwrap()
            .iter()
            .map(|(field, all)| format!("{field}: {}", all.join(" ")))
            .collect();
        assert_eq!(
            errors,
            [
                "count: Expected a whole number from 0 to 255, found `256`.",
                "customer.name: This field is required.",
                "gift: Expected `true` or `false`, found `maybe`.",
                "items[0].amount: Expected a whole number from -9223372036854775808 to 9223372036854775807, found `many`.",
                "items[1].title: This field is required.",
                "note: Expected one value, found 2.",
                "prices.eur: Expected a number, found `NaN`.",
            ]
        );
        let deep = format!("{}gift=on", "nested.".repeat(40));
        assert!(order(&deep).unwrap_err().to_string().contains("ore than 32 levels deep"));
        assert!(order(&format!("a{}", "[a".repeat(100_000))).is_ok());
    }

    proptest::proptest! {
        #[test]
        fn any_form_is_read_or_refused(form in "((items|tags|customer|nested|note|prices)|[.&=\\[\\]0-2-]|title|name){0,12}") {
            if let Err(error) = order(&form) {
                proptest::prop_assert!(error.status().is_client_error());
            }
        }

        #[test]
        fn flat_fields_are_read_as_they_were_written(note in "[^\0]{1,20}", count: u8, gift: bool, tags in proptest::collection::vec("[^\0]{0,5}", 0..4)) {
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.append_pair("note", &note).append_pair("count", &count.to_string()).append_pair("gift", &gift.to_string());
            form.extend_pairs(tags.iter().map(|tag| ("tags", tag)));
            let read = order(&form.finish()).unwrap();
            proptest::prop_assert_eq!((read.note, read.count, read.gift, read.tags), (Some(note), Some(count), gift, tags));
        }
    }
}
