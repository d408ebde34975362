//! Trees with the layout of lkp-tests: the miniature, and copies of it with other files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::job::source_dir;
use tempfile::TempDir;

/// The miniature tree of the source.
pub(super) fn miniature() -> PathBuf {
    source_dir().join("examples/lkp-mini")
}

/// A copy of the miniature, gone when dropped.
pub(super) struct Tree(TempDir);

impl Tree {
    /// The miniature as it is.
    pub(super) fn copy() -> Self {
        let dir = tempfile::Builder::new()
            .prefix("dispatch-lkp-")
            .tempdir()
            .expect("a temporary folder");
        copy_into(dir.path());
        Self(dir)
    }

    /// Puts a program into it, in place of what is there.
    pub(super) fn program(self, path: &str, text: &str) -> Self {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().expect("it is below the tree")).expect("it is writable");
        fs::write(&path, text).expect("it is writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        self
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Copies the miniature into a folder.
pub(super) fn copy_into(folder: &Path) {
    let status = Command::new("cp")
        .arg("-a")
        .arg(miniature().join("."))
        .arg(folder)
        .status()
        .expect("cp starts");
    assert!(status.success(), "the miniature can be copied");
}
