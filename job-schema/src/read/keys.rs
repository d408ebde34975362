//! The keys of a mapping: each one asked for is known, the others are reported in the end.

use super::place::Place;
use super::report::Report;
use super::words::one_of;
use crate::finding::Severity;
use crate::suggest::{nearest, slip};
use crate::yaml::Entry;

/// The keys of a mapping.
#[derive(Debug)]
pub(crate) struct Keys<'a> {
    pub(crate) place: &'a Place<'a>,
    entries: &'a [Entry],
    known: Vec<&'static str>,
    unlisted: Vec<&'static str>,
    missing: Vec<&'static str>,
    /// How bad a key is that nobody asked for; `None`: it cannot be said which keys are right.
    unknown: Option<Severity>,
    others: fn(&str) -> bool,
}

impl<'a> Keys<'a> {
    pub(super) fn new(place: &'a Place<'a>, entries: &'a [Entry]) -> Self {
        Self {
            place,
            entries,
            known: Vec::with_capacity(16),
            unlisted: Vec::new(),
            missing: Vec::new(),
            unknown: Some(Severity::Warning),
            others: |_| false,
        }
    }

    /// A key that nobody asks for is an error.
    pub(crate) fn closed(mut self) -> Self {
        self.unknown = Some(Severity::Error);
        self
    }

    /// An optional key.
    pub(crate) fn get(&mut self, key: &'static str) -> Option<Place<'a>> {
        self.known.push(key);
        self.peek(key)
    }

    /// A key that somebody else reads.
    pub(crate) fn peek(&self, key: &str) -> Option<Place<'a>> {
        let entry = self.entries.iter().find(|e| e.key.as_str() == Some(key))?;
        Some(self.place.under(entry))
    }

    /// One of some keys that decide on the others. None is there: the one that was probably meant is missing.
    pub(crate) fn need_one_of(&mut self, words: &'static [&'static str]) -> Option<&'static str> {
        let there = words.iter().copied().find(|word| self.peek(word).is_some());
        if there.is_none() {
            let written = self.entries.iter().filter_map(|entry| entry.key.as_str());
            let meant = written
                .filter_map(|key| nearest(key, words.iter().copied()))
                .next();
            self.missing.extend(meant);
        }
        there
    }

    /// Whether a required key is missing so far.
    pub(crate) fn misses_something(&self) -> bool {
        !self.missing.is_empty()
    }

    /// A required key; that it is missing is said in the end.
    pub(crate) fn need(&mut self, key: &'static str) -> Option<Place<'a>> {
        let place = self.get(key);
        if place.is_none() {
            self.missing.push(key);
        }
        place
    }

    /// An optional key that LAVA's dispatcher reads and its strict schema refuses. It is suggested last.
    pub(crate) fn unlisted(&mut self, key: &'static str, report: &mut Report) -> Option<Place<'a>> {
        self.unlisted.push(key);
        let place = self.peek(key)?;
        self.known.push(key);
        let message = format!("LAVA's strict schema does not know `{key}`");
        let span = place.key_span().unwrap_or(place.node.span);
        report
            .warning("J006", place.path(), span, message)
            .help("it is read all the same");
        Some(place)
    }

    /// Whether somebody asked for a key.
    pub(crate) fn knows(&self, key: &str) -> bool {
        self.known.contains(&key)
    }

    /// Keys that somebody else reads, by what they look like.
    pub(crate) fn ignore_if(&mut self, others: fn(&str) -> bool) {
        self.others = others;
    }

    /// Which keys are right cannot be said.
    pub(crate) fn ignore_rest(&mut self) {
        self.unknown = None;
    }

    /// The word that decides on the other keys.
    pub(crate) fn method(
        &mut self,
        tag: &'static str,
        kind: &str,
        words: &'static [&'static str],
        report: &mut Report,
    ) -> Option<&'static str> {
        let word = self.method_word(tag, kind, words, report);
        if word.is_none() {
            self.ignore_rest();
        }
        word
    }

    fn method_word(
        &mut self,
        tag: &'static str,
        kind: &str,
        words: &'static [&'static str],
        report: &mut Report,
    ) -> Option<&'static str> {
        let place = self.need(tag)?;
        let text = place.str(report)?;
        let word = words.iter().copied().find(|word| *word == text);
        if word.is_none() {
            let message = format!("`{}` is not {kind}", text.escape_debug());
            let finding = report.error("J041", place.path(), place.node.span, message);
            match nearest(text, words.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help(format!("there are: {}", one_of(words))),
            };
            if let Some(word) = slip(text, words.iter().copied()) {
                finding.fix(format!("write `{word}`"), place.node.span, word);
            }
        }
        word
    }

    /// Reports the keys that are missing and those that nobody asked for. A key that looks like a missing one is
    /// probably meant to be it: that is one finding, at the key.
    pub(crate) fn done(mut self, report: &mut Report) {
        let mut unknown: Vec<&Entry> = self
            .entries
            .iter()
            .filter(|e| {
                let known = |key| self.known.contains(&key) || (self.others)(key);
                !e.key.as_str().is_some_and(known)
            })
            .collect();
        for key in std::mem::take(&mut self.missing) {
            let names = unknown.iter().filter_map(|entry| entry.key.as_str());
            let Some(near) = nearest(key, names) else {
                let message = format!("the key `{key}` is missing");
                report.error("J003", self.place.path_of(key), self.place.span(), message);
                continue;
            };
            let index = unknown.iter().position(|e| e.key.as_str() == Some(near));
            let Some(entry) = index.map(|index| unknown.remove(index)) else {
                continue;
            };
            let (code, path) = match self.unknown {
                Some(Severity::Error) => ("J006", self.place.path_of(near)),
                _ => ("J003", self.place.path_of(key)),
            };
            let message = format!("unknown key `{near}`, and the key `{key}` is missing");
            report
                .error(code, path, entry.key.span, message)
                .help(format!("did you mean `{key}`?"))
                .fix(format!("rename it to `{key}`"), entry.key.span, key);
        }
        if let Some(severity) = self.unknown {
            let absent = |known: &&str| self.peek(known).is_none();
            let absent: Vec<&'static str> = self.known.iter().copied().filter(absent).collect();
            for entry in unknown {
                self.report_unknown(entry, &absent, severity, report);
            }
        }
    }

    /// `absent` are the known keys that are not written: asked for once, since a mapping may have very many others.
    fn report_unknown(
        &self,
        entry: &Entry,
        absent: &[&'static str],
        severity: Severity,
        report: &mut Report,
    ) {
        let key = entry.key.key_text();
        let message = match severity {
            Severity::Error => format!("unknown key `{}`", key.escape_debug()),
            Severity::Warning => format!("unknown key `{}`: it has no effect", key.escape_debug()),
        };
        let path = self.place.path_of(&key);
        let finding = report.push(severity, "J006", path, entry.key.span, message);
        let known = self.known.iter().copied();
        let free = absent.iter().copied();
        let unlisted = self.unlisted.iter().copied();
        match nearest(&key, free.clone()) {
            Some(near) => {
                finding.help(format!("did you mean `{near}`?"));
                if slip(&key, free) == Some(near) {
                    finding.fix(format!("rename it to `{near}`"), entry.key.span, near);
                }
                finding
            }
            None => match nearest(&key, unlisted).or_else(|| nearest(&key, known)) {
                Some(near) if self.peek(near).is_none() => {
                    finding.help(format!("did you mean `{near}`?"))
                }
                Some(near) => finding.help(format!("did you mean `{near}`? It is there too")),
                None => finding.help(format!("known here: {}", self.known.join(", "))),
            },
        };
    }
}
