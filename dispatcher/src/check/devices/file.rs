//! The files of a lab and what is wrong with each.

use std::path::{Path, PathBuf};

use job_schema::yaml::{self, Node};
use job_schema::{Finding, Severity};

use crate::check::source;
use crate::inventory::lava;

/// A file of a lab.
#[derive(Debug)]
pub struct File {
    /// Its name, for messages.
    pub name: String,
    /// Its text.
    pub text: String,
    /// What is wrong in it, in its order.
    pub findings: Vec<Finding>,
    pub(super) path: PathBuf,
    /// Its YAML; `None` for templates of LAVA's, and where it cannot be read.
    pub(super) root: Option<Node>,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Files {
    files: Vec<File>,
}

impl Files {
    /// Reads the device files that are named, the lab's own device types, and LAVA's dictionaries.
    pub(super) fn read<'p>(folder: &Path, devices: impl Iterator<Item = &'p Path>) -> Self {
        let mut files: Vec<File> = devices.map(|path| File::read(path, true)).collect();
        let types = listed(&folder.join("device-types"), "yaml");
        files.extend(types.iter().map(|path| File::read(path, true)));
        if lava::Folders::of_lab(folder).is_some() {
            let dictionaries = listed(&folder.join("lava/devices"), "jinja2");
            files.extend(dictionaries.iter().map(|path| File::read(path, false)));
        }
        Self { files }
    }

    /// The file at a path.
    pub(super) fn find(&self, path: &Path) -> Option<usize> {
        self.files.iter().position(|file| file.path == path)
    }

    pub(super) fn get(&self, at: usize) -> &File {
        &self.files[at]
    }

    /// The places of all files.
    pub(super) fn all(&self) -> std::ops::Range<usize> {
        0..self.files.len()
    }

    /// Adds a finding; one that is there already, because another device has led to it, is not told twice.
    pub(super) fn add(&mut self, at: usize, finding: Finding) {
        let file = &mut self.files[at];
        if !file.findings.contains(&finding) {
            file.findings.push(finding);
        }
    }

    pub(super) fn has_errors(&self, at: usize) -> bool {
        let findings = self.files[at].findings.iter();
        findings
            .into_iter()
            .any(|finding| finding.severity == Severity::Error)
    }

    /// The files, with their findings in order.
    pub(super) fn in_order(mut self) -> Vec<File> {
        for file in &mut self.files {
            file.findings
                .sort_by_key(|finding| (finding.span.start, finding.code));
        }
        self.files
    }
}

impl File {
    /// Adds a finding in the order of the file.
    pub fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
        self.findings
            .sort_by_key(|finding| (finding.span.start, finding.code));
    }

    fn read(path: &Path, is_yaml: bool) -> Self {
        let mut file = Self {
            name: path.display().to_string(),
            text: String::new(),
            findings: Vec::new(),
            path: path.to_owned(),
            root: None,
        };
        // A pipe would be waited for; the reader of the lab says what it is.
        if !path.is_file() {
            return file;
        }
        let read = source::read(path);
        file.text = read.text;
        file.findings.extend(read.trouble);
        if is_yaml && file.findings.is_empty() {
            match yaml::load(&file.text) {
                Ok(document) => {
                    file.findings = document.findings;
                    file.root = Some(document.root);
                }
                Err(finding) => file.findings.push(*finding),
            }
        }
        file
    }
}

fn listed(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == extension) && path.is_file())
        .collect();
    paths.sort();
    paths
}
