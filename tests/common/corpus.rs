//! Recorded answers of LAVA's own code: data beside the project, without which some tests do not run.

use std::path::{Path, PathBuf};

use crate::need::not_run;

/// The folder of the recordings: `DISPATCH_CORPUS`, else where they lie beside the project.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("DISPATCH_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"),
        PathBuf::from,
    );
    folder.is_dir().then_some(folder)
}

/// The folder of the recordings; without it the test is counted as not run.
#[must_use]
pub fn corpus(test: &str) -> Option<PathBuf> {
    let folder = folder();
    if folder.is_none() {
        not_run(test, "no corpus; DISPATCH_CORPUS can name one");
    }
    folder
}
