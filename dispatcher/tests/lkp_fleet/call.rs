//! Calling `dispatch` as a user does.

use std::path::Path;
use std::process::Command;

/// A call in a folder, with its state folder below.
pub(crate) fn dispatch(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dispatch"));
    command
        .args(words)
        .current_dir(folder)
        .env("DISPATCH_STATE", folder.join("state"))
        .env_remove("LKP_TESTS");
    command
}

/// Exit code and everything that was said.
pub(crate) fn said(folder: &Path, words: &[&str]) -> (i32, String) {
    let output = dispatch(folder, words).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8(text).unwrap(),
    )
}
