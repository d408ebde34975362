//! Names of jobs and of the author's own cases: they become paths, so they stay below their folder (`J070`).

use crate::read::{Place, Read, Report};
use crate::yaml::Spanned;

/// What may stand in a name beside letters and digits.
const OTHERS: &str = "_.+@%=,/-";

/// Reads `jobs`: at least one name.
pub(super) fn jobs(place: &Place<'_>, report: &mut Report) -> Option<Vec<Spanned<String>>> {
    super::words::some(place, "job", report)?;
    paths(place, "a job", wrong, report)
}

/// Reads `cases`. They are on this machine, beside the job file or, by an absolute path, anywhere.
pub(super) fn cases(place: &Place<'_>, report: &mut Report) -> Option<Vec<Spanned<String>>> {
    paths(place, "a case", wrong_case, report)
}

/// What is wrong with a name, and what to do.
type Wrong = (String, &'static str);

fn paths(
    place: &Place<'_>,
    what: &str,
    wrong: fn(&str) -> Option<Wrong>,
    report: &mut Report,
) -> Option<Vec<Spanned<String>>> {
    for item in place.items(report)? {
        if let Some(text) = item.node.as_str()
            && let Some((wrong, help)) = wrong(text)
        {
            let message = format!("`{}` cannot be the name of {what}: {wrong}", shown(text));
            report
                .error("J070", item.path(), item.node.span, message)
                .help(help);
        }
    }
    Vec::read(place, report)
}

const BELOW: &str = "write the path below the folder, without `/` at the start and without `..`";

/// Of an absolute path only the last part becomes a name on the node; the folders have what names they have.
fn wrong_case(text: &str) -> Option<Wrong> {
    if !text.starts_with('/') {
        return wrong(text);
    }
    if text.split('/').any(|part| part == "..") {
        return Some(("it has `..`".to_owned(), BELOW));
    }
    let last = text.trim_end_matches('/').rsplit_once('/');
    wrong(last.map_or(text, |(_, last)| last))
}

fn wrong(text: &str) -> Option<Wrong> {
    let fine = |c: &char| c.is_ascii_alphanumeric() || OTHERS.contains(*c);
    if text.is_empty() {
        return Some(("it is empty".to_owned(), "write the name of a file"));
    }
    if text.starts_with('/') {
        return Some(("it is an absolute path".to_owned(), BELOW));
    }
    if text.split('/').any(|part| part == "..") {
        return Some(("it has `..`".to_owned(), BELOW));
    }
    if text.starts_with('-') {
        let help = "a name that begins with `-` would be taken for an option: rename the file";
        return Some(("it begins with `-`".to_owned(), help));
    }
    let other = text.chars().find(|c| !fine(c))?;
    let help = "names have letters, digits and `_ . + @ % = , / -`: rename the file";
    Some((format!("it has a `{}`", other.escape_default()), help))
}

/// The name for a message: bounded, and without anything that a terminal obeys.
fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let start: String = text.chars().take(MOST).collect();
    let more = if start.len() < text.len() { "…" } else { "" };
    format!("{}{more}", start.escape_debug())
}
