//! What a tree's `etc` folder (and the `programs` beside it) says: directions, failure words, parsers.
//!
//! The tree is the user's, but nothing in it may stop a run: a line that cannot be used is a warning.

use std::collections::HashSet;
use std::io::Read;
use std::path::Path;

use indexmap::IndexMap;

use super::super::point::Better;
use super::patterns::{self, Patterns};
use crate::text;

/// Largest file that is read, in bytes; LKP's own are below 10 KB.
const LARGEST: u64 = 1 << 20;
/// Longest pattern, in bytes.
const LONGEST: usize = 1000;
/// Most patterns of a file.
const MOST: usize = 5000;

/// The files with directions; LKP asks them in this order.
const INDEXES: [&str; 2] = ["index-perf-all.yaml", "index-latency-all.yaml"];

/// Directions: the sign of each pattern's weight.
pub(super) fn index(etc: &Path, warnings: &mut Vec<String>) -> Patterns<Better> {
    let mut all = Vec::new();
    for name in INDEXES {
        let Some(text) = read(&etc.join(name), warnings) else {
            continue;
        };
        let rows: IndexMap<String, serde_yaml::Value> = match serde_yaml::from_str(&text) {
            Ok(rows) => rows,
            Err(e) => {
                let why = text::name(&e.to_string());
                warnings.push(format!(
                    "etc/{name} is not used: it has to map patterns to numbers ({why})"
                ));
                continue;
            }
        };
        let mut used = Vec::new();
        for (pattern, weight) in rows {
            let better = match weight.as_f64() {
                Some(weight) if weight > 0.0 => Better::Higher,
                Some(weight) if weight < 0.0 => Better::Lower,
                _ => {
                    let pattern = text::name(&pattern);
                    warnings.push(format!(
                        "etc/{name}: `{pattern}` is left out: its weight has to be a number other than 0"
                    ));
                    continue;
                }
            };
            used.push((pattern, better));
        }
        all.extend(usable(name, used, warnings));
    }
    compile(all, "the directions", warnings).unwrap_or_else(Patterns::none)
}

/// Failure words; none when the tree has none that can be used. LKP asks for the beginning of a name only.
pub(super) fn failures(etc: &Path, warnings: &mut Vec<String>) -> Option<Patterns<()>> {
    let text = read(&etc.join("failure"), warnings)?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let words: Vec<_> = usable(
        "failure",
        lines.map(|line| (line.to_owned(), ())).collect(),
        warnings,
    );
    if words.is_empty() {
        return None;
    }
    let begins = |(word, ())| (format!("(?:{word}).*"), ());
    compile(
        words.into_iter().map(begins).collect(),
        "the failure words",
        warnings,
    )
}

/// The programs with a parser, and those that run and have none.
pub(super) fn programs(etc: &Path) -> (HashSet<String>, HashSet<String>) {
    let folder = etc.parent().map(|tree| tree.join("programs"));
    let entries = folder.and_then(|folder| std::fs::read_dir(folder).ok());
    entries
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().join("run").exists())
        .filter_map(|entry| {
            let parsed = entry.path().join("parse").exists();
            Some((entry.file_name().into_string().ok()?, parsed))
        })
        .fold(
            Default::default(),
            |(mut parsed, mut silent): (HashSet<_>, HashSet<_>), (name, has)| {
                if has { &mut parsed } else { &mut silent }.insert(name);
                (parsed, silent)
            },
        )
}

fn usable<T>(
    file: &str,
    patterns: Vec<(String, T)>,
    warnings: &mut Vec<String>,
) -> Vec<(String, T)> {
    let mut kept = Vec::new();
    for (pattern, value) in patterns {
        let wrong = if kept.len() >= MOST {
            warnings.push(format!("etc/{file}: only {MOST} patterns are used"));
            break;
        } else if pattern.len() > LONGEST {
            Some(format!("it is longer than {LONGEST} bytes"))
        } else {
            patterns::check(&pattern).err()
        };
        match wrong {
            None => kept.push((pattern, value)),
            Some(why) => warnings.push(format!(
                "etc/{file}: `{}` is left out: {}",
                text::name(&pattern),
                text::name(&why)
            )),
        }
    }
    kept
}

fn compile<T>(
    patterns: Vec<(String, T)>,
    what: &str,
    warnings: &mut Vec<String>,
) -> Option<Patterns<T>> {
    Patterns::new(patterns)
        .map_err(|why| {
            let why = text::name(&why);
            warnings.push(format!("{what} of the tree are not used: {why}"));
        })
        .ok()
}

/// The text of a file. That there is none is no fault: older trees have other files.
fn read(path: &Path, warnings: &mut Vec<String>) -> Option<String> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).ok()?;
    let wrong = match file.take(LARGEST + 1).read_to_end(&mut bytes) {
        Err(e) => e.to_string(),
        Ok(size) if size as u64 > LARGEST => format!("it is larger than {LARGEST} bytes"),
        Ok(_) => return Some(String::from_utf8_lossy(&bytes).into_owned()),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    warnings.push(format!("etc/{name} is not used: {wrong}"));
    None
}
