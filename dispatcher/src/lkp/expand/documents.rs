//! A job's text to its documents. In: a job file of a tree. Out: one mapping for each of its documents, with includes,
//! comments and templates dealt with as LKP deals with them.

use job_schema::yaml::{self, Value};

use super::ruby::{self, RubyError, Scope};
use super::{ExpandError, Map, include, psych, regex};
use crate::lkp::tree::Tree;

/// Documents of one job.
const MAX_DOCUMENTS: usize = 1000;

/// Reads the documents of a job file. The first has something in it; others may be empty.
pub(super) fn read(tree: &Tree, file: &str) -> Result<Vec<Map>, ExpandError> {
    let written = tree.read(file)?;
    let text = include::merge(tree, file, &comments(&written))?;
    let text = braces(&text);
    let text = evaluated(file, &written, text)?;
    let parts = split(&text);
    if parts.len() > MAX_DOCUMENTS {
        return Err(ExpandError::Yaml {
            file: file.to_owned(),
            line: None,
            message: format!("has more than {MAX_DOCUMENTS} documents"),
        });
    }
    let mut documents = Vec::with_capacity(parts.len());
    for part in parts {
        documents.push(document(file, &written, part)?);
    }
    if documents.first().is_none_or(Map::is_empty) {
        return Err(ExpandError::Yaml {
            file: file.to_owned(),
            line: Some(1),
            message: "the first document of a job must be a mapping of keys and values".to_owned(),
        });
    }
    Ok(documents)
}

/// The data of one document; an empty one is an empty mapping.
pub(super) fn document(file: &str, written: &str, text: &str) -> Result<Map, ExpandError> {
    let fail = |line, message: String| ExpandError::Yaml {
        file: file.to_owned(),
        line,
        message,
    };
    let node = yaml::load(text).map_err(|finding| {
        let there = text.lines().nth(finding.span.line.max(1) as usize - 1);
        let message = match &finding.help {
            Some(help) => format!("{}; {help}", finding.message),
            None => finding.message.clone(),
        };
        fail(there.and_then(|it| line_of(written, it)), message)
    })?;
    match psych::value(&node.root) {
        Value::Map(map) => Ok(map),
        Value::Null => Ok(Map::new()),
        _ => {
            let message = format!(
                "holds {} where a mapping of keys is needed",
                node.root.kind()
            );
            Err(fail(None, message))
        }
    }
}

/// The line of a text where a part of it is written, when there is only one such line.
pub(super) fn line_of(text: &str, part: &str) -> Option<u32> {
    let part = part.trim();
    let mut found = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !part.is_empty() && line.trim().contains(part))
        .map(|(number, _)| number as u32 + 1);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Comments after an empty line become keys, as in LKP: what is indented below them belongs to them.
fn comments(text: &str) -> String {
    let Some(regex) = regex(r"\n\n#([! ][-a-zA-Z0-9 !|/?@<>.,_+=%~]+)$") else {
        return text.to_owned();
    };
    replaced(text, &regex, |found| format!("\n:#{}: ", &found[1]))
}

/// `key: {{ code }}` becomes a block of text, which YAML takes.
fn braces(text: &str) -> String {
    let Some(regex) = regex(r"^([^\n]*?[:-]\s+)(\{\{(?s:.*?)\}\})") else {
        return text.to_owned();
    };
    replaced(text, &regex, |found| {
        let margin = " ".repeat(found[1].chars().count() + 1);
        let lines: Vec<String> = found[2]
            .split('\n')
            .map(|line| format!("{margin}{line}"))
            .collect();
        format!("{}|\n{}", found[1], lines.join("\n"))
    })
}

/// Replaces each match; the new text is made of the groups of the match.
fn replaced(
    text: &str,
    regex: &regex_automata::meta::Regex,
    new: impl Fn(&[&str]) -> String,
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for captures in regex.captures_iter(text) {
        let groups: Vec<&str> = captures
            .iter()
            .map(|span| span.map_or("", |span| &text[span.range()]))
            .collect();
        if let Some(whole) = captures.get_match() {
            out.push_str(&text[end..whole.start()]);
            out.push_str(&new(&groups));
            end = whole.end();
        }
    }
    out.push_str(&text[end..]);
    out
}

/// Templates in the job itself; what they may name is its first document.
fn evaluated(file: &str, written: &str, text: String) -> Result<String, ExpandError> {
    if !ruby::is_template(&text) {
        return Ok(text);
    }
    let plain = ruby::without_code(&text);
    let first = split(&plain).first().copied().unwrap_or_default();
    let job = document(file, written, first)?;
    let scope = Scope {
        job: &job,
        found: None,
    };
    let code = text
        .lines()
        .find(|line| line.starts_with('%') || line.contains("<%"))
        .unwrap_or_default();
    ruby::template(&text, &scope)
        .map_err(|error| of_ruby(file, line_of(written, code), code, error))
}

/// An error of code in a file.
pub(super) fn of_ruby(file: &str, line: Option<u32>, code: &str, error: RubyError) -> ExpandError {
    let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let code: String = code.chars().take(120).collect();
    let file = file.to_owned();
    match error {
        RubyError::Name(name) => ExpandError::Name {
            file,
            line,
            code,
            name,
        },
        RubyError::Unknown(what) => ExpandError::Ruby {
            file,
            line,
            code,
            what,
        },
    }
}

/// The documents of a text, without the lines that part them.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        let marker = line.strip_prefix("---");
        if marker.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace)) {
            // What stands before the first marker is a document only when there is something in it.
            if !parts.is_empty() || has_content(&text[start..at]) {
                parts.push(&text[start..at]);
            }
            start = at + 3;
        }
        at += line.len();
    }
    parts.push(&text[start..]);
    parts
}

fn has_content(text: &str) -> bool {
    text.lines()
        .any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
}
