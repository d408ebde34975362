//! Git repositories for tests, made with the plain `git` client and nobody's configuration.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A repository with a work tree, gone when dropped.
#[derive(Debug)]
pub struct Repository {
    dir: TempDir,
}

impl Repository {
    /// An empty repository with the branch `main`.
    ///
    /// # Panics
    /// When `git` is not there.
    #[must_use]
    pub fn new() -> Self {
        let dir = tempfile::Builder::new()
            .prefix("dispatch-git-")
            .tempdir()
            .expect("a temporary folder");
        let repository = Self { dir };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    /// Writes files, commits them, and returns the commit's id.
    ///
    /// # Panics
    /// When `git` fails.
    pub fn commit(&self, files: &[(&str, &str)]) -> String {
        for (path, text) in files {
            let path = self.path().join(path);
            let folder = path.parent().expect("it is below the repository");
            fs::create_dir_all(folder).expect("the folder is writable");
            fs::write(path, text).expect("the folder is writable");
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=test"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Makes a branch here and goes on with it.
    pub fn branch(&self, name: &str) {
        self.git(&["checkout", "--quiet", "-B", name]);
    }

    /// Goes to a branch.
    pub fn checkout(&self, name: &str) {
        self.git(&["checkout", "--quiet", name]);
    }

    /// Gives what is checked out a tag.
    pub fn tag(&self, name: &str) {
        self.git(&["tag", name]);
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// A tar archive of the work tree, compressed with gzip.
    ///
    /// # Panics
    /// When `git` fails.
    #[must_use]
    pub fn tarball(&self, prefix: &str) -> Vec<u8> {
        let file: PathBuf = self.path().join(".git/archive.tar.gz");
        let output = format!("--output={}", file.display());
        self.git(&["archive", &format!("--prefix={prefix}"), &output, "HEAD"]);
        fs::read(file).expect("git wrote it")
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=test", "-c", "user.email=test@localhost"])
            .args(args)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .expect("git (Debian package git) starts");
        assert!(output.status.success(), "git {args:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

impl Default for Repository {
    fn default() -> Self {
        Self::new()
    }
}
