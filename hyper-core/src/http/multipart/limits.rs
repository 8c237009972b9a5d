//! How much of an upload is taken, and where it goes.

use std::path::PathBuf;

use crate::Settings;
use crate::settings::SettingsError;

/// The settings of uploads and forms.
#[derive(Debug, Clone)]
pub(crate) struct UploadLimits {
    /// `DATA_UPLOAD_MAX_NUMBER_FIELDS`.
    pub(crate) fields: usize,
    /// `DATA_UPLOAD_MAX_NUMBER_FILES`.
    pub(crate) files: usize,
    /// `DATA_UPLOAD_MAX_MEMORY_SIZE`: bytes of all that is no file.
    pub(crate) text: usize,
    /// `FILE_UPLOAD_MAX_MEMORY_SIZE`: bytes of a request's files in memory.
    pub(crate) memory: usize,
    /// `FILE_UPLOAD_MAX_SIZE`: bytes of one file.
    pub(crate) file: u64,
    /// `MAX_UPLOAD_SIZE`: bytes of a multipart body in all.
    pub(crate) all: usize,
    /// `FILE_UPLOAD_TEMP_DIR`.
    pub(crate) folder: PathBuf,
    /// `FILE_UPLOAD_PERMISSIONS`.
    pub(crate) mode: u32,
}

impl UploadLimits {
    pub(crate) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let number = |key: &str, default: usize| {
            Ok(settings.parse::<usize>(key, "a whole number, of bytes or of fields")?.unwrap_or(default))
        };
        const FOLDER: &str = "FILE_UPLOAD_TEMP_DIR";
        let folder = settings.get(FOLDER).map_or_else(std::env::temp_dir, PathBuf::from);
        if settings.get(FOLDER).is_some() && !folder.is_dir() {
            return Err(SettingsError::new(
                FOLDER,
                format!("should be a folder, and is `{}`", folder.display()),
            ));
        }
        const MODE: &str = "FILE_UPLOAD_PERMISSIONS";
        let mode = settings.get(MODE).unwrap_or("644");
        let mode = u32::from_str_radix(mode.trim_start_matches("0o"), 8)
            .ok()
            .filter(|mode| *mode <= 0o7777)
            .ok_or_else(|| {
                SettingsError::new(MODE, format!("should be an octal number such as `644`, and is `{mode}`"))
            })?;
        let file = number("FILE_UPLOAD_MAX_SIZE", 0)?;
        Ok(Self {
            fields: number("DATA_UPLOAD_MAX_NUMBER_FIELDS", 1000)?,
            files: number("DATA_UPLOAD_MAX_NUMBER_FILES", 100)?,
            text: number("DATA_UPLOAD_MAX_MEMORY_SIZE", 2_621_440)?,
            memory: number("FILE_UPLOAD_MAX_MEMORY_SIZE", 2_621_440)?,
            file: if file == 0 { u64::MAX } else { file as u64 },
            all: number("MAX_UPLOAD_SIZE", settings.max_body_size())?,
            folder,
            mode,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_settings_are_named() {
        for (key, value) in [
            ("FILE_UPLOAD_PERMISSIONS", "rw-r--r--"),
            ("FILE_UPLOAD_PERMISSIONS", "70000"),
            ("FILE_UPLOAD_TEMP_DIR", "/nowhere/at/all"),
            ("DATA_UPLOAD_MAX_NUMBER_FIELDS", "many"),
            ("MAX_UPLOAD_SIZE", "1G"),
        ] {
            let settings = Settings::from_pairs([(key, value)]).unwrap();
            let error = UploadLimits::new(&settings).unwrap_err();
            assert!(error.key() == key && error.to_string().ends_with(&format!("`{value}`")), "{error}");
        }
        let settings =
            Settings::from_pairs([("FILE_UPLOAD_PERMISSIONS", "0600"), ("MAX_BODY_SIZE", "5")]).unwrap();
        let limits = UploadLimits::new(&settings).unwrap();
        assert_eq!((limits.mode, limits.all, limits.file, limits.files), (0o600, 5, u64::MAX, 100));
    }
}
