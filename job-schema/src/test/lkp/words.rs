//! Texts that become arguments on a node: their letters are limited, and none begins with `-`.

use std::borrow::Cow;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::read::{Place, Read, Report};
use crate::yaml::Spanned;

/// The name of a package, as the node's package manager takes it: `iperf3`, `libssl-dev`, `python3=3.11.2-1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package(pub String);

impl Deref for Package {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Read for Package {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let what = "the name of a package";
        word(place, what, ".+_:~=-", report).map(|name| Self(name.value))
    }
}

impl JsonSchema for Package {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Package".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9.+_:~=-]*$"})
    }
}

/// A text of letters, digits and `more`; it begins with a letter or a digit.
pub(super) fn word(
    place: &Place<'_>,
    what: &str,
    more: &str,
    report: &mut Report,
) -> Option<Spanned<String>> {
    word_from(place, what, ("", more), report)
}

/// The name of a branch, a tag or a commit.
pub(super) fn revision(place: &Place<'_>, report: &mut Report) -> Option<Spanned<String>> {
    word_from(place, "a revision", ("_.", "_.+@%=,/-"), report)
}

/// A text of letters, digits and `more`; the first one is a letter, a digit or one of `first`.
fn word_from(
    place: &Place<'_>,
    what: &str,
    (first, more): (&str, &str),
    report: &mut Report,
) -> Option<Spanned<String>> {
    let text = place.text(report)?;
    let begins = |c: char| c.is_ascii_alphanumeric() || first.contains(c);
    let goes_on = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
    if text.starts_with(begins) && text.chars().all(goes_on) {
        return Some(text);
    }
    let message = format!("`{}` is not {what}", text.escape_debug());
    let help = match text.chars().find(|c| !goes_on(*c)) {
        Some(c) => format!("it cannot have a `{}`", c.escape_debug()),
        None => "it begins with a letter or a digit".to_owned(),
    };
    report
        .error("J005", place.path(), place.node.span, message)
        .help(help);
    None
}

/// A text of at least one character, and its place.
pub(super) fn not_empty(place: &Place<'_>, report: &mut Report) -> Option<Spanned<String>> {
    let text = place.text(report)?;
    if text.is_empty() {
        report.error("J005", place.path(), text.span, "the text is empty");
        return None;
    }
    Some(text)
}

/// A list that has at least one entry.
pub(super) fn some(place: &Place<'_>, what: &str, report: &mut Report) -> Option<()> {
    if place.node.as_seq().is_some_and(<[_]>::is_empty) {
        let message = format!("there is no {what}");
        report.error("J005", place.path(), place.span(), message);
        return None;
    }
    Some(())
}
