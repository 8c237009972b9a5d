//! Files: types, conditions, ranges, names, and paths that lead nowhere.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::{Duration, SystemTime};

use super::Served;

const TEXT: &str = "0123456789abcdefghij";

fn served() -> Served {
    let served = Served::new("false");
    let public = served.folder.join("public");
    fs::write(public.join("a.txt"), TEXT).unwrap();
    fs::File::options().write(true).open(public.join("a.txt")).unwrap().set_modified(an_hour_ago()).unwrap();
    fs::write(public.join("ü.json"), "{}").unwrap();
    fs::write(public.join("empty.css"), "").unwrap();
    fs::write(public.join("unknown"), "x").unwrap();
    fs::write(public.join(".hidden"), "x").unwrap();
    fs::create_dir(public.join("folder")).unwrap();
    fs::write(served.folder.join("secret"), "x").unwrap();
    symlink("../secret", public.join("out")).unwrap();
    served
}

fn an_hour_ago() -> SystemTime {
    SystemTime::now() - Duration::from_secs(3600)
}

#[test]
fn a_file_is_sent_with_what_is_known_of_it() {
    let served = served();
    let file = served.get("/files/a.txt", &[]);
    assert_eq!((file.status, file.body.as_str()), (200, TEXT));
    for (name, value) in [
        ("content-type", "text/plain; charset=utf-8"),
        ("content-length", "20"),
        ("accept-ranges", "bytes"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(file.header(name), Some(value));
    }
    assert!(file.header("etag").is_some_and(|tag| tag.starts_with('"')));
    assert!(file.header("last-modified").is_some_and(|date| date.ends_with(" GMT")));
    let head = served.ask("HEAD", "/files/a.txt", &["range: bytes=0-1"]);
    assert_eq!((head.status, head.header("content-length")), (200, Some("20")));
    assert_eq!(served.get("/files/%C3%BC.json", &[]).header("content-type"), Some("application/json"));
    let empty = served.get("/files/empty.css", &[]);
    assert_eq!((empty.status, empty.header("content-length")), (200, Some("0")));
    assert_eq!(empty.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(served.get("/files/unknown", &[]).header("content-type"), Some("application/octet-stream"));
    let saved = served.get("/saved/a.txt", &[]);
    let expected = "attachment; filename=\"_bersicht.txt\"; filename*=UTF-8''%C3%9Cbersicht.txt";
    assert_eq!(saved.header("content-disposition"), Some(expected));
    assert_eq!(served.get("/table", &[]).header("content-type"), Some("text/csv; charset=utf-8"));
}

#[test]
fn no_path_leads_out_of_the_folder() {
    let served = served();
    for path in [
        "missing",
        "folder",
        "out",
        ".hidden",
        "../secret",
        "%2e%2e/secret",
        "..%2fsecret",
        "%2e%2e%2fsecret",
        "folder/../../secret",
        "folder%2f..%2f..%2fsecret",
        "a.txt/",
        "a.txt/b",
        "%5c..%5csecret",
        "%2fetc%2fpasswd",
        "//etc/passwd",
        "C:%5cx",
    ] {
        let answer = served.get(&format!("/files/{path}"), &[]);
        let served_it = answer.status == 200 && path != "a.txt/";
        assert!(!served_it && matches!(answer.status, 200 | 400 | 404 | 308), "{path}: {answer:?}");
    }
}

#[test]
fn conditions_save_the_sending() {
    let served = served();
    let first = served.get("/files/a.txt", &[]);
    let (tag, date) = (first.header("etag").unwrap(), first.header("last-modified").unwrap());
    let status = |fields: &[String]| {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let answer = served.get("/files/a.txt", &fields);
        assert!(answer.status != 304 || answer.header("etag") == Some(tag));
        answer.status
    };
    assert_eq!(status(&[format!("if-none-match: {tag}")]), 304);
    assert_eq!(status(&[format!("if-none-match: W/{tag}")]), 304);
    assert_eq!(status(&["if-none-match: \"x\"".to_owned(), format!("if-modified-since: {date}")]), 200);
    assert_eq!(status(&[format!("if-modified-since: {date}")]), 304);
    assert_eq!(status(&[format!("if-match: {tag}")]), 200);
    assert_eq!(status(&["if-match: \"x\"".to_owned()]), 412);
    assert_eq!(status(&["if-unmodified-since: Sat, 01 Nov 2014 10:00:00 GMT".to_owned()]), 412);
    assert_eq!(status(&[format!("if-range: {tag}"), "range: bytes=0-0".to_owned()]), 206);
    assert_eq!(status(&[format!("if-range: {date}"), "range: bytes=0-0".to_owned()]), 206);
    assert_eq!(status(&["if-range: \"x\"".to_owned(), "range: bytes=0-0".to_owned()]), 200);
    fs::write(served.folder.join("public/a.txt"), "changed").unwrap();
    assert_eq!(status(&[format!("if-none-match: {tag}")]), 200);
}

/// Within one second a file may change again: its date would be that of both, and a range of the second would be put
/// behind a beginning of the first.
#[test]
fn a_date_is_not_given_out_before_its_second_is_over() {
    let served = served();
    let path = served.folder.join("public/a.txt");
    let file = fs::File::options().write(true).open(path).unwrap();
    for (modified, is_given_out) in [
        (an_hour_ago(), true),
        // Further than the test takes; what is to come is nothing else.
        (SystemTime::now() + Duration::from_secs(3600), false),
    ] {
        file.set_modified(modified).unwrap();
        let date = httpdate::fmt_http_date(modified);
        let whole = served.get("/files/a.txt", &[]);
        assert_eq!(whole.header("last-modified"), is_given_out.then_some(date.as_str()));
        let part = served.get("/files/a.txt", &[&format!("if-range: {date}"), "range: bytes=0-0"]);
        assert_eq!(part.status, if is_given_out { 206 } else { 200 });
        let tag = whole.header("etag").unwrap();
        let part = served.get("/files/a.txt", &[&format!("if-range: {tag}"), "range: bytes=0-0"]);
        assert_eq!(part.status, 206);
    }
}

#[test]
fn ranges_are_sent_alone_and_together() {
    let served = served();
    let get = |range: &str| served.get("/files/a.txt", &[&format!("range: {range}")]);
    for (range, body, field) in [
        ("bytes=0-4", "01234", "bytes 0-4/20"),
        ("bytes=-5", "fghij", "bytes 15-19/20"),
        ("bytes=18-99", "ij", "bytes 18-19/20"),
    ] {
        let part = get(range);
        assert_eq!((part.status, part.body.as_str()), (206, body), "{range}");
        assert_eq!(part.header("content-range"), Some(field));
        assert_eq!(part.header("content-length"), Some(body.len().to_string().as_str()));
    }
    let several = get("bytes=0-1, -2, 5-5");
    let kind = several.header("content-type").unwrap();
    let boundary = kind.strip_prefix("multipart/byteranges; boundary=").unwrap();
    let part = |field: &str, bytes: &str| {
        format!(
            "\r\n--{boundary}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-range: {field}\r\n\r\n{bytes}"
        )
    };
    let expected = part("bytes 0-1/20", "01") + &part("bytes 18-19/20", "ij") + &part("bytes 5-5/20", "5");
    assert_eq!(several.body, format!("{expected}\r\n--{boundary}--\r\n"));
    assert_eq!(several.status, 206);
    let none = get("bytes=20-");
    assert_eq!((none.status, none.header("content-range")), (416, Some("bytes */20")));
    assert_eq!(none.header("etag"), None);
    for range in ["bytes=0-5,3-9", "lines=1-2", "bytes=9-1", "bytes=x"] {
        assert_eq!(get(range).status, 200, "{range}");
    }
}

#[test]
fn a_large_file_is_read_while_it_is_sent() {
    let served = served();
    let large: String = (0..400_000).map(|n| format!("{n:>7}\n")).collect();
    fs::write(served.folder.join("public/large.txt"), &large).unwrap();
    assert_eq!(served.get("/files/large.txt", &[]).body, large);
    let part = served.get("/files/large.txt", &["range: bytes=800000-2399999"]);
    assert_eq!(part.body, large[800_000..2_400_000]);
}
