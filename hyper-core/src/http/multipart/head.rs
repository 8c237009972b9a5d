//! The head of a part: its name, the name of its file, and the type it claims.

use crate::http::content_type::{ContentType, parameters};
use crate::{Error, Result};

/// How many header fields the head of a part may have.
const MOST: usize = 16;

/// What stands before the content of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) name: String,
    /// As the client gave it; `None` for what is no file.
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
}

impl Head {
    /// Reads the lines up to and with the last one's end.
    ///
    /// # Errors
    /// 400 for what is malformed, has no name, or is encoded.
    pub(crate) fn parse(lines: &[u8]) -> Result<Self> {
        let mut headers = [httparse::EMPTY_HEADER; MOST];
        // Others take the first of two bare LFs for the end of the head, or none of them for the end of a line.
        if memchr::memchr_iter(b'\n', lines).any(|at| at == 0 || lines[at - 1] != b'\r') {
            return Err(bad("has a part with a malformed head"));
        }
        let mut text = Vec::with_capacity(lines.len() + 2);
        text.extend_from_slice(lines);
        text.extend_from_slice(b"\r\n");
        let headers = match httparse::parse_headers(&text, &mut headers) {
            // An empty line would leave what is behind it unread.
            Ok(httparse::Status::Complete((read, headers))) if read == text.len() => headers,
            Err(httparse::Error::TooManyHeaders) => {
                return Err(bad("has a part with more than 16 header fields"));
            }
            _ => return Err(bad("has a part with a malformed head")),
        };
        let mut head = Self { name: String::new(), file_name: None, content_type: None };
        let mut disposition = None;
        for header in headers {
            let value = std::str::from_utf8(header.value)
                .map_err(|_| bad("has a part with a head that is not UTF-8"))?
                .trim();
            if value.contains('\0') {
                return Err(bad("has a part with a NUL character in its head"));
            }
            if header.name.eq_ignore_ascii_case("content-disposition") {
                if disposition.replace(value).is_some() {
                    return Err(bad("has a part with two `Content-Disposition`s"));
                }
            } else if header.name.eq_ignore_ascii_case("content-type") {
                head.content_type = Some(value.to_owned()).filter(|value| !value.is_empty());
            } else if header.name.eq_ignore_ascii_case("content-transfer-encoding")
                && !["7bit", "8bit", "binary"].iter().any(|plain| value.eq_ignore_ascii_case(plain))
            {
                return Err(bad("has a part with a `Content-Transfer-Encoding`, which is not read here"));
            }
        }
        let disposition = disposition.ok_or_else(|| bad("has a part without a `Content-Disposition`"))?;
        let (kind, rest) = disposition.split_once(';').unwrap_or((disposition, ""));
        if !kind.trim().eq_ignore_ascii_case("form-data") {
            return Err(bad("has a part that is not `form-data`"));
        }
        let mut name = None;
        for (parameter, value) in parameters(rest) {
            if parameter.eq_ignore_ascii_case("name") {
                name.get_or_insert_with(|| unescaped(&value));
            } else if parameter.eq_ignore_ascii_case("filename") {
                head.file_name.get_or_insert_with(|| unescaped(&value));
            }
        }
        head.name = name.ok_or_else(|| bad("has a part without a name"))?;
        Ok(head)
    }

    /// 400 unless the part is UTF-8 by its own word.
    pub(super) fn require_utf8(&self) -> Result<()> {
        match &self.content_type {
            Some(kind) => ContentType::new(kind).require_utf8(),
            None => Ok(()),
        }
    }
}

/// What browsers encode in names: quotes and ends of lines, and nothing else.
fn unescaped(name: &str) -> String {
    name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

fn bad(problem: &str) -> Error {
    Error::bad_request(format!("The multipart body {problem}."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_read_as_browsers_write_them() {
        for (line, name, file) in [
            ("Content-Disposition: form-data; name=\"a\"", "a", None),
            ("content-disposition:form-data;name=a;filename=b.txt", "a", Some("b.txt")),
            ("Content-Disposition: form-data; filename=\"x; name=y\"; name=\"ü\"", "ü", Some("x; name=y")),
            ("Content-Disposition: form-data; name=\"a%22b\"; filename=\"\"", "a\"b", Some("")),
            ("Content-Disposition: form-data; name=\"a\\\"b\"", "a\"b", None),
            (
                "Content-Disposition: form-data; name=\"a\"; filename=\"C:\\d\\f.txt\"",
                "a",
                Some("C:\\d\\f.txt"),
            ),
            ("Content-Disposition: form-data; name=\"\"", "", None),
        ] {
            let head = Head::parse(format!("{line}\r\n").as_bytes()).unwrap();
            assert_eq!((head.name.as_str(), head.file_name.as_deref()), (name, file), "{line}");
        }
        let head =
            Head::parse(b"Content-Type: text/plain\r\nContent-Disposition: form-data; name=a\r\n").unwrap();
        assert_eq!(head.content_type.as_deref(), Some("text/plain"));
    }

    #[test]
    fn what_is_malformed_is_refused() {
        for (lines, expected) in [
            ("x\r\n", "malformed head"),
            // To one reader the head ends at the empty line, to another only at the next CR and LF.
            (
                "Content-Disposition: form-data; name=a\n\nContent-Transfer-Encoding: base64\r\n",
                "malformed head",
            ),
            ("Content-Disposition: form-data; name=a\r\n\r\nx: y\r\n", "malformed head"),
            ("x: y\nContent-Disposition: form-data; name=a\r\n", "malformed head"),
            ("x: y\r\n", "without a `Content-Disposition`"),
            ("Content-Disposition: attachment; name=a\r\n", "not `form-data`"),
            ("Content-Disposition: form-data\r\n", "without a name"),
            ("Content-Disposition: form-data; name=\"open\r\n", "without a name"),
            ("Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n", "two"),
            ("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n", "Encoding"),
        ] {
            let error = Head::parse(lines.as_bytes()).unwrap_err();
            assert!(error.status() == 400 && error.detail().contains(expected), "{lines} {error}");
        }
        assert!(Head::parse(&[&b"a: b\r\n"[..]; 17].concat()).unwrap_err().detail().contains("more than 16"));
        assert!(
            Head::parse(b"Content-Disposition: form-data; name=\xff\r\n")
                .unwrap_err()
                .detail()
                .contains("UTF-8")
        );
    }

    proptest! {
        #[test]
        fn any_lines_can_be_read(lines: Vec<u8>) {
            let _ = Head::parse(&lines);
        }
    }
}
