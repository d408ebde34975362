//! Reading the files of a lab. In: a path. Out: its text, as long as a device or a device type can be.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::lab::configuration;
use crate::failure::Failure;

/// Bytes of a file; LAVA's largest device has 40 kB.
const LARGEST: u64 = 4 << 20;

/// The text of a file of a lab folder.
///
/// # Errors
/// Configuration: it is no file, is not UTF-8, is too long, or cannot be read.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    // A pipe would be waited for.
    if path.metadata().is_ok_and(|about| !about.is_file()) {
        return Err(configuration(format!("{} is no file", path.display())));
    }
    read_any(path)
}

/// The text of a file or pipe that somebody names.
///
/// # Errors
/// Configuration: it is not UTF-8, is too long, or cannot be read.
pub(super) fn read_any(path: &Path) -> Result<String, Failure> {
    let shown = path.display();
    let mut text = String::new();
    let read = File::open(path).and_then(|f| f.take(LARGEST + 1).read_to_string(&mut text));
    read.map_err(|e| configuration(format!("cannot read {shown}: {e}")))?;
    if text.len() as u64 > LARGEST {
        return Err(configuration(format!("{shown}: no device is so large")));
    }
    Ok(text)
}
