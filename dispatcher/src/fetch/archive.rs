//! Test definitions in a tar archive, from `http(s)://` or `file://`.

use std::io::{Read, Seek};
use std::path::{Component, Path, PathBuf};

use flate2::read::MultiGzDecoder;
use futures_util::StreamExt;
use tar::EntryType;
use tokio::io::AsyncWriteExt;

use super::Checkout;
use super::location::Location;
use crate::failure::{Class, Failure};

/// Largest archive that is fetched, in bytes.
const LARGEST: u64 = 4 << 30;

/// What to fetch.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Source {
    /// URL.
    pub url: Location,
    /// `compression`; without it the archive's first bytes tell.
    pub compression: Option<String>,
    /// Leading parts of every path that are left away.
    pub strip: u32,
}

/// Fetches and unpacks into `folder`.
///
/// # Errors
/// Infrastructure when it cannot be fetched, job when it is not an archive that can be unpacked.
pub async fn fetch(source: &Source, folder: &Path) -> Result<Checkout, Failure> {
    let file = match source.url.real().strip_prefix("file://") {
        Some(path) => PathBuf::from(path),
        None => download(&source.url, &folder.with_extension("archive")).await?,
    };
    let (source, folder) = (source.clone(), folder.to_owned());
    tokio::task::spawn_blocking(move || {
        unpack(&file, &source, &folder).map_err(|e| {
            Failure::new(
                Class::Job,
                format!(
                    "cannot unpack {}: {}; it must be a tar archive, plain or compressed with gzip",
                    source.url.written(),
                    source.url.mask(&e.to_string())
                ),
            )
        })?;
        Ok(Checkout {
            folder,
            commit: None,
        })
    })
    .await
    .map_err(|e| Failure::new(Class::Bug, format!("unpacking panicked: {e}")))?
}

/// Downloads a file; at most 4 GiB.
///
/// # Errors
/// Infrastructure: it cannot be fetched.
pub(super) async fn download(url: &Location, to: &Path) -> Result<PathBuf, Failure> {
    let failed = |reason: String| {
        Failure::new(
            Class::Infrastructure,
            format!("cannot download {}: {}", url.written(), url.mask(&reason)),
        )
    };
    let broken = |error: reqwest::Error| failed(chain(&error.without_url()));
    // Someone else in the process may have installed it before; either will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let response = reqwest::get(url.real()).await.map_err(broken)?;
    if !response.status().is_success() {
        return Err(failed(format!("the server answers {}", response.status())));
    }
    let mut file = tokio::fs::File::create(to)
        .await
        .map_err(|e| failed(e.to_string()))?;
    let mut stream = response.bytes_stream();
    let mut size = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(broken)?;
        size += chunk.len() as u64;
        if size > LARGEST {
            return Err(failed(format!("it is larger than {LARGEST} bytes")));
        }
        file.write_all(&chunk)
            .await
            .map_err(|e| failed(e.to_string()))?;
    }
    file.flush().await.map_err(|e| failed(e.to_string()))?;
    Ok(to.to_owned())
}

/// An error and what caused it: reqwest's own words only say that it failed.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(&format!(": {error}"));
        cause = error.source();
    }
    words
}

fn unpack(file: &Path, source: &Source, folder: &Path) -> std::io::Result<()> {
    let mut archive = std::fs::File::open(file)?;
    let mut magic = [0; 2];
    let packed = archive.read(&mut magic)? == 2 && magic == [0x1f, 0x8b];
    archive.rewind()?;
    if let Some(other) = source.compression.as_deref().filter(|c| *c != "gz") {
        return Err(std::io::Error::other(format!(
            "compression `{other}` is not supported here"
        )));
    }
    std::fs::create_dir_all(folder)?;
    if packed {
        unpack_tar(MultiGzDecoder::new(archive), source.strip, folder)
    } else {
        unpack_tar(archive, source.strip, folder)
    }
}

/// Unpacks files, folders and links that stay inside; everything else is an error, since it cannot be meant.
fn unpack_tar(reader: impl Read, strip: u32, folder: &Path) -> std::io::Result<()> {
    let root = folder.canonicalize()?;
    let mut archive = tar::Archive::new(reader);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let kind = entry.header().entry_type();
        // `git archive` writes one; it says nothing about files.
        if kind.is_pax_global_extensions() {
            continue;
        }
        let path = entry.path()?.into_owned();
        let refused =
            |reason: &str| std::io::Error::other(format!("its entry {} {reason}", path.display()));
        let kept: PathBuf = path
            .components()
            .filter(|c| !matches!(c, Component::CurDir))
            .skip(strip as usize)
            .collect();
        if kept.as_os_str().is_empty() {
            continue;
        }
        if kept
            .components()
            .any(|c| !matches!(c, Component::Normal(_)))
        {
            return Err(refused("would lie outside its folder"));
        }
        let target = root.join(&kept);
        let parent = target.parent().unwrap_or(&root);
        // A link that came before must not lead this entry, or the folders made for it, out of the folder.
        let there = parent
            .ancestors()
            .find(|ancestor| ancestor.symlink_metadata().is_ok())
            .unwrap_or(&root);
        if !there.canonicalize().is_ok_and(|t| t.starts_with(&root)) {
            return Err(refused("would lie outside its folder"));
        }
        std::fs::create_dir_all(parent)?;
        match kind {
            EntryType::Regular
            | EntryType::Continuous
            | EntryType::GNUSparse
            | EntryType::Directory => {}
            EntryType::Symlink => {
                let link = entry.link_name()?.unwrap_or_default();
                if !stays(&link, &parent.canonicalize()?, &root) {
                    return Err(refused(&format!(
                        "is a link to {}, which may be outside its folder",
                        link.display()
                    )));
                }
            }
            _ => {
                return Err(refused(&format!(
                    "is of type {kind:?}; only files, folders and symbolic links are unpacked"
                )));
            }
        }
        entry.unpack(&target)?;
    }
    Ok(())
}

/// Whether a link in the folder `parent` stays in `root`, both canonical.
///
/// `..` is only followed at the beginning: after a name it depends on what that name is, or becomes by a later entry.
fn stays(link: &Path, parent: &Path, root: &Path) -> bool {
    let mut at = Some(parent);
    let mut named = false;
    for component in link.components() {
        match component {
            Component::CurDir => {}
            Component::Normal(_) => named = true,
            Component::ParentDir if !named => {
                at = at.and_then(Path::parent).filter(|at| at.starts_with(root));
            }
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return false,
        }
    }
    at.is_some()
}

#[cfg(test)]
mod tests;
