//! Files that go to nodes as they are: each is fetched, and its digest computed, once per run.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use super::Fetcher;
use super::location::Location;
use crate::failure::{Class, Failure};
use crate::text::hex;

/// A file of this machine.
#[derive(Debug, Clone)]
pub struct WholeFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
}

/// One file, for all who ask.
pub(super) type Cell = Arc<OnceCell<WholeFile>>;

impl Fetcher {
    /// A file with its digest, by its path beside the job or its URL.
    ///
    /// # Errors
    /// Infrastructure when it cannot be fetched or read; job when it is not there.
    pub async fn whole_file(
        &self,
        written: &str,
        secrets: &IndexMap<String, String>,
    ) -> Result<WholeFile, Failure> {
        let cell = self
            .files
            .lock()
            .expect("nobody panics with this lock held")
            .entry(Location::new(written, secrets).real().to_owned())
            .or_default()
            .clone();
        let read = || async {
            let path = self.file(written, secrets).await?;
            let sha256 = digest(path.clone()).await?;
            Ok(WholeFile { path, sha256 })
        };
        // Trouble may pass: who asks after it has the file fetched again.
        cell.get_or_try_init(read).await.cloned()
    }
}

async fn digest(path: PathBuf) -> Result<String, Failure> {
    let sum = tokio::task::spawn_blocking(move || {
        digest_of(&path).map_err(|e| {
            Failure::new(
                Class::Infrastructure,
                format!("cannot read {}: {e}", path.display()),
            )
        })
    });
    sum.await
        .map_err(|e| Failure::new(Class::Bug, format!("reading a file panicked: {e}")))?
}

fn digest_of(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut digest = Sha256::new();
    let mut block = vec![0; 1 << 18];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hex(&digest.finalize())),
            length => digest.update(&block[..length]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("image.tar");
        std::fs::write(&file, "abc").unwrap();
        let fetcher = Fetcher::new(folder.path().join("fetched"), folder.path().to_owned());
        let secrets = IndexMap::new();
        let first = fetcher.whole_file("image.tar", &secrets).await.unwrap();
        assert_eq!(first.path, file);
        assert_eq!(
            first.sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        std::fs::write(&file, "other").unwrap();
        let again = fetcher.whole_file("image.tar", &secrets).await.unwrap();
        assert_eq!(again.sha256, first.sha256);
        let missing = fetcher.whole_file("nowhere.tar", &secrets).await;
        assert_eq!(missing.unwrap_err().class, Class::Job);
    }
}
