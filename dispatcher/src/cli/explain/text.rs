//! Explanations as text for people.

use std::fmt::Write as _;

use job_schema::describe::{Choice, Key, Lost, Meaning};

/// Lines of documentation are as wide as this.
const WIDTH: usize = 96;
/// So many methods are named.
const NAMED: usize = 12;

/// Whether names stand out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    bold: bool,
}

impl Style {
    pub(super) fn new(bold: bool) -> Self {
        Self { bold }
    }

    fn bold(self, text: &str) -> String {
        if self.bold {
            format!("\u{1b}[1m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// All meanings of a path.
pub(super) fn meanings(path: &str, meanings: &[Meaning], style: Style) -> String {
    let mut text = String::new();
    for meaning in meanings {
        if !text.is_empty() {
            text.push('\n');
        }
        let needed = if meaning.required { ", required" } else { "" };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}: {}{needed}", style.bold(path), meaning.kind);
        if !meaning.methods.is_empty() {
            line(&mut text, &format!("in {}", some(&meaning.methods)), 2, 4);
        }
        for paragraph in meaning.doc.split("\n\n").filter(|text| !text.is_empty()) {
            line(&mut text, paragraph, 2, 2);
        }
        choices(&mut text, &meaning.choices, style);
        keys(&mut text, &meaning.keys, style);
    }
    text
}

/// The top level of a job.
pub(super) fn overview(top: &Meaning, blocks: &[(&str, Meaning)], style: Style) -> String {
    let mut text = String::new();
    line(&mut text, &top.doc, 0, 0);
    keys(&mut text, &top.keys, style);
    for (block, meaning) in blocks {
        let _ = writeln!(text, "\n{}", style.bold(block));
        line(&mut text, first_sentence(&meaning.doc), 2, 2);
        let words: Vec<&str> = meaning.choices.iter().map(|c| c.word.as_str()).collect();
        if !words.is_empty() {
            line(&mut text, &words.join(", "), 2, 2);
        }
    }
    text.push_str("\nMore: dispatch explain deploy, dispatch explain boot.ssh, dispatch explain timeouts.job\n");
    text
}

/// Why a path means nothing.
pub(super) fn lost(lost: &Lost) -> String {
    let place = match lost.at.as_str() {
        "" => "at the top".to_owned(),
        at => format!("in {at}"),
    };
    let word = lost.word.escape_debug();
    let mut text = format!("there is no `{word}` {place}");
    if let Some(near) = &lost.near {
        let _ = write!(text, "; did you mean `{near}`?");
    }
    if lost.known.is_empty() {
        text.push_str("\nit has no keys");
    } else {
        text.push_str("\nthere are:\n");
        line(&mut text, &lost.known.join(", "), 2, 2);
    }
    text.trim_end().to_owned()
}

fn choices(text: &mut String, choices: &[Choice], style: Style) {
    if choices.is_empty() {
        return;
    }
    text.push_str("\nOne of:\n");
    let widest = choices.iter().map(|c| c.word.len()).max().unwrap_or(0);
    for choice in choices {
        let name = padded(&choice.word, widest, style);
        let doc = first_sentence(&choice.doc);
        line(text, &format!("{name}  {doc}"), 2, widest + 4);
    }
}

fn keys(text: &mut String, keys: &[Key], style: Style) {
    if keys.is_empty() {
        return;
    }
    text.push_str("\nKeys (* required):\n");
    let marked = |key: &Key| format!("{}{}", key.name, if key.required { "*" } else { "" });
    let widest = keys.iter().map(|key| marked(key).len()).max().unwrap_or(0);
    for key in keys {
        let name = padded(&marked(key), widest, style);
        let doc = first_sentence(&key.doc);
        let about = if doc.is_empty() {
            key.kind.clone()
        } else {
            format!("{doc} ({})", key.kind)
        };
        line(text, &format!("{name}  {about}"), 2, widest + 4);
    }
}

fn padded(name: &str, width: usize, style: Style) -> String {
    let spaces = " ".repeat(width.saturating_sub(name.len()));
    format!("{}{spaces}", style.bold(name))
}

/// Up to the first full stop that ends a sentence.
fn first_sentence(doc: &str) -> &str {
    let end = doc.match_indices(". ").map(|(at, _)| at).find(|at| {
        let next = doc[at + 2..].chars().next();
        next.is_some_and(char::is_uppercase)
    });
    let sentence = end.map_or(doc, |end| &doc[..end]);
    sentence.trim_end_matches('.')
}

fn some(names: &[String]) -> String {
    let shown = names
        .iter()
        .take(NAMED)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().checked_sub(NAMED) {
        Some(more @ 1..) => format!("{shown} and {more} more"),
        _ => shown,
    }
}

/// Text in lines: the first one after `first` spaces, the others after `rest`.
fn line(out: &mut String, text: &str, first: usize, rest: usize) {
    let mut width = first;
    out.push_str(&" ".repeat(first));
    let mut begins = true;
    // What is padded stays so: only single spaces are places to break at.
    for word in text.split(' ') {
        let long = word.chars().filter(|c| !c.is_control()).count();
        if !begins && width + long + 1 > WIDTH && !word.is_empty() {
            out.push('\n');
            out.push_str(&" ".repeat(rest));
            width = rest;
            begins = true;
        }
        if !begins {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += long;
        begins = false;
    }
    out.push('\n');
}
