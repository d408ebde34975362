//! Names of what a test block runs: they become parts of the names of results.

use crate::read::{Place, Report};
use crate::yaml::Spanned;

/// Which characters a name may have besides letters, digits, `_` and `-`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dots {
    /// LAVA's schemas take a `.`, its dispatcher does not.
    Later,
    /// Its server does not take a `.`.
    Never,
}

/// The name of a test definition or of a service.
pub(super) fn dispatched(place: &Place<'_>, report: &mut Report) -> Option<Spanned<String>> {
    name(Dots::Later, place, report)
}

/// The name of a monitor, or of something interactive.
pub(super) fn submitted(place: &Place<'_>, report: &mut Report) -> Option<Spanned<String>> {
    name(Dots::Never, place, report)
}

fn name(dots: Dots, place: &Place<'_>, report: &mut Report) -> Option<Spanned<String>> {
    const HELP: &str = "use letters, digits, `_` and `-`";
    let name = place.text(report)?;
    // Python's `$` allows one line break at the end.
    let text = name.strip_suffix('\n').unwrap_or(&name);
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let dot = |c: char| c == '.' && dots == Dots::Later;
    if text.is_empty() || !text.chars().all(|c| word(c) || dot(c)) {
        let message = format!("`{}` is no name for a test", name.escape_debug());
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
