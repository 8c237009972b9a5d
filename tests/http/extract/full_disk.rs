//! What a client is told when there is no room for its file, and that nothing is left of it.

use std::path::PathBuf;
use std::process::{Command, Output};

use hyperdjango::http::Upload;

use super::site::Served;

/// Where the test in a process of its own finds the folder that takes a megabyte.
const FOLDER: &str = "HYPER_TESTS_SMALL_FOLDER";

const KIND: &str = "multipart/form-data; boundary=b";

fn body(size: usize) -> Vec<u8> {
    let mut body = b"--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n\r\n".to_vec();
    body.extend_from_slice(
        b"--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"f\"\r\n\r\n",
    );
    body.resize(body.len() + size, b'x');
    body.extend_from_slice(b"\r\n--b--");
    body
}

#[test]
#[ignore = "run by the tests beside it"]
fn uploads_to_a_small_folder() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let files = || std::fs::read_dir(&folder).unwrap().count();
    let served = Served::new(&[
        ("FILE_UPLOAD_TEMP_DIR", folder.to_str().unwrap()),
        ("FILE_UPLOAD_MAX_MEMORY_SIZE", "1000"),
    ]);
    let told = "There is no room for this file on the server.";
    // The second finds as much room as the first.
    for _ in 0..2 {
        let answer = served.post("/pictures", KIND, body(2_000_000));
        assert_eq!((answer.status, answer.detail().as_str()), (507, told), "{answer:?}");
        while files() > 0 {
            std::thread::yield_now();
        }
        let answer = served.post("/pictures", KIND, body(100_000));
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.body.contains("100000 disk"), "{answer:?}");
        while files() > 0 {
            std::thread::yield_now();
        }
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let path = folder.join("saved");
    let save = |size| {
        let upload = Upload::new("f", "text/plain", vec![b'x'; size]);
        runtime.block_on(upload.save_to(&path))
    };
    let error = save(2_000_000).unwrap_err();
    assert_eq!((error.status().as_u16(), error.detail()), (507, told));
    assert_eq!(files(), 0);
    save(100_000).unwrap();
}

/// Runs that test under a command of the shell, which has the folder as `$0`.
fn run(command: &str) -> (Output, String) {
    let folder = std::env::temp_dir().join(format!("hyper-small-{}-{}", std::process::id(), command.len()));
    std::fs::create_dir(&folder).unwrap();
    let test = "extract::full_disk::uploads_to_a_small_folder";
    let output = Command::new("sh")
        .args(["-c", command])
        .arg(&folder)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(FOLDER, &folder)
        .output()
        .unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let said = [&output.stdout[..], &output.stderr].concat();
    (output, String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn a_full_disk_is_507_and_leaves_no_file() {
    // A file system in memory, which nobody else sees. Where even the mount is not allowed, as in many containers, the
    // limit below stands for it.
    let mounts = |user: &str| {
        format!(
            "exec unshare {user} --mount sh -c 'mount -t tmpfs -o size=1m tmpfs \"$0\" || exit 99; exec \"$@\"' \"$0\" \"$@\""
        )
    };
    for user in ["", "--user --map-root-user"] {
        let (output, said) = run(&mounts(user));
        if output.status.success() {
            assert!(said.contains("1 passed"), "{said}");
            return;
        }
        assert!(!said.contains("running 1 test"), "{said}");
    }
    eprintln!("left out: a file system of a megabyte cannot be mounted here");
}

#[test]
fn a_file_larger_than_the_system_takes_is_507_and_leaves_no_file() {
    // In blocks of 512 bytes, or of 1024.
    let (output, said) = run("trap '' XFSZ; ulimit -f 1024; exec \"$@\"");
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}
