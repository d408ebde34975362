//! Fetching lkp-tests to keep it: a git URL, a mirror, a folder, a tar. In: where from. Out: a pin, and the tree in the
//! state folder under its digest.

use std::fs;
use std::path::Path;

use jiff::Timestamp;

use super::folder::{Listing, keep_copy};
use super::names;
use super::pin::{self, Pin};
use crate::failure::{Class, Failure};
use crate::fetch::Fetcher;
use crate::lkp::source::Source;
use crate::text::name;

/// Fetches a tree and keeps it. The pin is not moved: [`Pin::save`] does. Of a folder that is a git repository what is
/// committed is taken.
///
/// # Errors
/// Job: the revision is none, or the source is no tree of LKP's. Infrastructure: it cannot be fetched. Configuration: the
/// state folder cannot be written.
pub async fn fetch(state: &Path, source: &str, revision: Option<&str>) -> Result<Pin, Failure> {
    revision.map(names::revision).transpose()?;
    let job = |message: String| Failure::new(Class::Job, message);
    if source.starts_with('-') || source.is_empty() {
        return Err(job(format!(
            "`{}` is no source; name a git URL, a folder or a tar",
            name(source)
        )));
    }
    let from = Source::committed(source, revision, Path::new(""));
    if let (Some(revision), Source::Archive(_) | Source::Folder(_)) = (revision, &from) {
        return Err(job(format!(
            "`--revision {}` is for git; {} is none",
            name(revision),
            name(source)
        )));
    }
    let trees = pin::trees(state);
    let kept = |e: std::io::Error| {
        Failure::new(
            Class::Configuration,
            format!(
                "cannot keep lkp-tests in {}: {e}; it is below the state folder (DISPATCH_STATE)",
                trees.display()
            ),
        )
    };
    let draft = fs::create_dir_all(&trees)
        .and_then(|()| tempfile::Builder::new().prefix(".new-").tempdir_in(&trees))
        .map_err(kept)?;
    let fetcher = Fetcher::new(draft.path().to_owned(), Path::new("").to_owned());
    let tree = from.fetch(&fetcher).await?;
    let digest = Listing::of(&tree.folder).and_then(|listing| listing.digest(&tree.folder));
    let digest = digest.map_err(|e| {
        let why = format!("cannot read {}: {e}", name(source));
        Failure::new(Class::Infrastructure, why)
    })?;
    let to = trees.join(&digest);
    let moved = match &from {
        // It is the user's.
        Source::Folder(_) => keep_copy(&tree.folder, &to),
        Source::Archive(_) | Source::Git { .. } => fs::rename(&tree.folder, &to),
    };
    match moved {
        // Somebody has fetched the same.
        Err(_) if to.is_dir() => {}
        result => result.map_err(kept)?,
    }
    Ok(Pin {
        source: source.to_owned(),
        revision: revision.map(ToOwned::to_owned),
        commit: tree.commit,
        digest,
        fetched: Timestamp::now(),
    })
}

#[cfg(test)]
mod tests;
