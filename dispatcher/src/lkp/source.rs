//! Where lkp-tests comes from: a folder, an archive or a git repository, as a user names it.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use job_schema::test::lkp::SourceKind;

use super::suite::SuiteError;
use crate::failure::Failure;
use crate::fetch::location::Location;
use crate::fetch::{Checkout, Fetcher, archive, git};

/// Where lkp-tests comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A folder on this machine, taken as it is.
    Folder(PathBuf),
    /// A tar archive.
    Archive(archive::Source),
    /// A git repository.
    Git(git::Clone),
}

impl Source {
    /// What the words of a user mean; paths are relative to `base`. A folder that is a bare repository, or one of which a
    /// revision is wanted, is cloned.
    #[must_use]
    pub fn of(
        written: &str,
        revision: Option<&str>,
        base: &Path,
        secrets: &IndexMap<String, String>,
    ) -> Self {
        let url = Location::new(written, secrets);
        let path = base.join(url.real());
        let absolute = |scheme: &str| {
            let path = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
            Location::new(&format!("{scheme}{}", path.display()), &IndexMap::new())
        };
        let archive = |url| {
            Self::Archive(archive::Source {
                url,
                compression: None,
                strip: 0,
            })
        };
        let git = |url| {
            Self::Git(git::Clone {
                url,
                branch: None,
                revision: revision.map(ToOwned::to_owned),
                shallow: true,
                history: false,
                recursive: false,
            })
        };
        let is_bare = path.join("HEAD").is_file() && path.join("objects").is_dir();
        match SourceKind::of(written) {
            SourceKind::Archive if url.real().contains("://") => archive(url),
            SourceKind::Archive => archive(absolute("file://")),
            SourceKind::Git if path.exists() => git(absolute("")),
            SourceKind::Git => git(url),
            SourceKind::Folder if revision.is_some() || is_bare => git(absolute("")),
            SourceKind::Folder => Self::Folder(path),
        }
    }

    /// Brings it to this machine. The folder is the root of a tree: what has `bin/lkp` in it.
    ///
    /// # Errors
    /// Infrastructure when it cannot be fetched; job when there is no lkp-tests in it.
    pub async fn fetch(&self, fetcher: &Fetcher) -> Result<Checkout, Failure> {
        let checkout = match self {
            Self::Folder(folder) => Checkout {
                folder: folder.clone(),
                commit: None,
            },
            Self::Archive(source) => fetcher.archive(source.clone()).await?,
            Self::Git(what) => fetcher.git(what.clone()).await?,
        };
        let folder = root_of(&checkout.folder).ok_or_else(|| self.no_tree(&checkout.folder))?;
        Ok(Checkout { folder, ..checkout })
    }

    /// Where it is on this machine without fetching anything: folders only.
    ///
    /// # Errors
    /// Job: there is no lkp-tests in the folder.
    pub fn here(&self) -> Option<Result<PathBuf, SuiteError>> {
        match self {
            Self::Folder(folder) => Some(root_of(folder).ok_or_else(|| self.no_tree(folder))),
            Self::Archive(_) | Self::Git(_) => None,
        }
    }

    /// For messages: as the user wrote it, without secrets.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
            Self::Archive(source) => source.url.written().to_owned(),
            Self::Git(what) => what.words(),
        }
    }

    fn no_tree(&self, folder: &Path) -> SuiteError {
        let why = if folder.is_dir() {
            "there is no bin/lkp in it"
        } else {
            "there is no such folder"
        };
        SuiteError::NoTree(format!(
            "`source: {}` is no lkp-tests: {why}; name a folder, a git URL or a .tar.gz of lkp-tests",
            self.words()
        ))
    }
}

/// The tree in a folder: the folder itself, or the one folder that an archive has at its top.
fn root_of(folder: &Path) -> Option<PathBuf> {
    if folder.join("bin/lkp").is_file() {
        return Some(folder.to_owned());
    }
    let mut inside = std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path());
    match (inside.next(), inside.next()) {
        (Some(only), None) if only.join("bin/lkp").is_file() => Some(only),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(written: &str, revision: Option<&str>, base: &Path) -> &'static str {
        match Source::of(written, revision, base, &IndexMap::new()) {
            Source::Folder(_) => "folder",
            Source::Archive(_) => "archive",
            Source::Git(_) => "git",
        }
    }

    #[test]
    fn sources_are_what_users_mean() {
        let base = tempfile::tempdir().unwrap();
        let bare = base.path().join("mirror.git");
        std::fs::create_dir_all(bare.join("objects")).unwrap();
        std::fs::write(bare.join("HEAD"), "ref: refs/heads/master\n").unwrap();
        std::fs::write(base.path().join("lkp.tar.gz"), "").unwrap();
        let cases = [
            ("https://host.example/lkp-tests.git", None, "git"),
            ("https://host.example/lkp-tests", None, "git"),
            ("git@host.example:intel/lkp-tests", None, "git"),
            ("https://host.example/v1.tar.gz", None, "archive"),
            ("lkp.tar.gz", None, "archive"),
            ("mirror.git", None, "git"),
            ("tree", None, "folder"),
            ("tree", Some("v1"), "git"),
        ];
        for (written, revision, wanted) in cases {
            assert_eq!(kind(written, revision, base.path()), wanted, "{written}");
        }
    }

    #[test]
    fn an_archive_may_have_one_folder_at_its_top() {
        let base = tempfile::tempdir().unwrap();
        let tree = base.path().join("lkp-tests-1.0");
        std::fs::create_dir_all(tree.join("bin")).unwrap();
        assert_eq!(root_of(base.path()), None);
        std::fs::write(tree.join("bin/lkp"), "").unwrap();
        assert_eq!(root_of(base.path()), Some(tree));
    }

    #[test]
    fn a_folder_that_is_no_tree_is_told() {
        let base = tempfile::tempdir().unwrap();
        let source = Source::of("nowhere", None, base.path(), &IndexMap::new());
        let failure = source.here().expect("a folder").expect_err("there is none");
        assert!(
            failure.to_string().contains("there is no such folder"),
            "{failure}"
        );
    }
}
