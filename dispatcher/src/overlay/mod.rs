//! What goes on a node: helpers, environment, test definitions; and the tarball that carries them.

pub mod content;
pub mod environment;
pub mod helpers;
pub mod os;
pub mod scripts;
pub mod tarball;

use std::collections::HashMap;
use std::path::PathBuf;

use crate::fetch::Fetched;

/// An overlay in the making, and when it is packed, the tarball.
#[derive(Debug, Default)]
pub struct Overlay {
    /// `authorize: ssh`.
    pub authorize: bool,
    /// Definitions that are fetched and not written yet, each with its uuid, by index.
    pub fetched: HashMap<usize, (Fetched, String)>,
    /// Folders of tests, written.
    pub tests: Vec<TestFolder>,
    /// The tarball.
    pub file: Option<OverlayFile>,
}

/// A packed overlay.
#[derive(Debug, Clone)]
pub struct OverlayFile {
    /// Level of `compress-overlay`; part of the file's name on the node.
    pub level: String,
    /// Where it is here.
    pub path: PathBuf,
}

/// The folder of one test: `<results>/<stage>/tests/<dir>`.
#[derive(Debug, Default)]
pub struct TestFolder {
    /// Stage of its test block.
    pub stage: usize,
    /// Absolute path on the node.
    pub path: String,
    /// Folders on this machine whose content goes in: (path below the test's folder, source).
    pub trees: Vec<(String, PathBuf)>,
    /// Files that are written: (name, content, executable).
    pub files: Vec<(String, String, bool)>,
}
