//! Regular expressions: ones that cannot be compiled, and ones that find results but do not say which.

use regex_syntax::ast;

use super::outline::{Block, Name, Outline, name};
use crate::finding::{Finding, Severity};
use crate::read::Report;
use crate::yaml::Node;

pub(super) fn check(job: &Outline<'_>, report: &mut Report) {
    for block in &job.blocks {
        match block.word {
            "boot" => boot(block, report),
            "test" => test(block, report),
            _ => {}
        }
    }
}

fn boot(block: &Block<'_>, report: &mut Report) {
    const LOGIN: [&str; 2] = ["login_prompt", "password_prompt"];
    const MESSAGES: [&str; 3] = [
        "bootloader-final-message",
        "kernel-start-message",
        "shutdown-message",
    ];
    let path = |keys: &str| format!("{}.{keys}", block.path());
    for key in ["prompts", "boot_finished", "failure_message"] {
        let node = block.node.get(key);
        one_or_many(node, || path(key), Severity::Warning, report);
    }
    for (map, keys) in [("auto_login", &LOGIN[..]), ("parameters", &MESSAGES[..])] {
        for key in keys {
            let node = block.node.at(&[map, key]);
            let path = || path(&format!("{map}.{key}"));
            one_or_many(node, path, Severity::Warning, report);
        }
    }
}

fn test(block: &Block<'_>, report: &mut Report) {
    let list = |key| {
        block
            .node
            .get(key)
            .and_then(Node::as_seq)
            .unwrap_or_default()
    };
    for (at, monitor) in list("monitors").iter().enumerate() {
        let path = |key: &str| format!("{}.monitors[{at}].{key}", block.path());
        for key in ["start", "end", "pattern"] {
            one_or_many(monitor.get(key), || path(key), Severity::Error, report);
        }
        if let Some(pattern) = monitor.get("pattern").and_then(name) {
            groups(pattern, &path("pattern"), report);
        }
    }
    for (at, script) in list("interactive").iter().enumerate() {
        let path = format!("{}.interactive[{at}]", block.path());
        let prompts = || format!("{path}.prompts");
        one_or_many(script.get("prompts"), prompts, Severity::Error, report);
        let lines = script.get("script").and_then(Node::as_seq);
        for (at, line) in lines.unwrap_or_default().iter().enumerate() {
            for key in ["successes", "failures"] {
                let messages = line.get(key).and_then(Node::as_seq).unwrap_or_default();
                for (index, message) in messages.iter().enumerate() {
                    let path = || format!("{path}.script[{at}].{key}[{index}].message");
                    one_or_many(message.get("message"), path, Severity::Error, report);
                }
            }
        }
    }
    for (at, definition) in block.definitions().iter().enumerate() {
        let place = ["repository", "parse", "pattern"];
        let pattern = definition.at(&place);
        let path = || format!("{}.definitions[{at}].{}", block.path(), place.join("."));
        one_or_many(pattern, path, Severity::Error, report);
        if let Some(pattern) = pattern.and_then(name) {
            groups(pattern, &path(), report);
        }
    }
}

/// `worst`: how bad it is when nobody understands the expression.
fn one_or_many(
    node: Option<&Node>,
    path: impl Fn() -> String,
    worst: Severity,
    report: &mut Report,
) {
    let Some(node) = node else {
        return;
    };
    if let Some(pattern) = name(node) {
        compiles(pattern, &path, worst, report);
    }
    for (at, item) in node.as_seq().unwrap_or_default().iter().enumerate() {
        if let Some(pattern) = name(item) {
            let path = || format!("{}[{at}]", path());
            compiles(pattern, &path, worst, report);
        }
    }
}

fn compiles(pattern: Name<'_>, path: &dyn Fn() -> String, worst: Severity, report: &mut Report) {
    // Most prompts have nothing to get wrong.
    if !pattern
        .text
        .contains(['\\', '(', ')', '[', '*', '+', '?', '{'])
    {
        return;
    }
    let parsed = regex_syntax::ParserBuilder::new()
        .utf8(false)
        .unicode(false)
        .build()
        .parse(pattern.text);
    let Err(error) = parsed else {
        return;
    };
    let (nobody, reason) = match &error {
        regex_syntax::Error::Parse(error) => (
            python_refuses(error, pattern.text),
            error.kind().to_string(),
        ),
        regex_syntax::Error::Translate(error) => (false, error.kind().to_string()),
        _ => (false, "it is not one".to_owned()),
    };
    if nobody {
        let message = format!("this is no regular expression: {reason}");
        report
            .push(worst, "J044", path(), pattern.span, message)
            .help("put a `\\` before a character that stands for itself");
    } else {
        let message = format!("dispatch does not understand this regular expression: {reason}");
        report
            .warning("J044", path(), pattern.span, message)
            .help("LAVA may understand it; write it without look-around and references to groups");
    }
}

/// Whether Python's `re` cannot compile it either.
fn python_refuses(error: &ast::Error, pattern: &str) -> bool {
    use ast::ErrorKind;
    match error.kind() {
        ErrorKind::GroupUnclosed
        | ErrorKind::GroupUnopened
        | ErrorKind::EscapeUnexpectedEof
        | ErrorKind::ClassRangeInvalid
        | ErrorKind::GroupNameDuplicate { .. }
        | ErrorKind::GroupNameEmpty
        | ErrorKind::GroupNameUnexpectedEof => true,
        // A `[` in brackets is a plain character to Python.
        ErrorKind::ClassUnclosed => pattern.matches('[').count() == 1,
        // So is a `{` with nothing to repeat.
        ErrorKind::RepetitionMissing => {
            let at = error.span().start.offset;
            pattern
                .get(at..)
                .is_some_and(|rest| rest.starts_with(['*', '+', '?']))
        }
        _ => false,
    }
}

/// A result has a name, and a verdict or a number.
fn groups<'r>(pattern: Name<'_>, path: &str, report: &'r mut Report) -> Option<&'r mut Finding> {
    let has = |group: &str| pattern.text.contains(&format!("(?P<{group}>"));
    let lacks = match (has("test_case_id"), has("result") || has("measurement")) {
        (true, true) => return None,
        (false, _) => "`(?P<test_case_id>…)`",
        (true, false) => "`(?P<result>…)`",
    };
    let message = format!("the pattern has no group {lacks}: it gives no result");
    let finding = report.warning("J045", path, pattern.span, message);
    Some(
        finding
            .help("name the groups, for example `(?P<test_case_id>\\S+): (?P<result>pass|fail)`"),
    )
}
