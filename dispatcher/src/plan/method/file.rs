//! A method file: read from those that are embedded, or out of a device.

use include_dir::{Dir, include_dir};
use indexmap::IndexMap;
use job_schema::yaml::Value;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Section;
use super::condition::Condition;
use super::item::Item;
use crate::failure::{Class, Failure};
use crate::inventory::Device;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../device-types/methods");

/// A method: what it needs and its steps.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MethodFile {
    /// What the method does, in one sentence.
    #[serde(default, rename = "about")]
    _about: String,
    /// The names of which a device must have one among its methods. Default: the method's own. Empty: any device will do.
    capability: Option<Vec<String>>,
    /// What block and device must say.
    #[serde(default)]
    pub(super) needs: Vec<Need>,
    /// Its steps: after `when`, one is left at the top.
    pub(super) steps: Vec<Item>,
}

/// Something that block or device must say.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Need {
    /// What must hold.
    pub(super) that: Condition,
    /// What is needed, in words, for example `its board_id`.
    pub(super) or: String,
}

impl MethodFile {
    /// The file that comes with `dispatch`.
    pub(super) fn embedded(section: Section, method: &str) -> Result<Self, Failure> {
        let path = format!("{}/{method}.yaml", section.word());
        let text = FILES.get_file(&path).and_then(|f| f.contents_utf8());
        let text = text.ok_or_else(|| {
            Failure::new(
                Class::Bug,
                format!("there is no file device-types/methods/{path}"),
            )
        })?;
        serde_yaml::from_str(text)
            .map_err(|e| Failure::new(Class::Bug, format!("device-types/methods/{path}: {e}")))
    }

    /// The list of steps that a device has for a method.
    pub(super) fn of_device(
        steps: &Value,
        section: Section,
        method: &str,
        device: &Device,
    ) -> Result<Self, Failure> {
        let steps = serde_json::from_value(serde_json::json!(steps)).map_err(|e| {
            Failure::new(
                Class::Configuration,
                format!(
                    "device {}: actions.{}.methods.{method}.steps: {e}",
                    device.name,
                    section.word()
                ),
            )
        })?;
        Ok(Self {
            _about: String::new(),
            capability: None,
            needs: Vec::new(),
            steps,
        })
    }

    /// The names of which a device must have one among its methods.
    pub(super) fn capability<'a>(&'a self, method: &'a str) -> Vec<&'a str> {
        match &self.capability {
            None => vec![method],
            Some(names) => names.iter().map(String::as_str).collect(),
        }
    }
}

/// The step list that a device has for a method.
pub(super) fn own_steps(settings: &Value) -> Option<&Value> {
    match settings {
        Value::Map(map) => map.get("steps"),
        _ => None,
    }
}

/// The parts that methods share: those of all files `parts*.yaml`.
pub(super) fn parts() -> Result<IndexMap<String, Vec<Item>>, Failure> {
    let mut parts = IndexMap::new();
    for file in FILES.files() {
        let bug = |e: String| {
            let path = file.path().display();
            Failure::new(Class::Bug, format!("device-types/methods/{path}: {e}"))
        };
        let text = file.contents_utf8().unwrap_or_default();
        let more: IndexMap<String, Vec<Item>> =
            serde_yaml::from_str(text).map_err(|e| bug(e.to_string()))?;
        for (name, items) in more {
            if parts.contains_key(&name) {
                return Err(bug(format!("there are two parts called `{name}`")));
            }
            parts.insert(name, items);
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::method::item::What;

    #[test]
    fn every_file_reads_and_every_part_is_there_and_used() {
        let parts = parts().unwrap();
        let mut files = Vec::new();
        for section in [Section::Deploy, Section::Boot] {
            let folder = FILES.get_dir(section.word()).unwrap();
            for file in folder.files() {
                let method = file.path().file_stem().unwrap().to_str().unwrap();
                let file = MethodFile::embedded(section, method).unwrap();
                assert!(file._about.ends_with('.'), "{method} has no `about:`");
                files.push(file);
            }
        }
        let mut names = Vec::new();
        let lists = files.iter().map(|file| &file.steps).chain(parts.values());
        lists.for_each(|items| uses(items, &mut names));
        let names: Vec<&str> = names.into_iter().map(|(name, _)| name).collect();
        for name in &names {
            let native = ["overlay", "download"].contains(name);
            assert!(native || parts.contains_key(*name), "no part {name}");
        }
        for name in parts.keys() {
            assert!(names.contains(&name.as_str()), "nobody uses {name}");
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
        let parts = parts().unwrap();
        let mut lists: Vec<Vec<Item>> = parts.into_values().collect();
        for section in [Section::Deploy, Section::Boot] {
            for file in FILES.get_dir(section.word()).unwrap().files() {
                let method = file.path().file_stem().unwrap().to_str().unwrap();
                lists.push(MethodFile::embedded(section, method).unwrap().steps);
            }
        }
        let mut found = Vec::new();
        lists.iter().for_each(|items| uses(items, &mut found));
        found.retain(|(part, _)| ["bootloader-interrupt", "bootloader-commands"].contains(part));
        assert!(found.len() > 10, "{found:?}");
        for (part, with) in found {
            assert!(with.contains(&"loader"), "{part} is used without `loader`");
        }
    }
}
