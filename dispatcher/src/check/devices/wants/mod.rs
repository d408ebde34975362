//! What the deploy and boot methods of a device will ask of it.
//!
//! In: a rendered device in LAVA's shape. Out: what is missing or cannot work, by key path. An error: every job on the device
//! would fail; a warning: a job of some kind would. What depends on the job is left to the check of jobs.

mod boot_loader;
mod console;
mod names;
mod needs;
mod patterns;
mod shapes;
mod ssh;
mod steps;

use std::path::Path;

use job_schema::Severity;
use job_schema::yaml::Value;

pub(super) use names::variable;
pub(super) use steps::of_list;

use crate::plan::method::Section;

/// Something that a device lacks, or says wrongly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// `D020`
    pub(super) code: &'static str,
    /// How bad it is.
    pub(super) severity: Severity,
    /// The boot methods that fail by it; none: how bad it is does not depend on other methods.
    methods: Vec<String>,
    /// It counts for how bad others are, and is not told itself.
    silent: bool,
    /// The key that it is about.
    pub(super) path: Vec<String>,
    /// What is wrong.
    pub(super) message: String,
    /// What to do; without it, how the key is set is told.
    pub(super) help: Option<String>,
}

impl Trouble {
    fn new(
        code: &'static str,
        severity: Severity,
        path: &[&str],
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity,
            methods: Vec::new(),
            silent: false,
            path: path.iter().map(|key| (*key).to_owned()).collect(),
            message: message.into(),
            help: None,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// These boot methods fail by it: an error when all others fail too.
    fn of(mut self, methods: &[&str]) -> Self {
        self.methods = methods.iter().map(|name| (*name).to_owned()).collect();
        self
    }
}

/// All that is wrong with a device. `folder` is what relative key files belong to; `by_lava`: LAVA's templates have made it.
pub(super) fn check(device: &Value, folder: &Path, by_lava: bool) -> Vec<Trouble> {
    let device = Rendered(device);
    let mut found = Vec::new();
    shapes::check(device, &mut found);
    console::check(device, &mut found);
    boot_loader::check(device, &mut found);
    patterns::check(device, &mut found);
    ssh::check(device, folder, &mut found);
    for section in [Section::Deploy, Section::Boot] {
        needs::check(section, device, by_lava, &mut found);
        steps::check(section, device, &mut found);
    }
    weigh(device, &mut found);
    found.retain(|trouble| !trouble.silent);
    found
}

/// What keeps a boot method from working is an error when no other method is left.
fn weigh(device: Rendered<'_>, found: &mut [Trouble]) {
    let fails = |name: &str| {
        let told = |trouble: &Trouble| trouble.methods.iter().any(|it| it == name);
        found.iter().any(told) || (name == "ssh" && !device.has_ssh_host())
    };
    let mut methods = device
        .methods(Section::Boot)
        .map(|(name, _)| name)
        .peekable();
    if methods.peek().is_some() && methods.all(fails) {
        for trouble in found.iter_mut().filter(|it| !it.methods.is_empty()) {
            trouble.severity = Severity::Error;
        }
    }
}

/// A rendered device.
#[derive(Debug, Clone, Copy)]
struct Rendered<'a>(&'a Value);

impl<'a> Rendered<'a> {
    /// What a path leads to; `None` for null too: LAVA's templates leave keys empty.
    fn at(self, path: &[&str]) -> Option<&'a Value> {
        let found = path.iter().try_fold(self.0, |value, key| match value {
            Value::Map(map) => map.get(*key),
            _ => None,
        });
        found.filter(|value| **value != Value::Null)
    }

    /// The entries of the mapping that a path leads to.
    fn entries(self, path: &[&str]) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        let map = match self.at(path) {
            Some(Value::Map(map)) => Some(map),
            _ => None,
        };
        map.into_iter()
            .flatten()
            .map(|(key, value)| (key.as_str(), value))
    }

    /// Its methods with what they say; a list of names says nothing of any.
    fn methods(self, section: Section) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let path = ["actions", section.word(), "methods"];
        let names = match self.at(&path) {
            Some(Value::Seq(names)) => names.as_slice(),
            _ => &[],
        };
        let names = names.iter().filter_map(|name| match name {
            Value::Str(name) => Some((name.as_str(), &Value::Null)),
            _ => None,
        });
        self.entries(&path).chain(names)
    }

    /// Whether it is a machine that is up and answers by SSH.
    fn has_ssh_host(self) -> bool {
        let host = self.at(&["actions", "deploy", "methods", "ssh", "host"]);
        matches!(host, Some(Value::Str(host)) if !host.is_empty())
            || self.at(&["sandbox"]).is_some()
    }

    /// A command: a text or several, not empty.
    fn has_command(self, name: &str) -> bool {
        match self.at(&["commands", name]) {
            Some(Value::Str(command)) => !command.trim().is_empty(),
            Some(Value::Seq(commands)) => !commands.is_empty(),
            _ => false,
        }
    }
}

/// `bootz`, `bootm or bootz`.
fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => quoted.concat(),
    }
}
