//! Definitions that are on this machine: `from: path`, and git repositories whose URL is a local path.
//!
//! In: the folder that paths of the job are relative to. Out: what [`super::messages::read`] asks for. Nothing is fetched,
//! nothing outside the definition's folder is read, and not more than [`FILES`] files of [`LONGEST`] bytes. A git
//! repository is read as it lies there, so only one with a work tree, and only when the job asks for no other revision.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use job_schema::test::definitions::{Definition, From};

use super::messages::LoadedDefinition;

/// Bytes of a file.
const LONGEST: u64 = 256 * 1024;
/// Files of a definition that are read.
const FILES: usize = 256;
/// Entries of folders that are looked at.
const ENTRIES: usize = 4096;

/// What loads definitions for a job in the folder `base`.
pub fn load_local(base: &Path) -> impl FnMut(&Definition) -> Option<LoadedDefinition> {
    let base = base.to_owned();
    move |definition| load(&base, definition)
}

fn load(base: &Path, definition: &Definition) -> Option<LoadedDefinition> {
    let root = match &definition.from {
        From::Path { repository } => base.join(&**repository),
        From::Git {
            repository,
            branch: None,
            revision: None,
            ..
        } => {
            let path = repository.strip_prefix("file://").unwrap_or(repository);
            let remote = path.contains("://") || (path.contains(':') && !path.starts_with('/'));
            if remote || path.contains('$') {
                return None;
            }
            let root = base.join(path);
            root.join(".git").exists().then_some(root)?
        }
        From::Inline { .. } | From::Git { .. } | From::Url { .. } => return None,
    };
    let root = root.canonicalize().ok()?;
    let file = root.join(&definition.path).canonicalize().ok()?;
    if !file.starts_with(&root) {
        return None;
    }
    Some(LoadedDefinition {
        file: definition.path.clone(),
        text: read(&file)?,
        files: scripts(&root),
    })
}

/// The text of a plain file that is not too long.
fn read(path: &Path) -> Option<String> {
    // Opening a fifo would wait for a writer.
    if !std::fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    let file = std::fs::File::open(path).ok()?;
    let length = file.take(LONGEST + 1).read_to_string(&mut text).ok()?;
    (length as u64 <= LONGEST).then_some(text)
}

/// Shell scripts below a folder, by their path below it. Links are not followed.
fn scripts(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![root.to_owned()];
    let mut entries = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            entries += 1;
            if entries > ENTRIES || found.len() >= FILES {
                return found;
            }
            let path = entry.path();
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_dir() && entry.file_name() != ".git" {
                folders.push(path);
            } else if kind.is_file()
                && let Some(text) = script(&path)
                && let Ok(below) = path.strip_prefix(root)
            {
                found.insert(below.to_string_lossy().into_owned(), text);
            }
        }
    }
    found
}

/// The text of a file that looks like a script: it is called so, or begins with `#!`.
fn script(path: &Path) -> Option<String> {
    let named = path
        .extension()
        .is_some_and(|end| end == "sh" || end == "bash");
    if !named {
        let mut start = [0; 2];
        let mut file = std::fs::File::open(path).ok()?;
        file.read_exact(&mut start).ok()?;
        if start != *b"#!" {
            return None;
        }
    }
    read(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests panic")]

    use super::*;

    fn definition(from: &str, path: &str) -> Definition {
        let text = format!(
            "job_name: x\nvisibility: public\ntimeouts: {{job: {{minutes: 5}}}}\ndevice_type: ssh\nactions:\n\
             - deploy: {{to: ssh}}\n- boot: {{method: ssh, prompts: ['#']}}\n- test:\n    definitions:\n    \
             - {{name: t, {from}, path: {path}}}\n"
        );
        let parsed = job_schema::parse_job("job.yaml", &text);
        let job = parsed
            .job
            .unwrap_or_else(|| panic!("{:#?}", parsed.findings));
        match &job.actions[2].action {
            job_schema::Action::Test(job_schema::test::Test::Definitions(all)) => {
                all.definitions[0].clone()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_what_is_here_and_inside_is_read() {
        let base = tempfile::tempdir().unwrap();
        let at = |path: &str| base.path().join(path);
        std::fs::create_dir_all(at("tests/lib")).unwrap();
        std::fs::create_dir_all(at("repo/.git")).unwrap();
        std::fs::write(at("secret.yaml"), "a: b\n").unwrap();
        std::fs::write(at("tests/t.yaml"), "run: {steps: []}\n").unwrap();
        std::fs::write(at("tests/lib/run"), "#!/bin/sh\n").unwrap();
        std::fs::write(at("tests/data"), "\0\0\0").unwrap();
        std::fs::write(at("tests/long.sh"), vec![b'#'; 300 * 1024]).unwrap();
        std::fs::write(at("repo/t.yaml"), "run: {steps: []}\n").unwrap();
        std::os::unix::fs::symlink(at("secret.yaml"), at("tests/link.yaml")).unwrap();
        std::os::unix::fs::symlink(at("secret.yaml"), at("tests/link.sh")).unwrap();
        let mut load = load_local(base.path());
        let loaded = load(&definition("from: path, repository: tests", "t.yaml")).unwrap();
        assert_eq!(loaded.text, "run: {steps: []}\n");
        assert_eq!(loaded.files.keys().collect::<Vec<_>>(), ["lib/run"]);
        let git = |rest: &str| format!("from: git, repository: {}{rest}", at("repo").display());
        assert!(load(&definition(&git(""), "t.yaml")).is_some());
        assert!(load(&definition(&git(", branch: other"), "t.yaml")).is_none());
        for (from, path) in [
            ("from: path, repository: tests", "link.yaml"),
            ("from: path, repository: tests", "../secret.yaml"),
            ("from: path, repository: tests", "none.yaml"),
            ("from: git, repository: tests", "t.yaml"),
            (
                "from: git, repository: 'https://example.com/x.git'",
                "t.yaml",
            ),
            ("from: git, repository: 'host:x.git'", "t.yaml"),
        ] {
            assert!(load(&definition(from, path)).is_none(), "{from} {path}");
        }
    }
}
