//! The files of `device-types/methods/`, inside the binary as JSON that the build has made of them.
//!
//! In: a name. Out: the method or the part, read when it is first asked for.

use std::sync::OnceLock;

use serde::de::DeserializeOwned;

use super::Section;
use super::file::MethodFile;
use super::item::Item;
use crate::failure::{Class, Failure};

// `METHODS`, by name such as `boot/u-boot`, and `PARTS`, by name such as `connect-device`.
include!(concat!(env!("OUT_DIR"), "/methods.rs"));

/// A text of the binary, and what it says.
struct Embedded<T> {
    name: &'static str,
    json: &'static str,
    read: OnceLock<Result<T, String>>,
}

impl<T: DeserializeOwned> Embedded<T> {
    const fn new(name: &'static str, json: &'static str) -> Self {
        Self {
            name,
            json,
            read: OnceLock::new(),
        }
    }

    fn get(&self) -> Result<&T, Failure> {
        let read = || serde_json::from_str(self.json).map_err(|e| e.to_string());
        self.read.get_or_init(read).as_ref().map_err(|e| {
            let message = format!("`{}` of device-types/methods: {e}", self.name);
            Failure::new(Class::Bug, message)
        })
    }
}

fn find<T>(all: &'static [Embedded<T>], name: &str) -> Option<&'static Embedded<T>> {
    let place = all.binary_search_by_key(&name, |one| one.name).ok()?;
    all.get(place)
}

/// A method.
///
/// # Errors
/// Bug: no file is about it.
pub(super) fn method(section: Section, method: &str) -> Result<&'static MethodFile, Failure> {
    let name = format!("{}/{method}", section.word());
    let none = || Failure::new(Class::Bug, format!("device-types/methods has no `{name}`"));
    find(&METHODS, &name).ok_or_else(none)?.get()
}

/// What a part stands for; `None`: there is no such part.
pub(super) fn part(name: &str) -> Option<Result<&'static [Item], Failure>> {
    find(&PARTS, name).map(|part| part.get().map(Vec::as_slice))
}

/// The names of all parts.
pub(super) fn part_names() -> impl Iterator<Item = &'static str> {
    PARTS.iter().map(|part| part.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::method::item::What;

    fn lists() -> impl Iterator<Item = &'static [Item]> {
        let methods = METHODS.iter().map(|file| &*file.get().unwrap().steps);
        methods.chain(PARTS.iter().map(|part| &**part.get().unwrap()))
    }

    #[test]
    fn every_file_reads_and_every_part_is_there_and_used() {
        for method in &METHODS {
            let about = &method.get().unwrap().about;
            assert!(about.ends_with('.'), "{} has no `about:`", method.name);
        }
        let mut found = Vec::new();
        lists().for_each(|items| uses(items, &mut found));
        let names: Vec<&str> = found.into_iter().map(|(name, _)| name).collect();
        for name in &names {
            let native = ["overlay", "download"].contains(name);
            assert!(native || part(name).is_some(), "no part {name}");
        }
        for part in &PARTS {
            assert!(names.contains(&part.name), "nobody uses {}", part.name);
        }
    }

    fn uses<'a>(items: &'a [Item], found: &mut Vec<(&'a str, Vec<&'a str>)>) {
        for item in items {
            match &item.what {
                What::Step(step) => uses(&step.steps, found),
                What::Several(items) => uses(items, found),
                What::Use(part, with) => {
                    found.push((part, with.keys().map(String::as_str).collect()));
                }
            }
        }
    }

    /// A talk with a boot loader that nobody names would have no words.
    #[test]
    fn talks_are_told_which_boot_loader_they_are_with() {
        let mut found = Vec::new();
        lists().for_each(|items| uses(items, &mut found));
        found.retain(|(part, _)| ["bootloader-interrupt", "bootloader-commands"].contains(part));
        assert!(found.len() > 10, "{found:?}");
        for (part, with) in found {
            assert!(with.contains(&"loader"), "{part} is used without `loader`");
        }
    }
}
