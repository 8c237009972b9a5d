//! Functions of a text.

use super::call::{functions, methods};
use super::{Call, Carries};
use crate::expr::{Expr, Node};
use crate::field::Textual;

functions! {
    Length("length(", ")") Nulls::Any;
    Trim("trim(", ")") Nulls::Any;
    LTrim("ltrim(", ")") Nulls::Any;
    RTrim("rtrim(", ")") Nulls::Any;
    InitCap("initcap(", ")") Nulls::Any;
    Reverse("reverse(", ")") Nulls::Any;
    Left("left(", ", ", ")") Nulls::Any;
    Right("right(", ", ", ")") Nulls::Any;
    LPad("lpad(", ", ", ", ", ")") Nulls::Any;
    RPad("rpad(", ", ", ", ", ")") Nulls::Any;
    Repeat("repeat(", ", ", ")") Nulls::Any;
    Replace("replace(", ", ", ", ", ")") Nulls::Any;
    StrPos("strpos(", ", ", ")") Nulls::Any;
    Substr("substr(", ", ", ", ", ")") Nulls::Any;
    SubstrFrom("substr(", ", ", ")") Nulls::Any;
    Ord("ascii(", ")") Nulls::Any;
    Chr("chr(", ")") Nulls::Any;
    Md5("md5(", ")") Nulls::Any;
    Sha224("encode(sha224(convert_to(", ", 'UTF8')), 'hex')") Nulls::Any;
    Sha256("encode(sha256(convert_to(", ", 'UTF8')), 'hex')") Nulls::Any;
    Sha384("encode(sha384(convert_to(", ", 'UTF8')), 'hex')") Nulls::Any;
    Sha512("encode(sha512(convert_to(", ", 'UTF8')), 'hex')") Nulls::Any;
    Unaccent("unaccent(", ")") Nulls::Any;
}

methods! {
    Textual;

    /// Django's `Length`, `title__length`: how many characters it has.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Post.objects.filter(title__length__gt=80)
    /// let query = Post::objects().filter(Post.title.length().gt(80));
    /// assert!(query.sql().ends_with(r#" WHERE length("posts"."title") > $1"#));
    /// ```
    length / Length() -> i32;

    /// Django's `Trim`: without spaces at both ends. Other white space stays.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.trim().sql(), r#"trim("posts"."title")"#);
    /// ```
    trim / Trim() -> String;

    /// Django's `LTrim`: without spaces at the beginning.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.ltrim().sql(), r#"ltrim("posts"."title")"#);
    /// ```
    ltrim / LTrim() -> String;

    /// Django's `RTrim`: without spaces at the end.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.rtrim().sql(), r#"rtrim("posts"."title")"#);
    /// ```
    rtrim / RTrim() -> String;

    /// Each Word Begins With A Capital, the rest of it is in lower case: PostgreSQL's `initcap`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.initcap().sql(), r#"initcap("posts"."title")"#);
    /// ```
    initcap / InitCap() -> String;

    /// Django's `Reverse`: the characters from the last to the first.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.reverse().sql(), r#"reverse("posts"."title")"#);
    /// ```
    reverse / Reverse() -> String;

    /// Django's `Left`: the first characters. A negative number means all but the last ones.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Left("title", 3)
    /// assert_eq!(Post.title.left(3).sql(), r#"left("posts"."title", $1::integer)"#);
    /// ```
    left / Left(length: A = i32) -> String;

    /// Django's `Right`: the last characters. A negative number means all but the first ones.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.right(3).sql(), r#"right("posts"."title", $1::integer)"#);
    /// ```
    right / Right(length: A = i32) -> String;

    /// Django's `LPad`: filled up at the beginning, or cut off at the end, to so many characters. Django's default for
    /// `fill` is a space.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // LPad("title", 20, Value("."))
    /// assert_eq!(Post.title.lpad(20, ".").sql(), r#"lpad("posts"."title", $1::integer, $2::text)"#);
    /// ```
    lpad / LPad(length: A = i32, fill: B = String) -> String;

    /// Django's `RPad`: filled up or cut off at the end to so many characters.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.rpad(20, ".").sql(), r#"rpad("posts"."title", $1::integer, $2::text)"#);
    /// ```
    rpad / RPad(length: A = i32, fill: B = String) -> String;

    /// Django's `Repeat`: so many times over; less than once is an empty text.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.repeat(2).sql(), r#"repeat("posts"."title", $1::integer)"#);
    /// ```
    repeat / Repeat(times: A = i32) -> String;

    /// Django's `Replace`: with every occurrence of one text replaced by another.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Replace("title", Value("C++"), Value("Rust"))
    /// assert_eq!(Post.title.replace("C++", "Rust").sql(), r#"replace("posts"."title", $1::text, $2::text)"#);
    /// ```
    replace / Replace(from: A = String, to: B = String) -> String;

    /// Django's `StrIndex`: where the other text first occurs, counted from 1; 0 if nowhere.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // StrIndex("title", Value("rust"))
    /// assert_eq!(Post.title.strpos("rust").sql(), r#"strpos("posts"."title", $1::text)"#);
    /// ```
    strpos / StrPos(text: A = String) -> i32;

    /// Django's `Substr`: so many characters from a position on, counted from 1. A negative length makes the statement
    /// fail.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Substr("title", 1, 10)
    /// assert_eq!(Post.title.substr(1, 10).sql(), r#"substr("posts"."title", $1::integer, $2::integer)"#);
    /// ```
    substr / Substr(position: A = i32, length: B = i32) -> String;

    /// Django's `Substr` without a length: everything from a position on, counted from 1.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Substr("title", 5)
    /// assert_eq!(Post.title.substr_from(5).sql(), r#"substr("posts"."title", $1::integer)"#);
    /// ```
    substr_from / SubstrFrom(position: A = i32) -> String;

    /// Django's `Ord`: the number of the first character in Unicode; 0 of an empty text.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.ord().sql(), r#"ascii("posts"."title")"#);
    /// ```
    ord / Ord() -> i32;

    /// Django's `MD5`: the MD5 of the text in UTF-8, in hexadecimal digits.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.md5().sql(), r#"md5("posts"."title")"#);
    /// ```
    md5 / Md5() -> String;

    /// Django's `SHA224`, without an extension.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.sha224().sql(), r#"encode(sha224(convert_to("posts"."title", 'UTF8')), 'hex')"#);
    /// ```
    sha224 / Sha224() -> String;

    /// Django's `SHA256`, without an extension.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.sha256().sql(), r#"encode(sha256(convert_to("posts"."title", 'UTF8')), 'hex')"#);
    /// ```
    sha256 / Sha256() -> String;

    /// Django's `SHA384`, without an extension.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.sha384().sql(), r#"encode(sha384(convert_to("posts"."title", 'UTF8')), 'hex')"#);
    /// ```
    sha384 / Sha384() -> String;

    /// Django's `SHA512`, without an extension.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.title.sha512().sql(), r#"encode(sha512(convert_to("posts"."title", 'UTF8')), 'hex')"#);
    /// ```
    sha512 / Sha512() -> String;

    /// Django's `unaccent`: without accents, `Hôtel` is `Hotel`. Needs the extension: `CREATE EXTENSION unaccent`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// // Post.objects.filter(title__unaccent__icontains="hotel")
    /// let query = Post::objects().filter(Post.title.unaccent().icontains("hotel"));
    /// assert!(query.sql().ends_with(r#" WHERE unaccent("posts"."title") ILIKE $1"#));
    /// ```
    unaccent / Unaccent() -> String;
}

impl<R, T: Carries<Base = i32>, N: Node> Expr<R, T, N> {
    /// Django's `Chr`: the character of this number in Unicode. 0 and what is no character make the statement fail.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// assert_eq!(Post.score.chr().sql(), r#"chr("posts"."score")"#);
    /// ```
    pub fn chr(self) -> Expr<R, T::Carry<String>, Call<Chr, (N,)>> {
        Expr::new(Call::new((self.node,)))
    }
}
