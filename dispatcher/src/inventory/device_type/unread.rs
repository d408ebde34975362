//! Variables of a device type that nothing of it reads: a value for one has no effect.
//!
//! In: a merged type. Out: the paths of those variables, `NAME` or `NAME.KEY`.

use std::collections::HashSet;

use super::DeviceType;
use super::tree::{Content, Tree};

impl DeviceType {
    /// The variables, and keys of variables, that neither the type nor a default that it uses reads.
    #[must_use]
    pub(crate) fn unread(&self) -> HashSet<String> {
        let mut read = HashSet::new();
        let mut next = Vec::new();
        reads(&self.template, &mut next);
        while let Some(path) = next.pop() {
            if !read.insert(path) {
                continue;
            }
            let mut keys = path.split('.');
            let named = keys.next().and_then(|name| self.variables.get(name));
            let Some(variable) = named else { continue };
            let below = keys.next().and_then(|key| variable.keys.get(key));
            let of_keys = variable.keys.values().filter(|_| below.is_none());
            for it in of_keys.chain([below.unwrap_or(variable)]) {
                it.default.iter().for_each(|tree| reads(tree, &mut next));
            }
        }
        let mut unread = HashSet::new();
        for (name, variable) in &self.variables {
            if read.contains(name.as_str()) {
                continue;
            }
            let below = format!("{name}.");
            if !read.iter().any(|path| path.starts_with(&below)) {
                unread.insert(name.clone());
            }
            let paths = variable.keys.keys().map(|key| format!("{below}{key}"));
            unread.extend(paths.filter(|path| {
                let deeper = format!("{path}.");
                !read.iter().any(|it| *it == path || it.starts_with(&deeper))
            }));
        }
        unread
    }
}

fn reads<'t>(tree: &'t Tree, found: &mut Vec<&'t str>) {
    match &tree.data {
        Content::Plain(_) => {}
        Content::Filled(it) => found.extend(it.reads.iter().map(String::as_str)),
        Content::Seq(items) => items.iter().for_each(|it| reads(it, found)),
        Content::Map(map) => map.values().for_each(|it| reads(it, found)),
    }
}
