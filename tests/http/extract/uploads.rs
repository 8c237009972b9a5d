//! Files that clients send: where they go, what is refused, and that nothing stays behind.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use super::site::Served;

const KIND: &str = "multipart/form-data; boundary=b";

/// A folder for temporary files that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("hyper-uploads-{}-{}", std::process::id(), NUMBER.fetch_add(1, SeqCst));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn served(&self, settings: &[(&str, &str)]) -> Served {
        let folder = [("FILE_UPLOAD_TEMP_DIR", self.0.to_str().unwrap())];
        Served::new(&[&folder[..], settings].concat())
    }

    fn files(&self) -> usize {
        std::fs::read_dir(&self.0).unwrap().count()
    }

    /// Waits until there are this many.
    fn wait_for(&self, files: usize) {
        while self.files() != files {
            std::thread::yield_now();
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A part: its name, its file's name, its content.
fn body(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        body.extend_from_slice(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"").as_bytes());
        if let Some(file) = file {
            body.extend_from_slice(format!("; filename=\"{file}\"\r\nContent-Type: image/png").as_bytes());
        }
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    body
}

#[test]
fn small_files_are_in_memory_and_large_ones_on_disk() {
    let folder = Folder::new();
    let served = folder.served(&[("MAX_UPLOAD_SIZE", "100000000")]);
    let small = body(&[
        ("title", None, "Ü".as_bytes()),
        ("picture", Some("../a/b.png"), b"123"),
        ("more", Some("1"), b""),
        ("more", Some("2"), b"xx"),
        ("tags[a]", None, b"1"),
        // No file was chosen.
        ("thumbnail", Some(""), b""),
    ]);
    let answer = served.post("/pictures", KIND, &small);
    let expected =
        r#"Ü: b.png image/png 3 memory [150] ["1 image/png 0 memory", "2 image/png 2 memory"] None {"a": 1}"#;
    assert_eq!(answer.body, expected);
    let content: Vec<u8> = (0..9_000_000u32).map(|n| (n % 251) as u8).collect();
    let sum: u64 = content.iter().map(|byte| u64::from(*byte)).sum();
    let large = body(&[("picture", Some("x.bin"), &content), ("title", None, b"t")]);
    let answer = served.post("/pictures", KIND, &large);
    assert_eq!(answer.body, format!("t: x.bin image/png 9000000 disk [{sum}] [] None {{}}"));
    folder.wait_for(0);
    // All files of a request share what is kept in memory.
    let two = vec![b'x'; 2_000_000];
    let answer = served.post(
        "/pictures",
        KIND,
        body(&[("title", None, b""), ("picture", Some("1"), &two), ("thumbnail", Some("2"), &two)]),
    );
    assert!(
        answer.body.contains("1 image/png 2000000 memory")
            && answer.body.contains("2 image/png 2000000 disk"),
        "{answer:?}"
    );
    folder.wait_for(0);
}

#[test]
fn parts_are_handed_out_in_their_order() {
    let served = Served::new(&[]);
    let parts = body(&[("a", None, b"1"), ("b", Some("x/y"), b"12345"), ("a", None, b"")]);
    assert_eq!(served.post("/parts", KIND, &parts).body, "a None 1;b Some(\"y\") 5;a None 0;");
    assert_eq!(served.post("/skips", KIND, &parts).body, "aba");
    // The connection goes on when all was read.
    let mut client = served.connect();
    for _ in 0..2 {
        client.send("POST /parts HTTP/1.1\r\nhost: t\r\ncontent-type: multipart/form-data; boundary=\"b\"\r\ntransfer-encoding: chunked\r\n\r\n");
        for byte in &parts {
            client.send([b"1\r\n", &[*byte][..], b"\r\n"].concat());
        }
        client.send("0\r\n\r\n");
        assert_eq!(client.answer().body, "a None 1;b Some(\"y\") 5;a None 0;");
    }
}

#[test]
fn limits_are_kept() {
    let folder = Folder::new();
    let served = folder.served(&[
        ("DATA_UPLOAD_MAX_NUMBER_FIELDS", "2"),
        ("DATA_UPLOAD_MAX_NUMBER_FILES", "2"),
        ("DATA_UPLOAD_MAX_MEMORY_SIZE", "10"),
        ("FILE_UPLOAD_MAX_MEMORY_SIZE", "100"),
        ("FILE_UPLOAD_MAX_SIZE", "1000"),
        ("MAX_UPLOAD_SIZE", "3000"),
    ]);
    let file = |name: &'static str, size: usize| (name, Some("f"), vec![b'x'; size]);
    let text = |name: &'static str, size: usize| (name, None, vec![b'x'; size]);
    for (parts, status, expected) in [
        (vec![text("title", 5), text("a", 5), text("b", 0)], 400, "The form has more than 2 fields."),
        (vec![file("picture", 5), file("more", 5), file("more", 5)], 400, "The form has more than 2 files."),
        (
            vec![text("title", 5), text("a", 6)],
            413,
            "With `a` the fields of the form are larger than the 10 bytes accepted.",
        ),
        (
            vec![text("title", 5), file("picture", 1001)],
            413,
            "The file `picture` is larger than the 1000 bytes accepted here.",
        ),
        (
            vec![text("title", 5), file("picture", 900), file("more", 2900)],
            413,
            "The body is larger than the 3000 bytes accepted here.",
        ),
    ] {
        let parts: Vec<_> = parts.iter().map(|(name, file, content)| (*name, *file, &content[..])).collect();
        let answer = served.post("/pictures", KIND, body(&parts));
        assert_eq!((answer.status, answer.detail().as_str()), (status, expected));
    }
    folder.wait_for(0);
    let fits = body(&[("title", None, b"0123456789"), ("picture", Some("f"), &[b'x'; 1000])]);
    assert_eq!(served.post("/pictures", KIND, fits).status, 200);
    folder.wait_for(0);
}

#[test]
fn what_is_malformed_is_refused_with_the_field() {
    let served = Served::new(&[]);
    let head = "--b\r\nContent-Disposition: form-data; name=\"title\"";
    for (kind, body, status, expected) in [
        ("application/json", String::new(), 415, "should be `multipart/form-data`"),
        ("multipart/form-data", String::new(), 400, "does not name its boundary"),
        ("multipart/form-data; boundary=\"a{b}\"", String::new(), 400, "should be 1 to 70 letters"),
        (KIND, String::new(), 400, "ends before its last boundary"),
        (KIND, format!("{head}\r\n\r\nx"), 400, "ends before its last boundary"),
        (KIND, format!("{head}\r\n\r\nx\r\n--bx\r\n"), 400, "a line that begins with its boundary"),
        (KIND, "--b\r\n\r\nx\r\n--b--".to_owned(), 400, "without a `Content-Disposition`"),
        (KIND, format!("--b\r\nx: {}\r\n\r\n", "y".repeat(10_000)), 400, "more than 8 KiB"),
        (KIND, format!("{head}\r\n\r\na\0b\r\n--b--"), 400, "has a NUL character, in the value of `title`"),
        (
            KIND,
            format!("{head}\r\nContent-Type: text/plain; charset=latin1\r\n\r\na\r\n--b--"),
            415,
            "says `latin1`",
        ),
        (
            KIND,
            format!("{head}\r\nContent-Transfer-Encoding: base64\r\n\r\na\r\n--b--"),
            400,
            "Content-Transfer-Encoding",
        ),
    ] {
        let answer = served.post("/pictures", kind, body);
        assert_eq!(answer.status, status, "{expected} {answer:?}");
        assert!(answer.detail().contains(expected), "{expected} {answer:?}");
    }
    let answer = served.post("/pictures", KIND, body(&[("title", None, b"\xff")]));
    assert_eq!(answer.detail(), "The form is not UTF-8, in the value of `title`.");
    let answer = served.post(
        "/pictures",
        KIND,
        body(&[("title", Some("f"), b"x"), ("picture", None, b"x"), ("tags.a", None, b"x")]),
    );
    assert_eq!(
        answer.error()["errors"],
        serde_json::json!({
            "title": ["Expected text, found a file."],
            "picture": ["Expected a file, found text."],
            "tags.a": ["Expected a whole number from 0 to 255, found `x`."],
        })
    );
    let answer = served.post("/pictures", KIND, body(&[]));
    assert_eq!(answer.error()["errors"]["picture"][0], "This field is required.");
}

#[test]
fn a_client_that_hangs_up_leaves_nothing_behind() {
    let folder = Folder::new();
    let served = folder.served(&[("FILE_UPLOAD_MAX_MEMORY_SIZE", "1000"), ("MAX_UPLOAD_SIZE", "100000000")]);
    let mut clients = Vec::new();
    for _ in 0..3 {
        let mut client = served.connect();
        client.send(format!(
            "POST /pictures HTTP/1.1\r\nhost: t\r\ncontent-type: {KIND}\r\ncontent-length: 9000000\r\n\r\n"
        ));
        client.send("--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"f\"\r\n\r\n");
        client.send(vec![b'x'; 400_000]);
        clients.push(client);
    }
    folder.wait_for(3);
    drop(clients);
    folder.wait_for(0);
}

#[test]
fn a_disk_that_fails_is_no_fault_of_the_client() {
    let folder = Folder::new();
    let served = folder.served(&[("FILE_UPLOAD_MAX_MEMORY_SIZE", "10")]);
    std::fs::remove_dir_all(&folder.0).unwrap();
    let answer =
        served.post("/pictures", KIND, body(&[("title", None, b""), ("picture", Some("f"), b"01234567890")]));
    assert_eq!((answer.status, answer.detail().as_str()), (500, "Something went wrong on our side."));
    // Small ones need no disk.
    assert_eq!(
        served.post("/pictures", KIND, body(&[("title", None, b""), ("picture", Some("f"), b"0")])).status,
        200
    );
    // A device that is always full.
    if Path::new("/dev/full").exists() {
        let upload = hyperdjango::http::Upload::new("f", "text/plain", "x");
        let runtime = tokio::runtime::Runtime::new().unwrap();
        assert_eq!(runtime.block_on(upload.save_to("/dev/full")).unwrap_err().status(), 409);
    }
}
