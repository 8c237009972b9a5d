//! The inputs that are kept, a file each in `corpus/<target>/`.

use std::path::PathBuf;
use std::{fs, io};

/// The inputs of one target.
#[derive(Debug, Default)]
pub struct Corpus {
    /// In the order of their files' names when read.
    pub inputs: Vec<Vec<u8>>,
    folder: PathBuf,
}

impl Corpus {
    /// Reads that of a target; empty where there is none yet.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(target: &str) -> io::Result<Self> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        let mut files = match fs::read_dir(&folder) {
            Ok(files) => files.map(|file| Ok(file?.path())).collect::<io::Result<Vec<_>>>()?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        files.sort();
        let inputs = files.iter().map(fs::read).collect::<io::Result<Vec<_>>>()?;
        Ok(Self { inputs, folder })
    }

    /// Writes it in place of what was there.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&mut self) -> io::Result<()> {
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)?;
        }
        fs::create_dir_all(&self.folder)?;
        self.inputs.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        for (number, input) in self.inputs.iter().enumerate() {
            fs::write(self.folder.join(format!("{number:03}")), input)?;
        }
        Ok(())
    }
}
