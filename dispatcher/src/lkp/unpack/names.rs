//! Names of a tar's entries: headers go in; names in parts that stay below a folder come out.

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;

use tar::{Entry, EntryType, PaxExtensions};

use super::UnpackError;
use crate::text;

/// Largest block of PAX records, in bytes.
const PAX: u64 = 64 << 10;

/// The parts of a relative name; `.` and doubled slashes are left away.
///
/// # Errors
/// Says what is wrong when the name is absolute or has `..`.
pub(super) fn parts(name: &[u8]) -> Result<Vec<&OsStr>, &'static str> {
    if name.starts_with(b"/") {
        return Err("is absolute; it would lie outside the run's folder");
    }
    let parts = name
        .split(|b| *b == b'/')
        .filter(|part| !part.is_empty() && *part != b".");
    parts
        .map(|part| match part {
            b".." => Err("has `..` in it; it could lie outside the run's folder"),
            part if part.contains(&0) => Err("has a NUL in its name"),
            part => Ok(OsStr::from_bytes(part)),
        })
        .collect()
}

/// What entries before an entry say about its names.
#[derive(Default)]
pub(super) struct LongNames {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
}

impl LongNames {
    /// Takes an entry that only says something about the next one, and whether it was one.
    ///
    /// # Errors
    /// When the name is longer than `longest`, or the entry says something that is not understood here.
    pub(super) fn take(
        &mut self,
        entry: &mut Entry<'_, impl Read>,
        longest: usize,
    ) -> Result<bool, UnpackError> {
        match entry.header().entry_type() {
            EntryType::GNULongName => self.name = Some(until_nul(read(entry, longest as u64 + 1)?)),
            EntryType::GNULongLink => self.link = Some(until_nul(read(entry, longest as u64 + 1)?)),
            EntryType::XHeader => self.pax(&read(entry, PAX)?)?,
            EntryType::XGlobalHeader => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The names of an entry and of what it links to.
    pub(super) fn names(&mut self, entry: &Entry<'_, impl Read>) -> (Vec<u8>, Vec<u8>) {
        let name = self.name.take();
        let link = self.link.take();
        (
            name.unwrap_or_else(|| entry.header().path_bytes().into_owned()),
            link.unwrap_or_else(|| {
                entry
                    .header()
                    .link_name_bytes()
                    .unwrap_or_default()
                    .into_owned()
            }),
        )
    }

    fn pax(&mut self, records: &[u8]) -> Result<(), UnpackError> {
        for record in PaxExtensions::new(records) {
            let record = record.map_err(|e| broken(&e.to_string()))?;
            match record.key() {
                Ok("path") => self.name = Some(record.value_bytes().to_vec()),
                Ok("linkpath") => self.link = Some(record.value_bytes().to_vec()),
                Ok("size") => return Err(broken("a file of it is larger than 8 GiB")),
                Ok(key) if key.starts_with("GNU.sparse.") => {
                    return Err(broken("it has sparse files; pack it without --sparse"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn read(entry: &mut Entry<'_, impl Read>, limit: u64) -> Result<Vec<u8>, UnpackError> {
    let size = entry.size();
    if size > limit {
        return Err(broken(&format!(
            "a name in it has {size} bytes, {limit} are the most"
        )));
    }
    let mut bytes = Vec::new();
    entry
        .read_to_end(&mut bytes)
        .map_err(|e| broken(&e.to_string()))?;
    if bytes.len() as u64 != size {
        return Err(broken("its end is missing"));
    }
    Ok(bytes)
}

fn until_nul(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(end) = bytes.iter().position(|b| *b == 0) {
        bytes.truncate(end);
    }
    bytes
}

fn broken(why: &str) -> UnpackError {
    UnpackError::Archive(format!("is broken: {}", text::name(why)))
}
