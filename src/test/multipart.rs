//! Forms with files.

use bytes::Bytes;

/// What ends a part. It is long enough that no test has it in a file by accident.
const BOUNDARY: &str = "----hyperdjango-test-9f2c41d7a6e80b35";

/// A form with files, as browsers send it (`multipart/form-data`, RFC 7578).
///
/// ```
/// # use hyperdjango::prelude::*;
/// use hyperdjango::test::Multipart;
///
/// # async fn f<A: App>(client: hyperdjango::test::Client<A>) {
/// let form = Multipart::new().text("title", "A cat").file("picture", "cat.png", "image/png", b"\x89PNG".as_slice());
/// client.post("/pictures").multipart(form).await.expect(201);
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Multipart(Vec<u8>);

impl Multipart {
    /// A form without parts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field.
    #[must_use]
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.part(
            &format!("Content-Disposition: form-data; name=\"{}\"\r\n", escaped(name)),
            value.as_bytes(),
        );
        self
    }

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, name: &str, file_name: &str, content_type: &str, bytes: impl Into<Bytes>) -> Self {
        let (name, file_name) = (escaped(name), escaped(file_name));
        let head = format!(
            "Content-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\nContent-Type: {content_type}\r\n"
        );
        self.part(&head, &bytes.into());
        self
    }

    fn part(&mut self, head: &str, bytes: &[u8]) {
        for piece in [b"--", BOUNDARY.as_bytes(), b"\r\n", head.as_bytes(), b"\r\n", bytes, b"\r\n"] {
            self.0.extend_from_slice(piece);
        }
    }

    /// Its `Content-Type` and its bytes.
    pub(super) fn finish(mut self) -> (String, Bytes) {
        self.0.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={BOUNDARY}"), self.0.into())
    }
}

/// A name as browsers write it (the HTML standard's "escape a multipart name").
fn escaped(name: &str) -> String {
    name.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_browsers_send() {
        let form = Multipart::new().text("t\"\r\n", "é").file("f", "a b.txt", "text/plain", "x");
        let (kind, body) = form.finish();
        assert_eq!(kind, format!("multipart/form-data; boundary={BOUNDARY}"));
        let expected = "--B\r\nContent-Disposition: form-data; name=\"t%22%0D%0A\"\r\n\r\né\r\n\
                        --B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a b.txt\"\r\n\
                        Content-Type: text/plain\r\n\r\nx\r\n--B--\r\n";
        assert_eq!(str::from_utf8(&body).unwrap(), expected.replace("--B", &format!("--{BOUNDARY}")));
    }
}
