//! Methods as data: which steps a deploy or boot block has, out of a file of `device-types/methods/`.
//!
//! In: a block and a rendered device. Out: one [`Draft`] with all its steps. A method file says which steps there are,
//! under which conditions, and what each does in terms of a few kinds; Rust knows the kinds and two parts, the overlay and
//! downloads, that depend on more than the block.

mod condition;
mod dialogue;
mod each;
mod embedded;
mod expand;
mod file;
mod fill;
mod item;
mod lacks;
mod misread;
mod named;
mod parts_used;
mod scope;
mod template;
mod words;

use job_schema::yaml::Value;

pub(crate) use self::lacks::lacking;
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
/// Job: the device does not have the method, or lacks what it needs; of an imagined device the latter is a warning. Configuration: the device's own step list is wrong.
pub(crate) fn plan(
    section: Section,
    method: &str,
    context: &Context<'_>,
) -> Result<Draft, Failure> {
    let device = &context.spec.device;
    let settings = settings(section, method, device);
    let own;
    let file = match settings.and_then(|s| file::own_steps(s)) {
        Some(steps) => {
            own = MethodFile::of_device(steps, section, method, device)?;
            &own
        }
        None => embedded::method(section, method)?,
    };
    let capability = file.capability(method);
    if !capability.is_empty() && !capability.iter().any(|one| has(section, one, device)) {
        return Err(unsupported(section, method, &capability, device));
    }
    let scope = Scope::of_block(context, settings);
    let of_device = Scope::of_device(&device.config.rendered, settings);
    let mut warnings = Vec::new();
    for need in file.needs.iter().filter(|need| !need.that.holds(&scope)) {
        let line = context.block.span.line;
        let key = section.key();
        let Device { name, .. } = device;
        let or = &need.or;
        // A device that the lab has not got has no file that could say it.
        if device.imagined && need.that.settled(&of_device) == Some(false) {
            warnings.push(format!(
                "line {line}: to run `{key}: {method}`, a device of type {} needs {or}",
                device.device_type
            ));
        } else {
            return Err(Failure::new(
                Class::Job,
                format!("line {line}: `{key}: {method}` on device {name} needs {or}"),
            ));
        }
    }
    let mut drafts = Expander::new(section, method, context).items(&file.steps, &scope)?;
    match (drafts.pop(), drafts.is_empty()) {
        (Some(draft), true) => Ok(draft.warning(warnings)),
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
