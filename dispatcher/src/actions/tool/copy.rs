//! `copy`: downloaded files and short texts onto a board's disk.
//!
//! In: `copy: {into: fw, files: [{download: recovery, as: SOFTWARE/image.bin}, {text: reboot, as: reboot.txt}]}`, or with
//! `device:` instead of `into:`, which mounts and unmounts it. Names stay below the root of that disk, whatever is on it.
//! Out: everything is on the disk.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags, fstat, openat};
use serde::Deserialize;
use tokio::io::AsyncWriteExt;

use super::mount::{Mount, not_mounted};
use super::words;
use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};

/// What to copy where.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Raw")]
pub struct Copy {
    /// The disk.
    pub disk: Disk,
    /// The files, in order.
    pub files: Vec<OneFile>,
}

/// A disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disk {
    /// What a `mount` step calls so.
    Mounted(String),
    /// A block device, mounted for this step.
    Device(String),
}

/// A file to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneFile {
    /// What is in it.
    pub content: Content,
    /// Its name below the disk's root. Without it a download keeps its own.
    pub name: Option<String>,
}

/// What is in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// What was downloaded under this key.
    Download(String),
    /// This text.
    Text(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    into: Option<String>,
    device: Option<String>,
    files: Vec<RawFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    download: Option<String>,
    text: Option<String>,
    #[serde(rename = "as")]
    name: Option<String>,
}

impl TryFrom<Raw> for Copy {
    type Error = &'static str;

    fn try_from(raw: Raw) -> Result<Self, Self::Error> {
        let disk = match (raw.into, raw.device) {
            (Some(name), None) => Disk::Mounted(name),
            (None, Some(device)) => Disk::Device(device),
            _ => return Err("give one of `into` and `device`"),
        };
        let file = |file: RawFile| {
            // LAVA's jobs say `rename: ''` for none.
            let name = file.name.filter(|name| !name.is_empty());
            let content = match (file.download, file.text, &name) {
                (Some(key), None, _) => Content::Download(key),
                (None, Some(text), Some(_)) => Content::Text(text),
                _ => return Err("a file needs `download`, or `text` and `as`"),
            };
            Ok(OneFile { content, name })
        };
        let files = raw.files.into_iter().map(file).collect::<Result<_, _>>()?;
        Ok(Self { disk, files })
    }
}

/// Runs a step.
pub(super) async fn run(
    copy: &Copy,
    step: &crate::plan::Step,
    node: &mut NodeRun,
) -> Result<(), Failure> {
    let failed = |why: String| Failure::new(step.class, why);
    let words = node.words(&step.namespace);
    let (mount, ours) = match &copy.disk {
        Disk::Mounted(name) => {
            let mounts = &node.state.namespace(&step.namespace).mounts;
            let mount = mounts.get(name).ok_or_else(|| not_mounted(name))?;
            (mount.clone(), false)
        }
        Disk::Device(device) => {
            let device = words::fill(device, &words);
            (Mount::of(device, None).await.map_err(failed)?, true)
        }
    };
    for file in &copy.files {
        let (source, name) = match &file.content {
            Content::Text(text) => (Source::Text(text), file.name.clone()),
            Content::Download(key) => {
                let path = downloaded(key, &step.namespace, node)?;
                let own = path.file_name().map(|n| n.to_string_lossy().into_owned());
                (Source::File(path), file.name.clone().or(own))
            }
        };
        let name = words::fill(&name.unwrap_or_default(), &words);
        write(source, &mount, &name)
            .await
            .map_err(|e| failed(format!("cannot write {name} on {}: {e}", mount.device())))?;
    }
    if ours {
        mount.unmount().await.map_err(failed)?;
    }
    Ok(())
}

fn downloaded(key: &str, namespace: &str, node: &NodeRun) -> Result<PathBuf, Failure> {
    let mut downloads = node.state.downloads(namespace);
    let found = downloads.find_map(|(known, path)| (known == key).then(|| path.clone()));
    found.ok_or_else(|| {
        let message = format!("nothing was downloaded as {key} in namespace {namespace}");
        Failure::new(Class::Job, message)
    })
}

/// Where the bytes come from.
enum Source<'a> {
    File(PathBuf),
    Text(&'a str),
}

/// Writes a file; comes back when it is on the disk.
async fn write(source: Source<'_>, mount: &Mount, name: &str) -> io::Result<()> {
    let (disk, below) = (mount.clone(), name.to_owned());
    let target = tokio::task::spawn_blocking(move || create(disk.root(), &below)).await??;
    let mut target = tokio::fs::File::from_std(target);
    match source {
        Source::File(path) => {
            let mut file = tokio::fs::File::open(&path).await?;
            tokio::io::copy(&mut file, &mut target).await?;
        }
        Source::Text(text) => target.write_all(text.as_bytes()).await?,
    }
    target.flush().await?;
    target.sync_all().await
}

/// Makes a file below a folder. Neither the name nor a link on the disk can lead out of it.
fn create(root: impl AsFd, name: &str) -> io::Result<File> {
    let refused = |why: &str| io::Error::new(io::ErrorKind::InvalidInput, why.to_owned());
    let mut parts = Vec::new();
    for part in Path::new(name).components() {
        match part {
            Component::Normal(part) => parts.push(part),
            _ => return Err(refused("the name must stay on the disk")),
        }
    }
    let (last, folders) = parts
        .split_last()
        .ok_or_else(|| refused("it has no name"))?;
    let beyond = OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = OFlags::RDONLY | OFlags::DIRECTORY | beyond;
    let mut at: OwnedFd = openat(&root, c".", folder, Mode::empty())?;
    for part in folders {
        at = openat(&at, *part, folder, Mode::empty())?;
    }
    // A pipe that is there already must not hold us up.
    let new = OFlags::WRONLY | OFlags::CREATE | OFlags::NONBLOCK | beyond;
    let file = openat(&at, *last, new, Mode::from_raw_mode(0o644))?;
    if FileType::from_raw_mode(fstat(&file)?.st_mode) != FileType::RegularFile {
        return Err(refused("something else than a file has this name"));
    }
    rustix::fs::ftruncate(&file, 0)?;
    Ok(file.into())
}

#[cfg(test)]
mod tests;
