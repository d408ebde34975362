//! Where templates are: an ordered list of folders, and nothing outside of them.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What a template file may hold, in bytes. LAVA's largest has 30 kB.
const LARGEST: u64 = 1 << 20;

/// A search path for templates: the first folder that has a file of the name wins.
#[derive(Debug, Clone)]
pub struct Folders {
    folders: Vec<PathBuf>,
}

impl Folders {
    /// A search path of these folders; those that do not exist hold nothing.
    #[must_use]
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self { folders }
    }

    /// The folders of an imported lab; `None` when `lab` has none.
    #[must_use]
    pub fn of_lab(lab: &Path) -> Option<Self> {
        let lava = lab.join("lava");
        lava.is_dir()
            .then(|| Self::new(vec![lava.join("devices"), lava.join("device-types")]))
    }

    /// The names of all templates of the first folder, which is that of the device dictionaries, without `.jinja2`, sorted.
    #[must_use]
    pub fn dictionaries(&self) -> Vec<String> {
        self.folders.first().map_or(Vec::new(), |f| templates(f))
    }

    /// Whether one of the other folders has a device type of this name.
    #[must_use]
    pub fn has_type(&self, name: &str) -> bool {
        is_plain(name)
            && self
                .folders
                .iter()
                .skip(1)
                .any(|f| f.join(format!("{name}.jinja2")).is_file())
    }

    /// The names of all device types, those that are only extended by others too, sorted.
    #[must_use]
    pub fn types(&self) -> Vec<String> {
        let mut all: Vec<String> = self
            .folders
            .iter()
            .skip(1)
            .flat_map(|f| templates(f))
            .collect();
        all.sort();
        all.dedup();
        all
    }

    /// The text of a template: `None` when no folder has it.
    ///
    /// # Errors
    /// A sentence: the name leads out of the folders, or the file cannot be read or is too large.
    pub fn read(&self, name: &str) -> Result<Option<String>, String> {
        if !is_plain(name) {
            return Err(format!(
                "the name `{name}` leads out of the folders of templates"
            ));
        }
        for folder in &self.folders {
            let path = folder.join(name);
            if path.is_file() {
                return read_within(folder, &path).map(Some);
            }
        }
        Ok(None)
    }
}

/// The device type of a device dictionary: what it extends. `None` when it extends nothing by name.
#[must_use]
pub fn device_type_of(dictionary: &str) -> Option<String> {
    dictionary.match_indices("{%").find_map(|(at, open)| {
        let tag = dictionary[at + open.len()..].trim_start_matches(['-', '+']);
        let name = tag.trim_start().strip_prefix("extends")?.trim_start();
        let quote = name.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let (name, _) = name[1..].split_once(quote)?;
        Some(name.strip_suffix(".jinja2").unwrap_or(name).to_owned())
    })
}

/// The names of the templates in a folder, without `.jinja2`, sorted.
pub(super) fn templates(folder: &Path) -> Vec<String> {
    let Ok(listing) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<String> = listing
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let name = name.strip_suffix(".jinja2")?;
            (is_plain(name) && entry.path().is_file()).then(|| name.to_owned())
        })
        .collect();
    names.sort();
    names
}

/// Reads a file of a folder, following no link that leads out of the folder.
pub(super) fn read_within(folder: &Path, path: &Path) -> Result<String, String> {
    let say = |e: std::io::Error| format!("cannot read {}: {e}", path.display());
    let real = path.canonicalize().map_err(say)?;
    if !real.starts_with(folder.canonicalize().map_err(say)?) {
        return Err(format!(
            "{} is a link that leads out of its folder; put the file itself there",
            path.display()
        ));
    }
    let mut text = String::new();
    fs::File::open(&real)
        .and_then(|file| file.take(LARGEST + 1).read_to_string(&mut text))
        .map_err(say)?;
    if text.len() as u64 > LARGEST {
        return Err(format!(
            "{} has more than {LARGEST} bytes, too many for a template",
            path.display()
        ));
    }
    Ok(text)
}

/// A file name, or a path downwards.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(['\\', '\0'])
        && name
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dictionary_extends_its_type() {
        for (text, expected) in [
            ("{% extends 'qemu.jinja2' %}\n{% set a = 1 %}", Some("qemu")),
            ("{# it #}\n{%- extends \"a-b.jinja2\" -%}", Some("a-b")),
            ("{% set x = 1 %}{%extends 'x' %}", Some("x")),
            ("{% extends name %}", None),
            ("hostname: x", None),
            ("{% extends", None),
        ] {
            assert_eq!(device_type_of(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn nothing_outside_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let own = dir.path().join("own");
        fs::create_dir_all(own.join("sub")).unwrap();
        fs::write(dir.path().join("secret.jinja2"), "s").unwrap();
        fs::write(own.join("sub/a.jinja2"), "a").unwrap();
        std::os::unix::fs::symlink("../secret.jinja2", own.join("link.jinja2")).unwrap();
        fs::write(own.join("big.jinja2"), vec![b'x'; LARGEST as usize + 1]).unwrap();
        let folders = Folders::new(vec![own]);
        assert_eq!(folders.read("sub/a.jinja2"), Ok(Some("a".to_owned())));
        assert_eq!(folders.read("none.jinja2"), Ok(None));
        for name in [
            "../secret.jinja2",
            "/etc/passwd",
            "sub/../../secret.jinja2",
            "",
        ] {
            assert!(
                folders.read(name).unwrap_err().contains("leads out"),
                "{name}"
            );
        }
        assert!(
            folders
                .read("link.jinja2")
                .unwrap_err()
                .contains("leads out")
        );
        assert!(folders.read("big.jinja2").unwrap_err().contains("bytes"));
    }
}
