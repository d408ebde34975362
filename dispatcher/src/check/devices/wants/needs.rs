//! What the files of methods say that a device must have, and names that are no method's.

use std::sync::LazyLock;

use job_schema::Severity;
use job_schema::describe::{Describer, parse_path};
use job_schema::schema::Language;
use job_schema::suggest::slip;

use super::{Rendered, Trouble};
use crate::plan::method::{self, Section};

/// Words of jobs: methods of deploy, and of boot.
static WORDS: LazyLock<[Vec<String>; 2]> = LazyLock::new(|| ["deploy", "boot"].map(words));

/// What devices can do and no job asks for by that name.
const ABILITIES: &[&str] = &["image", "overlay", "schroot", "u-boot", "usb"];

/// `by_lava`: LAVA's templates have made the device. They list methods for all devices of a kind, so one of which the device
/// says nothing is not meant when there are others.
pub(super) fn check(
    section: Section,
    device: Rendered<'_>,
    by_lava: bool,
    found: &mut Vec<Trouble>,
) {
    let methods = device.methods(section);
    let methods: Vec<_> = methods
        .map(|(name, _)| (name, method::lacking(section, name, device.0)))
        .collect();
    let others = methods.iter().any(|(_, lacks)| lacks.needs.is_empty());
    for (name, lacks) in methods {
        let path = ["actions", section.word(), "methods", name];
        for need in lacks.needs {
            let message = format!("the {} method `{name}` needs {need}", section.word());
            let mut trouble = Trouble::new("D028", Severity::Warning, &path, message);
            trouble.silent = by_lava && others && lacks.unmentioned;
            found.push(match section {
                Section::Boot => trouble.of(&[name]),
                Section::Deploy => trouble,
            });
        }
        if let Some(right) = misspelt(section, name) {
            let message = format!("there is no {} method `{name}`", section.word());
            let trouble = Trouble::new("D029", Severity::Warning, &path, message);
            found.push(trouble.help(format!("did you mean `{right}`?")));
        }
    }
}

/// A device may have methods of its own; only what is one slip away from a known one is told.
fn misspelt(section: Section, name: &str) -> Option<&'static str> {
    let words = match section {
        Section::Deploy => &WORDS[0],
        Section::Boot => &WORDS[1],
    };
    let all = || {
        words
            .iter()
            .map(String::as_str)
            .chain(ABILITIES.iter().copied())
    };
    if all().any(|word| word == name) {
        return None;
    }
    slip(name, all())
}

fn words(block: &str) -> Vec<String> {
    let job = Describer::new(Language::Job);
    let meanings = job.explain(&parse_path(block)).unwrap_or_default();
    let choices = meanings.into_iter().flat_map(|meaning| meaning.choices);
    choices.map(|choice| choice.word).collect()
}
