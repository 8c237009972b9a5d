//! The inputs that are kept, a file each in `corpus/<target>/`.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The inputs of one target.
#[derive(Debug, Default)]
pub struct Corpus {
    /// Those of files with a name, which stay: inputs that once broke something, and what an instrumented run found.
    pub named: Vec<Vec<u8>>,
    /// Those of files with a number, which are written anew: the shortest known of each kind.
    pub inputs: Vec<Vec<u8>>,
    folder: PathBuf,
}

impl Corpus {
    /// Reads that of a target; empty where there is none yet.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(target: &str) -> io::Result<Self> {
        Self::at(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target))
    }

    /// Reads that in a folder; empty where there is none yet.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn at(folder: PathBuf) -> io::Result<Self> {
        let files = files(&folder)?;
        let (numbered, named): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| is_numbered(file));
        let read = |files: Vec<PathBuf>| files.iter().map(fs::read).collect::<io::Result<Vec<_>>>();
        Ok(Self { named: read(named)?, inputs: read(numbered)?, folder })
    }

    /// Writes the inputs in place of the numbered files there were.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&mut self) -> io::Result<()> {
        for old in files(&self.folder)?.iter().filter(|file| is_numbered(file)) {
            fs::remove_file(old)?;
        }
        fs::create_dir_all(&self.folder)?;
        self.inputs.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        for (number, input) in self.inputs.iter().enumerate() {
            fs::write(self.folder.join(format!("{number:03}")), input)?;
        }
        Ok(())
    }

    /// Keeps an input that broke the target, as `found-` and a hash; returns the file.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn keep(&self, input: &[u8]) -> io::Result<PathBuf> {
        let hash = input.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
        });
        fs::create_dir_all(&self.folder)?;
        let file = self.folder.join(format!("found-{hash:016x}"));
        fs::write(&file, input)?;
        Ok(file)
    }
}

/// The files of a folder in the order of their names; none where there is no folder.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = match fs::read_dir(folder) {
        Ok(files) => files.map(|file| Ok(file?.path())).collect::<io::Result<Vec<_>>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    files.sort();
    Ok(files)
}

fn is_numbered(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.as_encoded_bytes().iter().all(u8::is_ascii_digit))
}
