//! `test:`, one file per form.

pub mod definitions;

use crate::read::{Keys, Report};

/// A test block.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `definitions:`
    Definitions(Vec<definitions::Definition>),
}

/// Forms that LAVA has and this version has not.
const NOT_YET: &[&str] = &["docker", "interactive", "monitors", "services"];

/// Reads the keys of a test block, except those of every block.
pub(crate) fn read(keys: &mut Keys, report: &mut Report) -> Option<Test> {
    let mut runnable = true;
    for form in NOT_YET {
        if let Some(place) = keys.get(form) {
            let message = format!(
                "`test: {form}` is a test form of LAVA that this version of dispatch cannot run yet; it can: `definitions`"
            );
            report.error("J040", &place.path, place.span(), message);
            runnable = false;
        }
    }
    if !runnable {
        keys.ignore_rest();
        return None;
    }
    keys.ignore(&["name"]);
    let definitions = keys.need("definitions", report)?;
    let items = definitions.items(report)?;
    if items.is_empty() {
        report.error(
            "J005",
            &definitions.path,
            definitions.span(),
            "there is no test definition",
        );
    }
    let read: Vec<_> = items
        .iter()
        .map(|item| definitions::read(item, report))
        .collect();
    let read: Option<Vec<_>> = read.into_iter().collect();
    Some(Test::Definitions(read?))
}
