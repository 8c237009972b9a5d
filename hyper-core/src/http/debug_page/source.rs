//! The lines of the program around a place in it.

use std::path::{Path, PathBuf};

/// How many lines are shown before a place, and behind it.
const AROUND: u32 = 6;

/// Lines of a file with their numbers.
pub(super) struct Excerpt(pub(super) Vec<(u32, String)>);

/// Reads the lines around one of a file as the compiler named it, if the file is there.
pub(super) fn around(project: &Path, file: &str, line: u32) -> Option<Excerpt> {
    let text = std::fs::read_to_string(find(project, file)?).ok()?;
    let first = line.saturating_sub(AROUND).max(1);
    let lines = (1_u32..).zip(text.lines()).skip(first as usize - 1);
    let lines: Vec<_> = lines.take((AROUND * 2 + 1) as usize).map(|(n, text)| (n, text.to_owned())).collect();
    (!lines.is_empty()).then_some(Excerpt(lines))
}

/// The compiler names files from the workspace's folder, which is the package's or one above it.
fn find(project: &Path, file: &str) -> Option<PathBuf> {
    let file = Path::new(file);
    if file.extension().is_none_or(|extension| extension != "rs") {
        return None;
    }
    let project = project.canonicalize().ok()?;
    project.ancestors().take(5).map(|folder| folder.join(file)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_in_the_middle() {
        let here = line!();
        let excerpt = around(Path::new(env!("CARGO_MANIFEST_DIR")), file!(), here).unwrap();
        let (_, text) = excerpt.0.iter().find(|(number, _)| *number == here).unwrap();
        assert_eq!(text.trim(), "let here = line!();");
        assert!(excerpt.0.len() > AROUND as usize);
        assert!(around(Path::new("."), "/etc/hostname", 1).is_none());
        assert!(around(Path::new("."), "nowhere.rs", 1).is_none());
    }
}
