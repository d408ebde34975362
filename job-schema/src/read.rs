//! What the readers share: a located value with its key path, the keys of a mapping, and the report.
//!
//! In: located nodes. Out: typed values. Wrong: findings, several in one pass. A reader that gives `None` has
//! reported why; an error anywhere makes the whole job unusable, so an optional value may fall back to its default.

use indexmap::IndexMap;

use crate::finding::{Finding, Severity, Span};
use crate::yaml::{self, Data, Entry, Node, Spanned, Value};

/// Collects findings.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) findings: Vec<Finding>,
}

impl Report {
    pub(crate) fn error(
        &mut self,
        code: &'static str,
        path: &str,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.push(Severity::Error, code, path, span, message.into())
    }

    pub(crate) fn warning(
        &mut self,
        code: &'static str,
        path: &str,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.push(Severity::Warning, code, path, span, message.into())
    }

    fn push(
        &mut self,
        severity: Severity,
        code: &'static str,
        path: &str,
        span: Span,
        message: String,
    ) -> &mut Finding {
        self.findings
            .push(Finding::new(code, severity, path, span, message));
        self.findings.last_mut().expect("a finding was just pushed")
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.findings.iter().any(|f| f.severity == Severity::Error)
    }
}

/// A value, its key path, and the key that it stands under.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    pub(crate) node: &'a Node,
    pub(crate) path: String,
    key: Option<Span>,
}

impl<'a> Place<'a> {
    pub(crate) fn root(node: &'a Node) -> Self {
        Self {
            node,
            path: String::new(),
            key: None,
        }
    }

    pub(crate) fn under(&self, entry: &'a Entry) -> Self {
        let mut path = self.path.clone();
        yaml::join_key(&mut path, &entry.key.key_text());
        Self {
            node: &entry.value,
            path,
            key: Some(entry.key.span),
        }
    }

    /// Where to point at for the value as a whole: a scalar itself, the key of a list or mapping.
    pub(crate) fn span(&self) -> Span {
        match (self.node.data(), self.key) {
            (Data::Seq(_) | Data::Map(_) | Data::Null, Some(key)) => key,
            (Data::Map(entries), None) => entries
                .first()
                .map_or(self.node.span, |entry| entry.key.span),
            _ => self.node.span,
        }
    }

    fn refuse<'r>(&self, expected: &str, report: &'r mut Report) -> &'r mut Finding {
        let message = format!("expected {expected}, found {}", self.node.kind());
        report.error("J004", &self.path, self.span(), message)
    }

    /// A text.
    pub(crate) fn text(&self, report: &mut Report) -> Option<Spanned<String>> {
        let Some(text) = self.node.as_str() else {
            let finding = self.refuse("a text", report);
            if matches!(
                self.node.data(),
                Data::Bool(_) | Data::Int(_) | Data::Float(_)
            ) {
                finding.help("put it in quotes to make it a text");
            }
            return None;
        };
        Some(Spanned {
            value: text.to_owned(),
            span: self.node.span,
        })
    }

    /// A text without its place.
    pub(crate) fn string(&self, report: &mut Report) -> Option<String> {
        self.text(report).map(|text| text.value)
    }

    pub(crate) fn boolean(&self, report: &mut Report) -> Option<bool> {
        match self.node.data() {
            Data::Bool(b) => Some(*b),
            _ => {
                self.refuse("`true` or `false`", report);
                None
            }
        }
    }

    /// A whole number, at least `least`.
    pub(crate) fn count(&self, least: u32, report: &mut Report) -> Option<u32> {
        let Data::Int(i) = self.node.data() else {
            self.refuse("a whole number", report);
            return None;
        };
        let count = u32::try_from(*i).ok().filter(|n| *n >= least);
        if count.is_none() {
            let message = format!("expected a whole number from {least} up, found {i}");
            report.error("J005", &self.path, self.span(), message);
        }
        count
    }

    /// One of some words.
    pub(crate) fn word(&self, words: &[&'static str], report: &mut Report) -> Option<&'static str> {
        let text = self.text(report)?;
        let word = words.iter().copied().find(|word| *word == text.value);
        if word.is_none() {
            let message = format!("expected {}, found `{}`", one_of(words), *text);
            let finding = report.error("J005", &self.path, text.span, message);
            if let Some(near) = nearest(&text, words.iter().copied()) {
                finding.help(format!("did you mean `{near}`?"));
            }
        }
        word
    }

    /// The items of a list.
    pub(crate) fn items(&self, report: &mut Report) -> Option<Vec<Place<'a>>> {
        let Some(items) = self.node.as_seq() else {
            let finding = self.refuse("a list", report);
            if self.node.as_str().is_some() {
                finding.help("write `[…]` around it to make it a list");
            }
            return None;
        };
        let place = |(index, node)| {
            let mut path = self.path.clone();
            yaml::join_index(&mut path, index);
            Place {
                node,
                path,
                key: None,
            }
        };
        Some(items.iter().enumerate().map(place).collect())
    }

    /// A list of texts.
    pub(crate) fn texts(&self, report: &mut Report) -> Option<Vec<Spanned<String>>> {
        let items = self.items(report)?;
        // All of them are read before the first failure counts: each one is reported.
        let texts: Vec<_> = items.iter().map(|item| item.text(report)).collect();
        texts.into_iter().collect()
    }

    /// A list of texts without their places.
    pub(crate) fn strings(&self, report: &mut Report) -> Option<Vec<String>> {
        Some(
            self.texts(report)?
                .into_iter()
                .map(|text| text.value)
                .collect(),
        )
    }

    /// The entries of a mapping with free keys.
    pub(crate) fn entries(&self, report: &mut Report) -> Option<Vec<(Spanned<String>, Place<'a>)>> {
        let Some(entries) = self.node.as_map() else {
            self.refuse("a mapping", report);
            return None;
        };
        let pair = |entry: &'a Entry| {
            let key = Spanned {
                value: entry.key.key_text(),
                span: entry.key.span,
            };
            (key, self.under(entry))
        };
        Some(entries.iter().map(pair).collect())
    }

    /// A mapping of anything.
    pub(crate) fn values(&self, report: &mut Report) -> Option<IndexMap<String, Value>> {
        let entries = self.entries(report)?;
        Some(
            entries
                .into_iter()
                .map(|(key, place)| (key.value, place.node.to_value()))
                .collect(),
        )
    }

    /// A mapping of scalars, as a shell variable shows them. Nothing at all is an empty mapping.
    pub(crate) fn shell_texts(&self, report: &mut Report) -> Option<IndexMap<String, String>> {
        if self.node.is_null() {
            return Some(IndexMap::new());
        }
        let mut texts = IndexMap::new();
        for (key, place) in self.entries(report)? {
            match place.node.to_value().as_shell_text() {
                Some(text) => {
                    texts.insert(key.value, text);
                }
                None => {
                    let message =
                        format!("expected a text or a number, found {}", place.node.kind());
                    report
                        .warning("J004", &place.path, place.span(), message)
                        .help("it is left out; write the value as one text");
                }
            }
        }
        Some(texts)
    }

    /// The keys of a mapping whose keys are known.
    pub(crate) fn keys(&self, report: &mut Report) -> Option<Keys<'a>> {
        let Some(entries) = self.node.as_map() else {
            self.refuse("a mapping", report);
            return None;
        };
        Some(Keys {
            place: self.clone(),
            entries,
            known: Vec::new(),
        })
    }
}

/// The keys of a mapping: each one asked for is known, the others are reported in the end.
#[derive(Debug)]
pub(crate) struct Keys<'a> {
    pub(crate) place: Place<'a>,
    entries: &'a [Entry],
    known: Vec<&'static str>,
}

impl<'a> Keys<'a> {
    /// An optional key.
    pub(crate) fn get(&mut self, key: &'static str) -> Option<Place<'a>> {
        self.known.push(key);
        let entry = self.entries.iter().find(|e| e.key.as_str() == Some(key))?;
        Some(self.place.under(entry))
    }

    /// A required key.
    pub(crate) fn need(&mut self, key: &'static str, report: &mut Report) -> Option<Place<'a>> {
        let place = self.get(key);
        if place.is_none() {
            let message = format!("the key `{key}` is missing");
            report.error("J003", &self.place.path, self.place.span(), message);
        }
        place
    }

    /// Keys that LAVA takes and nothing needs.
    pub(crate) fn ignore(&mut self, keys: &[&'static str]) {
        self.known.extend_from_slice(keys);
    }

    /// All keys: which ones are right cannot be said, because the method is not known.
    pub(crate) fn ignore_rest(&mut self) {
        self.entries = &[];
    }

    /// Keys that LAVA takes and that do nothing here, though somebody may count on them.
    pub(crate) fn no_effect(&mut self, keys: &[&'static str], report: &mut Report) {
        for key in keys {
            if let Some(place) = self.get(key) {
                let span = place.key.unwrap_or(place.node.span);
                let message = format!("`{key}` has no effect yet in this version");
                report.warning("J008", &place.path, span, message);
            }
        }
    }

    /// Reports the keys that nobody asked for.
    pub(crate) fn done(self, severity: Severity, report: &mut Report) {
        for entry in self.entries {
            let key = entry.key.key_text();
            if self.known.contains(&key.as_str()) {
                continue;
            }
            let path = self.place.under(entry).path;
            let message = match severity {
                Severity::Error => format!("unknown key `{key}`"),
                Severity::Warning => format!("unknown key `{key}`: it has no effect"),
            };
            let finding = report.push(severity, "J006", &path, entry.key.span, message);
            match nearest(&key, self.known.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help(format!("known here: {}", self.known.join(", "))),
            };
        }
    }
}

/// The word that was probably meant.
pub fn nearest<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    words
        .filter(|candidate| similar(word, candidate))
        .max_by(|a, b| strsim::jaro(word, a).total_cmp(&strsim::jaro(word, b)))
}

fn similar(a: &str, b: &str) -> bool {
    let limit = (a.chars().count().max(b.chars().count()) / 3).clamp(1, 3);
    // A long word is nobody's slip of the pen, and would take long to compare.
    a.len() <= 64 && strsim::damerau_levenshtein(a, b) <= limit
}

/// `` `a`, `b` or `c` ``
pub(crate) fn one_of<S: AsRef<str>>(words: &[S]) -> String {
    let quoted: Vec<String> = words.iter().map(|w| format!("`{}`", w.as_ref())).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// The word of `to:` or `method:`, if this version can run it.
pub(crate) fn method_word(
    place: &Place,
    key: &str,
    kind: &str,
    runnable: &[&'static str],
    not_yet: &[&str],
    report: &mut Report,
) -> Option<&'static str> {
    let text = place.text(report)?;
    let word = runnable.iter().copied().find(|word| *word == text.value);
    if word.is_some() {
        return word;
    }
    if not_yet.contains(&text.as_str()) {
        let message = format!(
            "`{key}: {}` is {kind} of LAVA that this version of dispatch cannot run yet; it can: {}",
            *text,
            runnable.join(", ")
        );
        report.error("J040", &place.path, text.span, message);
    } else {
        let message = format!("`{}` is not {kind}", text.escape_debug());
        let finding = report.error("J041", &place.path, text.span, message);
        match nearest(&text, runnable.iter().chain(not_yet).copied()) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help(format!("this version can: {}", runnable.join(", "))),
        };
    }
    None
}
