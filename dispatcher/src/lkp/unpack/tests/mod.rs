//! Archives built by hand, and a place to unpack them.

mod attacks;
mod streams;

use super::*;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use tar::Header;

/// An entry whose names are written as they are, which the `tar` crate would refuse.
struct Raw<'a>(EntryType, &'a str, &'a str, &'a [u8]);

fn file<'a>(name: &'a str, bytes: &'a [u8]) -> Raw<'a> {
    Raw(EntryType::Regular, name, "", bytes)
}

fn folder(name: &str) -> Raw<'_> {
    Raw(EntryType::Directory, name, "", b"")
}

fn link<'a>(name: &'a str, to: &'a str) -> Raw<'a> {
    Raw(EntryType::Symlink, name, to, b"")
}

fn hard<'a>(name: &'a str, to: &'a str) -> Raw<'a> {
    Raw(EntryType::Link, name, to, b"")
}

fn tar(entries: &[Raw<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    for Raw(kind, name, link, bytes) in entries {
        let mut header = Header::new_gnu();
        let old = header.as_old_mut();
        old.name[..name.len()].copy_from_slice(name.as_bytes());
        old.linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(0o6777);
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        out.extend_from_slice(header.as_bytes());
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

/// A folder `in` to unpack into, beside a folder `out` with a file that nobody may touch.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let tmp = tempfile::tempdir().unwrap();
        fs::create_dir(tmp.path().join("in")).unwrap();
        fs::create_dir(tmp.path().join("out")).unwrap();
        fs::write(tmp.path().join("out/kept"), "kept").unwrap();
        Self(tmp)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn unpack(&self, tar: &[u8]) -> Result<Unpacked, String> {
        unpack(tar, &self.at("in"), &Limits::default()).map_err(|e| e.to_string())
    }

    fn untouched(&self) {
        assert_eq!(fs::read_dir(self.0.path()).unwrap().count(), 2);
        assert_eq!(fs::read_dir(self.at("out")).unwrap().count(), 1);
        assert_eq!(fs::read(self.at("out/kept")).unwrap(), b"kept");
    }
}
