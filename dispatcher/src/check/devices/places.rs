//! Where a value of a rendered device is written: in the device's file, in a device type that it extends, in a file that LAVA
//! has rendered, or in a device dictionary.
//!
//! In: a key path. Out: a file and a place in it: of the value, else of the nearest mapping around it, else of what the device
//! is. Nothing is followed through LAVA's templates; the variable that a value usually comes from is looked up in the
//! dictionary's text.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use job_schema::lines::Lines;
use job_schema::yaml::{self, Entry as Pair, Node, Value};
use job_schema::{Severity, Span};

use super::file::Files;
use super::finding;
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
    /// Of our device types: nearest first, with the file if it is the lab's.
    Typed(Vec<(Option<usize>, Node)>),
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
            (Some(_), false) => Form::Typed(chain(&entry.device_type, folder, files)),
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
            Form::Typed(chain) => self.in_chain(chain, path, files),
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

    fn in_chain(
        &self,
        chain: &[(Option<usize>, Node)],
        path: &[&str],
        files: &Files,
    ) -> Option<(usize, Span)> {
        for length in (1..=path.len()).rev() {
            let path = &path[..length];
            let Some((file, pair)) = chain
                .iter()
                .find_map(|(file, root)| Some((file, pair_at(root, path)?)))
            else {
                continue;
            };
            if let Some(set) = self.set_in(chain, &pair.value, files, &mut Vec::new()) {
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
        chain: &[(Option<usize>, Node)],
        value: &Node,
        files: &Files,
        seen: &mut Vec<String>,
    ) -> Option<(usize, Span)> {
        let own = files.get(self.file).root.as_ref();
        for name in value.as_str().map(names_read).unwrap_or_default() {
            if seen.contains(&name) {
                continue;
            }
            let path: Vec<&str> = name.split('.').collect();
            seen.push(name.clone());
            if let Some(pair) = own.and_then(|root| nearest(root, &path)) {
                return Some((self.file, span_of(pair)));
            }
            let declared = ["variables", path[0], "default"];
            let default = chain.iter().find_map(|(file, root)| {
                let set = root.get("defaults").and_then(|set| nearest(set, &path));
                Some((file, set.or_else(|| pair_at(root, &declared))?))
            });
            let Some((file, pair)) = default else {
                continue;
            };
            if let Some(set) = self.set_in(chain, &pair.value, files, seen) {
                return Some(set);
            }
            if let Some(file) = file {
                return Some((*file, span_of(pair)));
            }
        }
        None
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
                let written = chain.iter().find_map(|(_, root)| pair_at(root, path));
                let names = written.and_then(|pair| Some(names_read(pair.value.as_str()?)));
                let declared = |name: &&str| {
                    let mut roots = chain.iter().map(|(_, root)| root);
                    roots.any(|root| root.at(&["variables", name]).is_some())
                };
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
        let chain = match &self.form {
            Form::Typed(chain) => chain.as_slice(),
            Form::Rendered | Form::Dictionary => &[],
        };
        let types = chain.iter().filter_map(|(file, _)| *file);
        types.chain([self.file]).any(|file| files.has_errors(file))
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

/// The place that a message begins with and the rest of it, when the place is in one of the lab's files. LAVA's templates are
/// named without their folder: `own` is the dictionary.
pub(super) fn told_in<'m>(
    message: &'m str,
    own: usize,
    files: &Files,
) -> Option<((usize, Span), &'m str)> {
    let (place, why) = split_place(message);
    let (name, line) = place?;
    let is_own = files.get(own).path.file_name().is_some_and(|it| it == name);
    let at = files.find(Path::new(name)).or(is_own.then_some(own))?;
    let file = files.get(at);
    let written = expression_of(why).zip(file.root.as_ref());
    let span = written.and_then(|(text, root)| holding(root, text, line));
    Some((
        (at, span.unwrap_or_else(|| place_in(&file.text, line))),
        why,
    ))
}

/// The expression that a message begins with: `` `{{rack}}`: … ``.
fn expression_of(message: &str) -> Option<&str> {
    message.strip_prefix('`')?.split("`: ").next()
}

/// Where a text is written that begins in a line.
fn holding(node: &Node, text: &str, line: u32) -> Option<Span> {
    let below = |node: &Node| holding(node, text, line);
    if let Some(one) = node.as_str() {
        return (one == text && node.span.line == line).then_some(node.span);
    }
    let mut items = node.as_seq().unwrap_or_default().iter();
    let mut entries = node.as_map().unwrap_or_default().iter();
    items
        .find_map(below)
        .or_else(|| entries.find_map(|entry| below(&entry.value)))
}

/// A type and those that it extends.
fn chain(name: &str, folder: &Path, files: &Files) -> Vec<(Option<usize>, Node)> {
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
    chain
}

/// The entry of a path; a key that appends (`+key`) counts.
fn pair_at<'n>(root: &'n Node, path: &[&str]) -> Option<&'n Pair> {
    let (last, before) = path.split_last()?;
    let node = root.at(before)?;
    node.entry(last).or_else(|| node.entry(&format!("+{last}")))
}

/// The entry of a path, else of the nearest mapping around it.
fn nearest<'n>(root: &'n Node, path: &[&str]) -> Option<&'n Pair> {
    (1..=path.len())
        .rev()
        .find_map(|length| pair_at(root, &path[..length]))
}

/// Of a mapping or a list its key: it may have many lines.
fn span_of(pair: &Pair) -> Span {
    let value = &pair.value;
    if value.as_map().is_some() || value.as_seq().is_some() || value.is_null() {
        pair.key.span
    } else {
        value.span
    }
}

/// `ssh` of `ssh.host`.
fn first(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// The words of expressions that may be variables.
fn names_read(text: &str) -> Vec<String> {
    let inside = text
        .split("{{")
        .skip(1)
        .filter_map(|rest| rest.split("}}").next());
    let words = inside.flat_map(|inside| inside.split([' ', '(', ')']));
    words
        .filter(|word| {
            word.starts_with(|c: char| c.is_ascii_alphabetic())
                && word
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
                && *word != "default"
        })
        .map(str::to_owned)
        .collect()
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

/// A line, without the spaces around it; one that is empty or not there is the beginning of the file.
pub(super) fn place_in(text: &str, line: u32) -> Span {
    let lines = Lines::new(text);
    let begin = lines.start_of(line);
    let whole = text[begin..].lines().next().unwrap_or_default();
    let start = begin + (whole.len() - whole.trim_start().len());
    let at = lines.position(start);
    Span {
        start,
        end: start + whole.trim().len(),
        line: at.line,
        column: at.column,
    }
}

/// `FILE:LINE:COLUMN: why` and `FILE:LINE: why`, as the readers of a lab tell.
pub(super) fn split_place(message: &str) -> (Option<(&str, u32)>, &str) {
    let parsed = message.find(": ").and_then(|end| {
        let (place, why) = (&message[..end], &message[end + 2..]);
        let (before, last) = place.rsplit_once(':')?;
        let last = last.parse::<u32>().ok()?;
        let (file, line) = match before.rsplit_once(':') {
            Some((file, line)) => match line.parse::<u32>() {
                Ok(line) => (file, line),
                Err(_) => (before, last),
            },
            None => (before, last),
        };
        Some(((file, line), why))
    });
    match parsed {
        Some((place, why)) => (Some(place), why),
        None => (None, message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_taken_out_of_messages() {
        for (message, place, why) in [
            (
                "a/b.yaml:3:7: not YAML: x",
                Some(("a/b.yaml", 3)),
                "not YAML: x",
            ),
            ("a.jinja2:12: no", Some(("a.jinja2", 12)), "no"),
            (
                "a.yaml: `device_type` is missing",
                None,
                "a.yaml: `device_type` is missing",
            ),
            ("nothing", None, "nothing"),
        ] {
            assert_eq!(split_place(message), (place, why), "{message}");
        }
    }

    #[test]
    fn a_dictionary_says_where_a_variable_is_set() {
        let text =
            "{% extends 'x' %}\n  {%- set hard_reset = 1 %}\n{% set hard_reset_command = '' %}\n";
        let line = |name| set_line(text, name).map(|span| (span.line, span.column));
        assert_eq!(line("hard_reset"), Some((2, 3)));
        assert_eq!(line("hard_reset_command"), Some((3, 1)));
        assert_eq!(line("power_on_command"), None);
        assert_eq!(
            place_in("", 7),
            Span {
                start: 0,
                end: 0,
                line: 1,
                column: 1
            }
        );
    }
}
