//! What a large upload costs: no more memory than a small one.

use super::site::Served;

/// How much is sent, in MiB.
const SENT: usize = 192;

/// The most memory this process ever had, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

/// Runs in a process of its own, so that other tests' memory does not count.
#[test]
#[ignore = "run by the test beside it"]
fn uploads_in_a_process_of_their_own() {
    let served = Served::new(&[("MAX_UPLOAD_SIZE", "1000000000"), ("MAX_BODY_SIZE", "1000000000")]);
    let piece = vec![b'\r'; 1 << 20];
    let send = |target: &str, pieces: usize| {
        let mut client = served.connect();
        let head = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n";
        let length = head.len() + (pieces << 20) + "\r\n--b--".len();
        client.send(format!(
            "POST {target} HTTP/1.1\r\nhost: t\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: {length}\r\n\r\n{head}"
        ));
        (0..pieces).for_each(|_| client.send(&piece));
        client.send("\r\n--b--");
        client.answer()
    };
    for target in ["/parts", "/stream", "/skips"] {
        assert_eq!(send(target, 0).status, 200);
    }
    let before = peak();
    assert_eq!(send("/parts", SENT).body, format!("f Some(\"f\") {};", SENT << 20));
    assert_eq!(send("/stream", SENT).status, 200);
    // To disk, and what is missing is found out at the end.
    assert_eq!(send("/pictures", SENT).status, 422);
    let grown = peak().saturating_sub(before);
    assert!(grown < 24 << 20, "{} MiB for {SENT} MiB", grown >> 20);
}

#[test]
fn a_large_upload_is_never_in_memory() {
    let test = "extract::memory::uploads_in_a_process_of_their_own";
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
