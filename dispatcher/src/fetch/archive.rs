//! Test definitions in a tar archive, from `http(s)://` or `file://`.

use std::io::{Read, Seek};
use std::path::{Component, Path, PathBuf};

use flate2::read::MultiGzDecoder;
use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;

use super::Checkout;
use crate::failure::{Class, Failure};

/// Largest archive that is fetched, in bytes.
const LARGEST: u64 = 4 << 30;

/// What to fetch.
#[derive(Debug, Clone)]
pub struct Source {
    /// URL.
    pub url: String,
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
    let file = match source.url.strip_prefix("file://") {
        Some(path) => PathBuf::from(path),
        None => download(&source.url, &folder.with_extension("archive")).await?,
    };
    let (source, folder) = (source.clone(), folder.to_owned());
    tokio::task::spawn_blocking(move || {
        unpack(&file, &source, &folder).map_err(|e| {
            Failure::new(
                Class::Job,
                format!("cannot unpack {}: {e}; it must be a tar archive, plain or compressed with gzip", source.url),
            )
        })?;
        Ok(Checkout { folder, commit: None })
    })
    .await
    .map_err(|e| Failure::new(Class::Bug, format!("unpacking panicked: {e}")))?
}

async fn download(url: &str, to: &Path) -> Result<PathBuf, Failure> {
    let failed = |reason: String| {
        Failure::new(
            Class::Infrastructure,
            format!("cannot download {url}: {reason}"),
        )
    };
    // Someone else in the process may have installed it before; either will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let response = reqwest::get(url).await.map_err(|e| failed(e.to_string()))?;
    if !response.status().is_success() {
        return Err(failed(format!("the server answers {}", response.status())));
    }
    let mut file = tokio::fs::File::create(to)
        .await
        .map_err(|e| failed(e.to_string()))?;
    let mut stream = response.bytes_stream();
    let mut size = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|e| failed(e.to_string()))?;
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
    let mut archive = tar::Archive::new(reader);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
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
            return Err(std::io::Error::other(format!(
                "{} would lie outside its folder",
                path.display()
            )));
        }
        let kind = entry.header().entry_type();
        let target = folder.join(&kept);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
            // A link that came before must not lead the next file out of the folder.
            if !parent.canonicalize()?.starts_with(folder.canonicalize()?) {
                return Err(std::io::Error::other(format!(
                    "{} would lie outside its folder",
                    path.display()
                )));
            }
        }
        if kind.is_file() || kind.is_dir() || kind.is_symlink() {
            entry.unpack(&target)?;
        }
    }
    Ok(())
}
