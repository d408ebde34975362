//! Step lists of a device's own: what a plan could not read in them.

use job_schema::Severity;
use job_schema::yaml::Value;

use super::{Rendered, Trouble};
use crate::plan::method::{self, Section};

/// What to do where nothing better is known.
const READ: &str = "docs/methods.md tells how step lists are written";

pub(super) fn check(section: Section, device: Rendered<'_>, found: &mut Vec<Trouble>) {
    for (name, settings) in device.methods(section) {
        if let Value::Map(map) = settings
            && let Some(steps) = map.get("steps")
        {
            found.extend(of_list(section, name, steps));
        }
    }
}

/// What is wrong with one list.
pub(in super::super) fn of_list(
    section: Section,
    method: &str,
    steps: &Value,
) -> impl Iterator<Item = Trouble> + use<> {
    let above = ["actions", section.word(), "methods", method, "steps"].map(str::to_owned);
    method::misread(steps)
        .into_iter()
        .map(move |wrong| Trouble {
            path: above.iter().cloned().chain(wrong.path).collect(),
            help: wrong.help.or_else(|| Some(READ.to_owned())),
            ..Trouble::new("D030", Severity::Error, &[], wrong.message)
        })
}
