//! Real documents and random changes of them: both ways through a document agree, nothing panics, places are exact.

use std::fs;
use std::path::Path;

use super::super::blocks;
use super::super::events::{Event, Parsed};
use super::super::{Data, Node, load};

/// The YAML files of this repository, and those of the corpus where it is.
fn documents() -> Vec<String> {
    let top = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut found = Vec::new();
    for folder in ["examples", "device-types", "overlays"] {
        collect(&top.join(folder), &mut found);
    }
    assert!(found.len() > 5, "only {} documents", found.len());
    let Some(corpus) = common::corpus::corpus("yaml, on the corpus") else {
        return found;
    };
    collect(&corpus, &mut found);
    let verdicts = fs::read_to_string(corpus.join("verdicts/verdicts.jsonl")).unwrap_or_default();
    for line in verdicts.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("a case per line");
        found.push(case["job"].as_str().expect("a text").to_owned());
    }
    found
}

fn collect(folder: &Path, found: &mut Vec<String>) {
    for item in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = item.path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
            found.extend(fs::read_to_string(&path));
        }
    }
}

/// A small generator of numbers: the same ones in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % limit.max(1)
    }

    /// The text with one character or one line changed.
    fn change(&mut self, text: &str) -> String {
        const PIECES: [&str; 43] = [
            " ", "  ", "\n", "\r\n", "\t", ":", ": ", "-", "- ", "---", "...", "?", "? ", "#",
            " #", "'", "\"", "\\", "[", "]", "{", "}", ",", "&a ", "*a", "!", "!!str ", "!x,",
            "!!int,", "|", "|-\n", ">", "%", "@", "`", "~", "<<: ", "0", "é", "\u{85}", "\u{2028}",
            "\u{feff}", "\u{1}",
        ];
        let piece = PIECES[self.below(PIECES.len())];
        if self.below(3) > 0 {
            let at = text.floor_char_boundary(self.below(text.len() + 1));
            let skip = self.below(2);
            let after = text.ceil_char_boundary((at + skip).min(text.len()));
            return format!("{}{piece}{}", &text[..at], &text[after..]);
        }
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        let (a, b) = (self.below(lines.len()), self.below(lines.len()));
        let changed = format!("{piece}{}", lines.get(a).unwrap_or(&""));
        match self.below(4) {
            _ if lines.is_empty() => {}
            0 => drop(lines.remove(a)),
            1 => lines.swap(a, b),
            2 => lines.insert(b, lines[a]),
            _ => lines[a] = &changed,
        }
        lines.concat()
    }
}

/// Texts, and for each some changes of it.
fn changed(count: usize) -> Vec<String> {
    let documents = documents();
    let mut dice = Dice(1);
    let change = |_| {
        let text = &documents[dice.below(documents.len())];
        // Short ones: more changes in the same time.
        let from = text.floor_char_boundary(dice.below(text.len().saturating_sub(500)));
        let from = text[from..].find('\n').map_or(from, |line| from + line + 1);
        let mut text = text[from..text.ceil_char_boundary((from + 800).min(text.len()))].to_owned();
        for _ in 0..=dice.below(3) {
            text = dice.change(&text);
        }
        text
    };
    (0..count).map(change).collect()
}

/// Texts put together from what the short way looks at: many are YAML.
fn composed(count: usize) -> Vec<String> {
    const PIECES: [&str; 34] = [
        "a", "b", "c", "- ", "- ", "-", ": ", ": ", ":", ":\n", "\n", "\n", "\n", "\n  ", "\n  ",
        "\n    ", "\n ", " ", "  ", "#", " # x", "'d'", "'d''e'", "\"f\"", "|\n", "|-\n", "|+\n",
        "---", "---\n", "...", "\n# y", "1", "'", "\\",
    ];
    let mut dice = Dice(2);
    let compose = |_| {
        let length = 2 + dice.below(14);
        (0..length)
            .map(|_| PIECES[dice.below(PIECES.len())])
            .collect()
    };
    (0..count).map(compose).collect()
}

/// The parser's events of a document, or `None` when it refuses the text.
fn parsed(text: &str) -> Option<Vec<(Event<'_>, crate::Span)>> {
    let mut parser = Parsed::new(text);
    let mut events = Vec::new();
    loop {
        let (event, span) = parser.next().ok()?;
        let last = event == Event::StreamEnd;
        events.push((event, span));
        if last {
            return Some(events);
        }
    }
}

#[test]
fn the_short_way_gives_the_events_of_the_parser() {
    let mut taken = 0;
    let texts = documents()
        .into_iter()
        .chain(changed(4000))
        .chain(composed(20_000));
    for text in texts {
        let Some(mut ours) = blocks::read(&text) else {
            continue;
        };
        taken += 1;
        let mut theirs = parsed(&text).unwrap_or_else(|| panic!("the parser refuses {text:?}"));
        for (event, span) in ours.iter_mut().chain(&mut theirs) {
            // Nobody looks at the places of these.
            if matches!(
                event,
                Event::DocumentStart | Event::SequenceEnd | Event::MappingEnd | Event::StreamEnd
            ) {
                *span = crate::Span::default();
            }
        }
        assert_eq!(ours, theirs, "{text:?}");
    }
    assert!(taken > 1000, "only {taken} documents went the short way");
}

#[test]
fn no_text_makes_the_parser_panic() {
    for text in changed(4000) {
        if let Err(finding) = load(&text) {
            assert!(
                !finding.message.contains("could not be understood"),
                "{text:?}"
            );
            assert!(finding.span.end <= text.len() && text.is_char_boundary(finding.span.start));
        }
    }
}

#[test]
fn what_a_place_holds_is_the_value() {
    let mut checked = 0;
    for text in documents().into_iter().chain(changed(500)) {
        if let Ok(document) = load(&text) {
            check(&document.root, &text, &mut checked);
        }
    }
    assert!(checked > 2000, "only {checked} scalars");
}

fn check(node: &Node, text: &str, checked: &mut usize) {
    let part = &text[node.span.start..node.span.end];
    if part.starts_with('*') {
        return;
    }
    if part.starts_with('[') && node.as_seq().is_some() {
        assert!(part.ends_with(']'), "{part:?} of {text}");
    }
    if part.starts_with('{') && node.as_map().is_some() {
        assert!(part.ends_with('}'), "{part:?} of {text}");
    }
    match node.data() {
        Data::Seq(items) => items.iter().for_each(|item| check(item, text, checked)),
        Data::Map(entries) => {
            for entry in entries.iter() {
                check(&entry.key, text, checked);
                check(&entry.value, text, checked);
            }
        }
        // A block text needs the lines after its header, and ends with the last one that says something.
        Data::Str(value) if part.starts_with(['|', '>']) => {
            let last = value.lines().rfind(|line| !line.trim().is_empty());
            assert!(
                part.ends_with(last.unwrap_or_default()),
                "{part:?} of {text}"
            );
        }
        // Only keys can be a lone `=`, only values in brackets a lone `-`, and no document begins with these characters.
        Data::Str(value)
            if matches!(&**value, "=" | "-") || part.starts_with(['%', '\u{feff}']) => {}
        _ if part.starts_with("---") || part.starts_with("...") || part.ends_with(':') => {}
        _ => {
            let again = load(part).unwrap_or_else(|f| panic!("{part:?} of {text}: {f:?}"));
            let same = again.root.kind() == node.kind() && again.root.key_text() == node.key_text();
            assert!(same, "{part:?} is no {} in {text}", node.kind());
            *checked += 1;
        }
    }
}
