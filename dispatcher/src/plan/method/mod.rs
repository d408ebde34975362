//! Methods as data: which steps a deploy or boot block has, out of a file of `device-types/methods/`.
//!
//! In: a block and a rendered device. Out: one [`Draft`] with all its steps. A method file says which steps there are,
//! under which conditions, and what each does in terms of a few kinds; Rust knows the kinds and two parts, the overlay and
//! downloads, that depend on more than the block.

mod condition;
mod dialogue;
mod each;
mod expand;
mod file;
mod fill;
mod item;
mod misread;
mod parts_used;
mod scope;
mod template;
mod words;

use job_schema::yaml::Value;

pub(crate) use self::misread::misread;
pub(crate) use self::parts_used::comes_to;

use self::expand::Expander;
use self::file::MethodFile;
use self::scope::Scope;
use super::context::Context;
use super::draft::Draft;
use crate::failure::{Class, Failure};
use crate::inventory::Device;

/// The kinds of blocks that have methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// `deploy:`
    Deploy,
    /// `boot:`
    Boot,
}

impl Section {
    /// The word, as a job and a device write it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Boot => "boot",
        }
    }

    /// The key of a block that names its method.
    fn key(self) -> &'static str {
        match self {
            Self::Deploy => "deploy: to",
            Self::Boot => "boot: method",
        }
    }
}

/// Plans a block by its method's file, or by the step list that the device has for the method.
///
/// # Errors
/// Job: the device does not have the method, or lacks what it needs. Configuration: the device's own step list is wrong.
pub(crate) fn plan(
    section: Section,
    method: &str,
    context: &Context<'_>,
) -> Result<Draft, Failure> {
    let device = &context.spec.device;
    let settings = settings(section, method, device);
    let file = match settings.and_then(|s| file::own_steps(s)) {
        Some(own) => MethodFile::of_device(own, section, method, device)?,
        None => MethodFile::embedded(section, method)?,
    };
    let capability = file.capability(method);
    if !capability.is_empty() && !capability.iter().any(|one| has(section, one, device)) {
        return Err(unsupported(section, method, &capability, device));
    }
    let scope = Scope::of_block(context, settings);
    for need in &file.needs {
        if !need.that.holds(&scope) {
            return Err(Failure::new(
                Class::Job,
                format!(
                    "line {}: `{}: {method}` on device {} needs {}",
                    context.block.span.line,
                    section.key(),
                    device.name,
                    need.or
                ),
            ));
        }
    }
    let mut drafts = Expander::new(section, method, context).items(&file.steps, &scope)?;
    match (drafts.pop(), drafts.is_empty()) {
        (Some(draft), true) => Ok(draft),
        (last, _) => Err(Failure::new(
            Class::Configuration,
            format!(
                "`{}: {method}` on device {}: its step list makes {} steps where one is expected",
                section.key(),
                device.name,
                drafts.len() + usize::from(last.is_some())
            ),
        )),
    }
}

/// What a device lacks for a method, whatever the job.
#[derive(Debug, Default)]
pub(crate) struct Lacks {
    /// In words.
    pub(crate) needs: Vec<String>,
    /// It says nothing at all of what the method needs.
    pub(crate) unmentioned: bool,
}

/// What a method needs of a device and the rendered `device` does not say. Nothing too for a method that has no file, and
/// for one whose steps are the device's own.
pub(crate) fn lacking(section: Section, method: &str, device: &Value) -> Lacks {
    let settings = settings_of(section, method, device);
    if settings.is_some_and(|s| file::own_steps(s).is_some()) {
        return Lacks::default();
    }
    let Ok(file) = MethodFile::embedded(section, method) else {
        return Lacks::default();
    };
    let lacks = |need: &file::Need, scope: &Scope<'_>| need.that.settled(scope) == Some(false);
    let scope = Scope::of_device(device, settings);
    let (unmet, other): (Vec<_>, Vec<_>) =
        file.needs.into_iter().partition(|need| lacks(need, &scope));
    if unmet.is_empty() {
        return Lacks::default();
    }
    // LAVA's templates write keys without a value, which says nothing.
    let said = filled(device);
    let scope = Scope::of_device(&said, settings_of(section, method, &said));
    let met = |need: &file::Need| need.that.settled(&scope) == Some(true);
    Lacks {
        unmentioned: !other.iter().any(met),
        needs: unmet.into_iter().map(|need| need.or).collect(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Str(text) => text.is_empty(),
        Value::Seq(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => false,
    }
}

/// A value without its keys that are empty, or have only such below them.
fn filled(value: &Value) -> Value {
    match value {
        Value::Map(map) => {
            let filled = map.iter().map(|(key, value)| (key.clone(), filled(value)));
            Value::Map(filled.filter(|(_, value)| !is_empty(value)).collect())
        }
        other => other.clone(),
    }
}

/// That a device has a method.
///
/// # Errors
/// Job: it does not.
pub(crate) fn needs(section: Section, method: &str, device: &Device) -> Result<(), Failure> {
    if has(section, method, device) {
        return Ok(());
    }
    Err(unsupported(section, method, &[method], device))
}

/// A method for which the device has none of the methods that it takes.
fn unsupported(section: Section, method: &str, takes: &[&str], device: &Device) -> Failure {
    let can: Vec<&str> = methods(section, device).map(String::as_str).collect();
    let word = section.word();
    let can = match &can[..] {
        [] => format!("it has no {word} method"),
        can => format!("its {word} methods are: {}", can.join(", ")),
    };
    // A device that LAVA has rendered may say no type, and is named like its file.
    let it = match (device.name.as_str(), device.device_type.as_str()) {
        ("device", "device") => "the device".to_owned(),
        (name, of) if name == of => format!("device {name}"),
        (name, of) => format!("device {name} of type {of}"),
    };
    let takes = match takes {
        names if names.contains(&method) => String::new(),
        others => format!(", for which it needs the method {}", others.join(" or ")),
    };
    Failure::new(
        Class::Job,
        format!("{it} cannot `{}: {method}`{takes}; {can}", section.key()),
    )
}

/// What a rendered device says of a method.
fn settings_of<'v>(section: Section, method: &str, device: &'v Value) -> Option<&'v Value> {
    let path = ["actions", section.word(), "methods", method];
    path.iter().try_fold(device, |value, key| match value {
        Value::Map(map) => map.get(*key),
        _ => None,
    })
}

/// What the device says of a method.
fn settings<'a>(section: Section, method: &str, device: &'a Device) -> Option<&'a Value> {
    device
        .config
        .at(&["actions", section.word(), "methods", method])
}

fn methods(section: Section, device: &Device) -> impl Iterator<Item = &String> {
    match section {
        Section::Deploy => device.config.deploy_methods.iter(),
        Section::Boot => device.config.boot_methods.iter(),
    }
}

fn has(section: Section, method: &str, device: &Device) -> bool {
    methods(section, device).any(|m| m == method)
}
