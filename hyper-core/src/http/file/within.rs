//! A file in a folder by a path that a client sent.

use std::io;
use std::path::{Path, PathBuf};

/// The file's real path, if it is in the folder: no `..`, no way out through a link, and nothing hidden unless `hidden`.
pub(super) fn within(root: &Path, untrusted: &str, hidden: bool) -> io::Result<PathBuf> {
    let missing = || io::Error::from(io::ErrorKind::NotFound);
    let mut path = PathBuf::new();
    for name in untrusted.split('/').filter(|name| !name.is_empty()) {
        let is_way = name == "." || name == "..";
        if is_way || (name.starts_with('.') && !hidden) || name.contains(['\\', '\0', ':']) {
            return Err(missing());
        }
        path.push(name);
    }
    let root = root.canonicalize()?;
    // What a link leads to counts, not where it is.
    let real = root.join(path).canonicalize()?;
    let Ok(inside) = real.strip_prefix(&root) else { return Err(missing()) };
    let is_hidden = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b".");
    if !hidden && inside.iter().any(is_hidden) {
        return Err(missing());
    }
    Ok(real)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use proptest::prelude::*;

    use super::*;

    fn folder() -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("hyper-within-{}-{}", std::process::id(), fastrand::u64(..)));
        fs::create_dir_all(folder.join("public/deep")).unwrap();
        for file in ["secret", "public/a.txt", "public/.env", "public/deep/ü.txt"] {
            fs::write(folder.join(file), file).unwrap();
        }
        symlink("../secret", folder.join("public/out")).unwrap();
        symlink("..", folder.join("public/up")).unwrap();
        symlink("a.txt", folder.join("public/in")).unwrap();
        symlink(".env", folder.join("public/env")).unwrap();
        folder
    }

    #[test]
    fn no_path_leads_out() {
        let folder = folder();
        let root = folder.join("public");
        for path in ["a.txt", "/a.txt", "deep//ü.txt", "in"] {
            assert!(within(&root, path, false).is_ok(), "{path}");
        }
        for path in [
            "../secret",
            "deep/../../secret",
            "..",
            ".",
            "./a.txt",
            ".env",
            "env",
            "out",
            "up/secret",
            "up",
            "a.txt\0",
            "..\\secret",
            "C:/x",
            "/etc/passwd",
            "missing",
            "a.txt/x",
        ] {
            let found = within(&root, path, false);
            // The folder itself is no file; that is found out when it is opened.
            assert!(found.is_err(), "{path}: {found:?}");
        }
        assert!(within(&root, ".env", true).is_ok());
        assert!(within(&root, "out", true).is_err());
        fs::remove_dir_all(folder).unwrap();
    }

    proptest! {
        #[test]
        fn whatever_is_found_is_inside(path in "([./a-b\\\\\u{0}]|\\.\\.|a\\.txt|deep|up|out|secret){0,8}", hidden: bool) {
            let folder = folder();
            let root = folder.join("public");
            let found = within(&root, &path, hidden);
            let real = root.canonicalize().unwrap();
            fs::remove_dir_all(folder).unwrap();
            if let Ok(found) = found {
                prop_assert!(found.starts_with(real));
            }
        }
    }
}
