//! Names of what a test block runs: they become parts of the names of results.
//!
//! In: the `name` of a definition, a service, a monitor or something interactive. Out: the text, with what LAVA's
//! schemas (`J050`) or its dispatcher (`J052`) say against it.

use crate::read::{Place, Report};
use crate::yaml::Spanned;

/// What has the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Definition,
    Service,
    Monitor,
    Interactive,
}

impl Named {
    fn words(self) -> &'static str {
        match self {
            Self::Definition => "a test definition",
            Self::Service => "a service",
            Self::Monitor => "a monitor",
            Self::Interactive => "an interactive test",
        }
    }

    /// LAVA's schemas take a `.` in it.
    fn may_have_dots(self) -> bool {
        matches!(self, Self::Definition | Self::Service)
    }
}

pub(super) fn definition(place: &Place<'_>, report: &mut Report) -> Option<Spanned<String>> {
    let name = name(Named::Definition, place, report)?;
    not_lava(&name, place, report);
    Some(name)
}

fn not_lava(name: &Spanned<String>, place: &Place<'_>, report: &mut Report) {
    if **name == "lava" {
        let message = "the name `lava` is taken by the results of LAVA itself";
        report
            .error("J052", place.path(), name.span, message)
            .help("choose another name");
    }
}

pub(super) fn service(place: &Place<'_>, report: &mut Report) -> Option<Spanned<String>> {
    name(Named::Service, place, report)
}

pub(super) fn monitor(place: &Place<'_>, report: &mut Report) -> Option<Spanned<String>> {
    name(Named::Monitor, place, report)
}

pub(super) fn interactive(place: &Place<'_>, report: &mut Report) -> Option<Spanned<String>> {
    name(Named::Interactive, place, report)
}

/// The name of the results of LKP's jobs. LAVA does not know them, so a `.` may be in it.
pub(super) fn lkp(place: &Place<'_>, report: &mut Report) -> Option<Spanned<String>> {
    let name = place.text(report)?;
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    // It becomes a folder, so it is not one of those above.
    if name.chars().all(|c| c == '.') || !name.chars().all(word) {
        let message = format!("`{}` is no name for results", name.escape_debug());
        report
            .error("J050", place.path(), name.span, message)
            .help("use letters, digits, `_`, `-` and `.`");
    }
    not_lava(&name, place, report);
    Some(name)
}

fn name(named: Named, place: &Place<'_>, report: &mut Report) -> Option<Spanned<String>> {
    const HELP: &str = "use letters, digits, `_` and `-`";
    let name = place.text(report)?;
    // Python's `$` allows one line break at the end.
    let text = name.strip_suffix('\n').unwrap_or(&name);
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let dot = |c: char| c == '.' && named.may_have_dots();
    if text.is_empty() || !text.chars().all(|c| word(c) || dot(c)) {
        let message = format!("`{}` is no name for {}", name.escape_debug(), named.words());
        report
            .error("J050", place.path(), name.span, message)
            .help(HELP);
    } else if text.contains('.') {
        let message = format!("LAVA's dispatcher takes no `.` in the name `{text}`");
        report
            .error("J052", place.path(), name.span, message)
            .help(HELP);
    } else if text.len() < name.len() {
        let message = "the name ends with a line break";
        report
            .warning("J052", place.path(), name.span, message)
            .help("write it without `|` or `>`");
    }
    Some(name)
}
