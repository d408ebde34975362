//! `<<: file` in a job's text. In: the text and the folder it is in. Out: the text with the files in place of the lines.
//!
//! As in LKP it is done once: a `<<: file` in an included file is only a key without effect. So includes cannot loop.

use job_schema::yaml::Value;

use super::ExpandError;
use super::psych;
use crate::lkp::tree::{Tree, TreeError};

/// The most text that includes may make of a job, in bytes.
const MAX_TEXT: usize = 4 << 20;

/// Puts the included files in place.
pub(super) fn merge(tree: &Tree, file: &str, text: &str) -> Result<String, ExpandError> {
    let mut out = String::with_capacity(text.len());
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        match Line::read(line) {
            Some(include) => {
                let at = number as u32 + 1;
                let found = search(tree, file, &include.file).map_err(|error| match error {
                    TreeError::Outside { .. } => ExpandError::Include {
                        file: file.to_owned(),
                        line: at,
                        name: include.file.clone(),
                        why: "leads out of the tree".to_owned(),
                    },
                    other => ExpandError::Tree(other),
                })?;
                let Some(found) = found else {
                    return Err(ExpandError::Include {
                        file: file.to_owned(),
                        line: at,
                        name: include.file,
                        why: "is not in the tree".to_owned(),
                    });
                };
                let included = include.changed(&tree.read(&found)?);
                let margin: String = include
                    .prefix
                    .chars()
                    .map(|c| if c == '^' || c == ' ' { c } else { ' ' })
                    .collect();
                out.push_str(include.prefix);
                for line in included.split('\n') {
                    out.push('\n');
                    out.push_str(&margin);
                    out.push_str(&inert(line));
                }
            }
            None => out.push_str(line),
        }
        if out.len() > MAX_TEXT {
            return Err(ExpandError::TooLarge {
                file: file.to_owned(),
                limit: MAX_TEXT,
            });
        }
    }
    Ok(out)
}

/// A line that includes.
struct Line<'l> {
    prefix: &'l str,
    file: String,
    ignore: Vec<String>,
    /// Keys with the text that takes the place of their values.
    changes: Vec<(String, String)>,
}

impl<'l> Line<'l> {
    fn read(line: &'l str) -> Option<Self> {
        let (prefix, content) = split(line)?;
        let content = content.trim();
        let plain = |file: &str| Self {
            prefix,
            file: file.to_owned(),
            ignore: Vec::new(),
            changes: Vec::new(),
        };
        if content.starts_with('{')
            && let Ok(Value::Map(map)) = job_schema::parse_value(content)
            && let Some(file) = map.get("file")
        {
            let mut include = plain(&psych::text(file));
            for (key, value) in &map {
                match (key.as_str(), value) {
                    ("file", _) => {}
                    ("ignore", Value::Seq(keys)) => {
                        include.ignore = keys.iter().map(psych::text).collect();
                    }
                    ("ignore", key) => include.ignore = vec![psych::text(key)],
                    _ => {
                        // JSON is YAML; only scalars and short lists stand here.
                        let text = serde_json::to_string(value).unwrap_or_default();
                        include.changes.push((key.clone(), text));
                    }
                }
            }
            return Some(include);
        }
        let quoted = |quote: char| content.strip_prefix(quote)?.strip_suffix(quote);
        Some(plain(
            quoted('\'').or_else(|| quoted('"')).unwrap_or(content),
        ))
    }

    /// The included text without what is ignored and with the changes made in each of its documents.
    fn changed(&self, text: &str) -> String {
        let kept = text
            .lines()
            .filter(|line| !self.ignore.iter().any(|key| is_key(line, key)));
        let mut documents: Vec<Vec<String>> = vec![Vec::new()];
        for line in kept {
            let end = line.trim_end();
            if end == "---" {
                documents.push(Vec::new());
            } else if let Some(document) = documents.last_mut() {
                document.push(line.to_owned());
            }
        }
        for document in &mut documents {
            if document.iter().all(|line| line.trim().is_empty()) {
                continue;
            }
            for (key, value) in &self.changes {
                let found = change(document, key, value);
                if !found {
                    document.push(format!("{key}: {value}"));
                }
            }
        }
        let documents: Vec<String> = documents.iter().map(|lines| lines.join("\n")).collect();
        documents.join("\n---\n")
    }
}

/// What stands before and after `<<:`; nothing when the line merges an alias of its own document.
fn split(line: &str) -> Option<(&str, &str)> {
    let at = line.rfind("<<")?;
    let after = line[at + 2..].trim_start_matches(' ').strip_prefix(':')?;
    let content = after.strip_prefix(' ')?.trim_start_matches(' ');
    let included = !content.is_empty() && !content.starts_with(['*', '[']);
    included.then_some((&line[..at], content))
}

fn is_key(line: &str, key: &str) -> bool {
    line.strip_prefix(key)
        .is_some_and(|rest| rest.trim_start().starts_with(':'))
}

/// Gives a key of a document another value, wherever it is written. As in LKP, of a value below its key the first line
/// goes. Says whether the key was there.
fn change(document: &mut Vec<String>, key: &str, value: &str) -> bool {
    let (mut out, mut found) = (Vec::with_capacity(document.len()), false);
    let mut lines = std::mem::take(document).into_iter();
    while let Some(line) = lines.next() {
        let after = line.split_once(':').map_or("", |(_, after)| after);
        let empty = after.trim().is_empty();
        if !is_key(&line, key) || !(empty || after.starts_with([' ', '\t'])) {
            out.push(line);
            continue;
        }
        if empty {
            lines.by_ref().find(|line| !line.trim().is_empty());
        }
        out.push(format!("{key}: {value}"));
        found = true;
    }
    *document = out;
    found
}

/// An include in an included text is a key of the mapping and no more.
fn inert(line: &str) -> String {
    match split(line) {
        Some((prefix, content)) => format!("{prefix}'<<': {content}"),
        None => line.to_owned(),
    }
}

/// Where LKP looks: in the folder of the job, in the tree's top, then anywhere below `jobs/`, that folder and the top.
fn search(tree: &Tree, from: &str, name: &str) -> Result<Option<String>, TreeError> {
    if name.starts_with('/') {
        return Err(TreeError::Outside {
            path: name.to_owned(),
        });
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let own = format!("{folder}/{name}");
    if tree.has_file(&own)? {
        return Ok(Some(own));
    }
    if name.starts_with("./") || name.starts_with("../") {
        return Ok(None);
    }
    if tree.has_file(name)? {
        return Ok(Some(name.to_owned()));
    }
    let tail = format!("/{name}");
    for top in ["jobs", folder, ""] {
        for path in tree.below(top) {
            if path.ends_with(&tail) && tree.has_file(path)? {
                return Ok(Some(path.to_owned()));
            }
        }
    }
    Ok(None)
}
