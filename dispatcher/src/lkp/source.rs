//! Where lkp-tests comes from: a folder, an archive or a git repository, as a user names it. In: the words of a job file or
//! of a command. Out: a folder on this machine with a tree in it.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use job_schema::test::lkp::SourceKind;

use super::suite::SuiteError;
use crate::failure::Failure;
use crate::fetch::location::Location;
use crate::fetch::{Checkout, Fetcher, archive, git};
use crate::text::name;

/// Where lkp-tests comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A folder on this machine, taken as it is.
    Folder(PathBuf),
    /// A tar archive.
    Archive(archive::Source),
    /// A git repository.
    Git {
        /// URL or path.
        url: Location,
        /// A branch, a tag or a commit; none: the default branch.
        revision: Option<String>,
    },
}

impl Source {
    /// What the words of a user mean; paths are relative to `base`. A folder is taken as it is, whatever the revision; one
    /// that is a bare repository is cloned.
    #[must_use]
    pub fn of(
        written: &str,
        revision: Option<&str>,
        base: &Path,
        secrets: &IndexMap<String, String>,
    ) -> Self {
        let url = Location::new(written, secrets);
        let path = base.join(url.real());
        let archive = |url| {
            Self::Archive(archive::Source {
                url,
                compression: None,
                strip: 0,
            })
        };
        let git = |url| Self::Git {
            url,
            revision: revision.map(ToOwned::to_owned),
        };
        let is_bare = path.join("HEAD").is_file() && path.join("objects").is_dir();
        match SourceKind::of(written) {
            SourceKind::Archive if url.real().contains("://") => archive(url),
            SourceKind::Archive => archive(absolute("file://", &path)),
            SourceKind::Git if path.exists() => git(absolute("", &path)),
            SourceKind::Git => git(url),
            SourceKind::Folder if is_bare => git(absolute("", &path)),
            SourceKind::Folder => Self::Folder(path),
        }
    }

    /// As [`Source::of`], but of a folder that is a git repository what is committed.
    #[must_use]
    pub fn committed(written: &str, revision: Option<&str>, base: &Path) -> Self {
        match Self::of(written, revision, base, &IndexMap::new()) {
            Self::Folder(folder) if folder.join(".git").exists() => Self::Git {
                url: absolute("", &folder),
                revision: revision.map(ToOwned::to_owned),
            },
            source => source,
        }
    }

    /// Brings it to this machine. The folder is the root of a tree: what has `bin/lkp` and `jobs/` in it.
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
            Self::Git { url, revision } => clone(url, revision.as_deref(), fetcher).await?,
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
            Self::Archive(_) | Self::Git { .. } => None,
        }
    }

    /// For messages: as the user wrote it, without secrets.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
            Self::Archive(source) => source.url.written().to_owned(),
            Self::Git { url, revision } => match revision {
                Some(revision) => format!("{} revision {revision}", url.written()),
                None => url.written().to_owned(),
            },
        }
    }

    fn no_tree(&self, folder: &Path) -> SuiteError {
        let why = if folder.is_dir() {
            "there is no bin/lkp and jobs/ in it"
        } else {
            "there is no such folder"
        };
        SuiteError::NoTree(format!(
            "{} is no lkp-tests: {why}; name a folder, a git URL or a .tar.gz of lkp-tests",
            name(&self.words())
        ))
    }
}

fn absolute(scheme: &str, path: &Path) -> Location {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    Location::new(&format!("{scheme}{}", path.display()), &IndexMap::new())
}

/// Clones. What looks like a commit may be the name of a branch all the same.
async fn clone(
    url: &Location,
    revision: Option<&str>,
    fetcher: &Fetcher,
) -> Result<Checkout, Failure> {
    let what = |branch: Option<&str>, revision: Option<&str>| git::Clone {
        url: url.clone(),
        branch: branch.map(ToOwned::to_owned),
        revision: revision.map(ToOwned::to_owned),
        shallow: true,
        history: false,
        recursive: false,
    };
    let is_commit =
        |text: &str| (7..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    if !revision.is_some_and(is_commit) {
        return fetcher.git(what(revision, None)).await;
    }
    match fetcher.git(what(None, revision)).await {
        Err(first) => fetcher.git(what(revision, None)).await.map_err(|_| first),
        done => done,
    }
}

/// The tree in a folder: the folder itself, or the one folder that an archive has at its top.
fn root_of(folder: &Path) -> Option<PathBuf> {
    let is_tree = |folder: &Path| folder.join("bin/lkp").is_file() && folder.join("jobs").is_dir();
    if is_tree(folder) {
        return Some(folder.to_owned());
    }
    let mut inside = std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path());
    match (inside.next(), inside.next()) {
        (Some(only), None) if !only.is_symlink() && is_tree(&only) => Some(only),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
