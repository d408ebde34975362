//! Where a device type writes its values: its file, and those of the types that it extends.
//!
//! In: a key path, or a variable. Out: a file of the lab and a place in it.

use std::path::Path;

use job_schema::Span;
use job_schema::yaml::{self, Entry as Pair, Node};

use super::file::Files;
use crate::inventory::device_type;

/// A type and those that it extends, nearest first, with the file if it is the lab's.
#[derive(Debug)]
pub(super) struct Chain(Vec<(Option<usize>, Node)>);

impl Chain {
    /// Of the type of this name.
    pub(super) fn of(name: &str, folder: &Path, files: &Files) -> Self {
        let mut chain = Vec::new();
        let mut next = Some(name.to_owned());
        while let Some(name) = next.take().filter(|_| chain.len() < device_type::DEEPEST) {
            let Ok((file, text)) = device_type::source(&name, Some(folder)) else {
                break;
            };
            let Ok(document) = yaml::load(&text) else {
                break;
            };
            let parent = document.root.get("extends").and_then(Node::as_str);
            next = parent.map(str::to_owned);
            chain.push((files.find(Path::new(&file)), document.root));
        }
        Self(chain)
    }

    /// Their files, of those that are the lab's.
    pub(super) fn files(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().filter_map(|(file, _)| *file)
    }

    /// The entry of a path in the nearest type that has it.
    pub(super) fn pair_at(&self, path: &[&str]) -> Option<&Pair> {
        self.0.iter().find_map(|(_, root)| pair_at(root, path))
    }

    /// Whether one of them declares a variable.
    pub(super) fn declares(&self, variable: &str) -> bool {
        let mut roots = self.0.iter().map(|(_, root)| root);
        roots.any(|root| root.at(&["variables", variable]).is_some())
    }

    /// Where the value of a path is written; `device`: the device's file. `None` when that is a type that comes with `dispatch`.
    pub(super) fn find(
        &self,
        device: usize,
        path: &[&str],
        files: &Files,
    ) -> Option<(usize, Span)> {
        for length in (1..=path.len()).rev() {
            let path = &path[..length];
            let Some((file, pair)) = self
                .0
                .iter()
                .find_map(|(file, root)| Some((file, pair_at(root, path)?)))
            else {
                continue;
            };
            if let Some(set) = self.set_in(device, &pair.value, files, &mut Vec::new()) {
                return Some(set);
            }
            // Of what comes with `dispatch` only what the device is can be told.
            return file.map(|file| (file, span_of(pair)));
        }
        None
    }

    /// Where a variable that an expression reads, or that such a variable's default reads, is set: by the device, else by one
    /// of the lab's own types. `seen`: variables that were looked for.
    fn set_in(
        &self,
        device: usize,
        value: &Node,
        files: &Files,
        seen: &mut Vec<String>,
    ) -> Option<(usize, Span)> {
        let own = files.get(device).root.as_ref();
        for name in value.as_str().map(device_type::reads).unwrap_or_default() {
            if seen.contains(&name) {
                continue;
            }
            let path: Vec<&str> = name.split('.').collect();
            seen.push(name.clone());
            if let Some(pair) = own.and_then(|root| nearest(root, &path)) {
                return Some((device, span_of(pair)));
            }
            let declared = ["variables", path[0], "default"];
            let default = self.0.iter().find_map(|(file, root)| {
                let set = root.get("defaults").and_then(|set| nearest(set, &path));
                Some((file, set.or_else(|| pair_at(root, &declared))?))
            });
            let Some((file, pair)) = default else {
                continue;
            };
            if let Some(set) = self.set_in(device, &pair.value, files, seen) {
                return Some(set);
            }
            if let Some(file) = file {
                return Some((*file, span_of(pair)));
            }
        }
        None
    }
}

/// The entry of a path, in which the elements of a list are numbers; a key that appends (`+key`) counts.
pub(super) fn pair_at<'n>(root: &'n Node, path: &[&str]) -> Option<&'n Pair> {
    let (last, before) = path.split_last()?;
    let below = |node: &'n Node, key: &&str| match node.as_seq() {
        Some(items) => items.get(key.parse::<usize>().ok()?),
        None => node.get(key),
    };
    let node = before.iter().try_fold(root, below)?;
    node.entry(last).or_else(|| node.entry(&format!("+{last}")))
}

/// The entry of a path, else of the nearest mapping around it.
pub(super) fn nearest<'n>(root: &'n Node, path: &[&str]) -> Option<&'n Pair> {
    (1..=path.len())
        .rev()
        .find_map(|length| pair_at(root, &path[..length]))
}

/// Of a mapping or a list its key: it may have many lines.
pub(super) fn span_of(pair: &Pair) -> Span {
    let value = &pair.value;
    if value.as_map().is_some() || value.as_seq().is_some() || value.is_null() {
        pair.key.span
    } else {
        value.span
    }
}
