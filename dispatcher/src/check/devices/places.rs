//! Where a value of a rendered device is written: in the device's file, in a device type that it extends, in a file that LAVA
//! has rendered, or in a device dictionary.
//!
//! In: a key path. Out: a file and a place in it: of the value, else of the nearest mapping around it, else of what the device
//! is. Nothing is followed through LAVA's templates; the variable that a value usually comes from is looked up in the
//! dictionary's text.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use job_schema::yaml::Value;
use job_schema::{Severity, Span};

use super::chain::{Chain, nearest, pair_at, span_of};
use super::file::Files;
use super::finding;
use super::messages::{place_in, told_in};
use super::wants::variable;
use crate::failure::Failure;
use crate::inventory::device_type;
use crate::inventory::lab::Entry;

/// Where the values of one device are written.
#[derive(Debug)]
pub(super) struct Places {
    /// The file that the device is described in.
    file: usize,
    form: Form,
}

#[derive(Debug)]
enum Form {
    /// Of our device types.
    Typed(Chain),
    /// As LAVA has rendered it.
    Rendered,
    /// A template of LAVA's.
    Dictionary,
}

/// Where some values of a device are written, by key path: what is told when the device is tried.
#[derive(Debug, Default)]
pub struct Written {
    places: BTreeMap<String, (usize, Span)>,
    device: (usize, Span),
}

impl Written {
    /// The number of the file, and the place in it.
    #[must_use]
    pub fn find(&self, path: &str) -> (usize, Span) {
        self.places.get(path).copied().unwrap_or(self.device)
    }
}

impl Places {
    /// `file` is the device's file; a device without one is LAVA's.
    pub(super) fn of(entry: &Entry, file: Option<&PathBuf>, folder: &Path, files: &Files) -> Self {
        let dictionary = || folder.join(format!("lava/devices/{}.jinja2", entry.name));
        let path = file.cloned().unwrap_or_else(dictionary);
        let form = match (file, entry.is_rendered()) {
            (None, _) => Form::Dictionary,
            (Some(_), true) => Form::Rendered,
            (Some(_), false) => Form::Typed(Chain::of(&entry.device_type, folder, files)),
        };
        Self {
            file: files.find(&path).unwrap_or_default(),
            form,
        }
    }

    /// Where the value of a path is written.
    pub(super) fn find(&self, path: &[&str], files: &Files) -> (usize, Span) {
        let own = files.get(self.file);
        match &self.form {
            Form::Typed(chain) => chain.find(self.file, path, files),
            Form::Rendered => own
                .root
                .as_ref()
                .and_then(|root| nearest(root, path))
                .map(|pair| (self.file, span_of(pair))),
            Form::Dictionary => {
                let set = variable(path).and_then(|name| set_line(&own.text, &name));
                Some((self.file, set.unwrap_or_else(|| place_in(&own.text, 1))))
            }
        }
        .unwrap_or_else(|| self.of_device(files))
    }

    /// What names the device: its `device_type`.
    pub(super) fn of_device(&self, files: &Files) -> (usize, Span) {
        let file = files.get(self.file);
        let pair = file.root.as_ref().and_then(|root| {
            let named = root
                .entry("device_type")
                .or_else(|| root.entry("devicetype"));
            named.or_else(|| root.as_map()?.first())
        });
        let span = pair.map_or_else(|| place_in(&file.text, 1), span_of);
        (self.file, span)
    }

    /// How a value is set.
    pub(super) fn advice(&self, path: &[&str], files: &Files) -> String {
        let shown = path.join(".");
        match &self.form {
            Form::Dictionary => match variable(path) {
                Some(name) => format!("set it in the dictionary: `{{% set {name} = … %}}`"),
                None => format!("`{shown}` of the device comes from its template"),
            },
            Form::Rendered => {
                let root = files.get(self.file).root.as_ref();
                match root.is_some_and(|root| pair_at(root, path).is_some()) {
                    true => format!("it is `{shown}` of the device"),
                    false => format!("say `{shown}` in the device file"),
                }
            }
            Form::Typed(chain) => {
                let written = chain.pair_at(path);
                let names = written.and_then(|pair| Some(device_type::reads(pair.value.as_str()?)));
                let declared = |name: &&str| chain.declares(name);
                let names = names.unwrap_or_default();
                let mut variables = names.iter().map(|name| first(name)).filter(declared);
                let own = files.get(self.file).root.as_ref();
                match variables.next() {
                    Some(name) if own.is_some_and(|root| root.entry(name).is_some()) => {
                        format!("it is `{name}` of the device")
                    }
                    Some(name) => format!("set `{name}` in the device file"),
                    None if written.is_some() => format!("it is `{shown}` of the device type"),
                    None => format!("say `{shown}` in the device type"),
                }
            }
        }
    }

    /// A device that cannot be rendered.
    pub(super) fn unrendered(&self, failure: &Failure, device: &str, files: &mut Files) {
        let message = failure.message.strip_prefix(&format!("device {device}: "));
        let message = message.unwrap_or(&failure.message);
        let (code, place) = match &self.form {
            Form::Typed(_) => ("D005", told_in(message, self.file, files)),
            Form::Rendered | Form::Dictionary => ("D010", told_in(message, self.file, files)),
        };
        let ((file, span), message) = match place {
            Some((place, why)) => (place, why),
            None => (self.of_device(files), message),
        };
        let finding = finding(code, Severity::Error, span, message);
        files.add(file, finding);
    }

    pub(super) fn has_errors(&self, files: &Files) -> bool {
        let of_types = match &self.form {
            Form::Typed(chain) => Some(chain.files()),
            Form::Rendered | Form::Dictionary => None,
        };
        let mut all = of_types.into_iter().flatten().chain([self.file]);
        all.any(|file| files.has_errors(file))
    }

    /// The places of what can be tried.
    pub(super) fn written(&self, rendered: &Value, files: &Files) -> Written {
        let below = |key: &str, of: &Value| match of {
            Value::Map(map) => map.get(key).cloned().unwrap_or_default(),
            _ => Value::Null,
        };
        let mut paths = vec![vec!["actions", "deploy", "methods", "ssh", "host"]];
        let commands = below("commands", rendered);
        let connections = below("connections", &commands);
        for (of, before) in [
            (&commands, &["commands"][..]),
            (&connections, &["commands", "connections"]),
        ] {
            if let Value::Map(map) = of {
                paths.extend(map.keys().map(|key| [before, &[key.as_str()]].concat()));
            }
        }
        let place = |path: Vec<&str>| (path.join("."), self.find(&path, files));
        Written {
            places: paths.into_iter().map(place).collect(),
            device: self.of_device(files),
        }
    }
}

/// `ssh` of `ssh.host`.
fn first(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// The line of a template that sets a variable.
fn set_line(text: &str, name: &str) -> Option<Span> {
    let sets = |line: &str| {
        line.split("{%").skip(1).any(|tag| {
            let tag = tag.trim_start_matches(['-', '+']).trim_start();
            let rest = tag.strip_prefix("set").map(str::trim_start);
            rest.and_then(|rest| rest.strip_prefix(name))
                .is_some_and(|rest| rest.trim_start().starts_with('='))
        })
    };
    let line = text.lines().position(sets)?;
    Some(place_in(text, u32::try_from(line + 1).unwrap_or(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dictionary_says_where_a_variable_is_set() {
        let text =
            "{% extends 'x' %}\n  {%- set hard_reset = 1 %}\n{% set hard_reset_command = '' %}\n";
        let line = |name| set_line(text, name).map(|span| (span.line, span.column));
        assert_eq!(line("hard_reset"), Some((2, 3)));
        assert_eq!(line("hard_reset_command"), Some((3, 1)));
        assert_eq!(line("power_on_command"), None);
    }
}
