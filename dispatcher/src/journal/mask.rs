//! Secrets, taken out where bytes enter the journal.
//!
//! The job's secrets come in once; afterwards strings, events and console bytes go through, each secret replaced by
//! [`MASK`]. A secret of several lines (a key) is masked line by line, because consoles change line ends.

use std::sync::Arc;

use aho_corasick::{AhoCorasick, BuildError, MatchKind};

use super::event::Event;
use crate::failure::Failure;
use crate::lkp::point::Point;

/// What stands where a secret stood. LAVA's word.
pub const MASK: &str = "[MASKED]";

/// Lines of a secret of several lines that are shorter than this say nothing about it, and would mask half a log.
const SHORTEST_LINE: usize = 4;

/// Knows the secrets of a run. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Masker(Option<Arc<Secrets>>);

#[derive(Debug)]
struct Secrets {
    words: Vec<Vec<u8>>,
    longest: usize,
    automaton: AhoCorasick,
}

impl Masker {
    /// A masker for these secrets. Empty ones are ignored.
    ///
    /// # Errors
    ///
    /// When the secrets are too many or too long for one automaton (gigabytes).
    pub fn new<S: AsRef<str>>(secrets: impl IntoIterator<Item = S>) -> Result<Self, BuildError> {
        let mut words: Vec<Vec<u8>> = Vec::new();
        for secret in secrets {
            let lines: Vec<&str> = secret
                .as_ref()
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .collect();
            let least = if lines.len() > 1 { SHORTEST_LINE } else { 1 };
            words.extend(
                lines
                    .iter()
                    .filter(|line| line.len() >= least)
                    .map(|line| line.as_bytes().to_vec()),
            );
        }
        words.sort_unstable();
        words.dedup();
        if words.is_empty() {
            return Ok(Self(None));
        }
        // Longest: of two secrets where one begins with the other, the rest of the longer must not be left.
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&words)?;
        let longest = words.iter().map(Vec::len).max().unwrap_or(0);
        Ok(Self(Some(Arc::new(Secrets {
            words,
            longest,
            automaton,
        }))))
    }

    /// Masks a string in place.
    pub fn mask(&self, text: &mut String) {
        if let Some(secrets) = &self.0
            && secrets.automaton.is_match(text.as_str())
        {
            *text = secrets
                .automaton
                .replace_all(text, &vec![MASK; secrets.words.len()]);
        }
    }

    /// A masker of bytes that come in pieces.
    #[must_use]
    pub fn stream(&self) -> MaskStream {
        MaskStream {
            masker: self.clone(),
            held: Vec::new(),
        }
    }

    /// Masks whatever in an event a job, a lab or a node could have worded. Names of nodes, levels, job ids, paths of
    /// logs and times are the dispatcher's own: they must stay, or the journal could not be folded.
    pub fn mask_event(&self, event: &mut Event) {
        if self.0.is_none() {
            return;
        }
        match event {
            Event::RunStarted {
                job_name,
                job_file,
                metadata,
                run: _,
                version: _,
                pid: _,
            } => {
                self.mask(job_name);
                self.mask(job_file);
                self.mask_json(metadata);
            }
            Event::Note {
                message,
                node: _,
                level: _,
            } => self.mask(message),
            Event::HostOutput { line, node: _ } => self.mask(line),
            Event::BusWaiting { what, on, node: _ } => {
                self.mask(what);
                self.mask(on);
            }
            Event::BusSent { id, data, node: _ } => {
                self.mask(id);
                *data = std::mem::take(data)
                    .into_iter()
                    .map(|(mut key, mut value)| {
                        self.mask(&mut key);
                        self.mask(&mut value);
                        (key, value)
                    })
                    .collect();
            }
            Event::BusDone {
                what,
                failure,
                node: _,
            } => {
                self.mask(what);
                self.mask_option(failure);
            }
            Event::SuiteStarted {
                suite,
                uuid,
                node: _,
            } => {
                self.mask(suite);
                self.mask(uuid);
            }
            Event::SuiteEnded {
                suite,
                node: _,
                finished: _,
                duration: _,
            } => self.mask(suite),
            Event::Case {
                suite,
                set,
                case,
                measurement,
                units,
                reference,
                ..
            } => {
                self.mask(suite);
                self.mask(case);
                for text in [set, measurement, units, reference] {
                    self.mask_option(text);
                }
            }
            Event::Lkp { suite, point, .. } => {
                self.mask(suite);
                self.mask_point(point);
            }
            Event::StepEnded { failure, .. }
            | Event::NodeEnded { failure, .. }
            | Event::RunEnded { failure } => {
                if let Some(failure) = failure {
                    self.mask_failure(failure);
                }
            }
            Event::NodeAssigned { .. } | Event::StepStarted { .. } => {}
        }
    }

    fn mask_point(&self, point: &mut Point) {
        self.mask(&mut point.job);
        self.mask(&mut point.stderr);
        self.mask_option(&mut point.folder);
        point.reasons.iter_mut().for_each(|r| self.mask(r));
        for measurement in &mut point.measurements {
            self.mask(&mut measurement.name);
            self.mask(&mut measurement.value);
            self.mask_option(&mut measurement.unit);
        }
    }

    fn mask_failure(&self, failure: &mut Failure) {
        self.mask(&mut failure.message);
        self.mask(&mut failure.evidence.text);
    }

    fn mask_option(&self, text: &mut Option<String>) {
        if let Some(text) = text {
            self.mask(text);
        }
    }

    fn mask_json(&self, value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => self.mask(text),
            serde_json::Value::Array(items) => {
                items.iter_mut().for_each(|item| self.mask_json(item));
            }
            serde_json::Value::Object(map) => {
                for (mut key, mut item) in std::mem::take(map) {
                    self.mask(&mut key);
                    self.mask_json(&mut item);
                    map.insert(key, item);
                }
            }
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {
            }
        }
    }
}

/// Masks bytes that come in pieces, also where a piece ends inside a secret.
///
/// Holds back the shortest tail that may still become a secret: nearly always nothing, never more than the longest
/// secret. [`MaskStream::finish`] lets it go.
#[derive(Debug, Default)]
pub struct MaskStream {
    masker: Masker,
    held: Vec<u8>,
}

impl MaskStream {
    /// Passes a piece on to `out`.
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let Some(secrets) = self.masker.0.clone() else {
            out.extend_from_slice(piece);
            return;
        };
        let mut bytes = std::mem::take(&mut self.held);
        bytes.extend_from_slice(piece);
        let open = secrets.open_tails(&bytes);
        let first_open = |from: usize| {
            open.iter()
                .copied()
                .find(|&at| at >= from)
                .unwrap_or(bytes.len())
        };
        let mut done = 0;
        for found in secrets.automaton.find_iter(&bytes) {
            // A secret that begins at or after an open tail may turn out to be part of a longer one.
            if found.start() >= first_open(done) {
                break;
            }
            out.extend_from_slice(&bytes[done..found.start()]);
            out.extend_from_slice(MASK.as_bytes());
            done = found.end();
        }
        let keep = first_open(done);
        out.extend_from_slice(&bytes[done..keep]);
        bytes.drain(..keep);
        self.held = bytes;
    }

    /// No more bytes will come: what was held back is no secret, or a whole one.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let held = std::mem::take(&mut self.held);
        match &self.masker.0 {
            Some(secrets) if !held.is_empty() => {
                let masked = secrets
                    .automaton
                    .replace_all_bytes(&held, &vec![MASK; secrets.words.len()]);
                out.extend_from_slice(&masked);
            }
            _ => out.extend_from_slice(&held),
        }
    }
}

impl Secrets {
    /// Where, at the end of `bytes`, a secret may have begun that has not ended; ascending.
    fn open_tails(&self, bytes: &[u8]) -> Vec<usize> {
        let from = bytes.len().saturating_sub(self.longest - 1);
        (from..bytes.len())
            .filter(|&at| {
                let tail = &bytes[at..];
                self.words
                    .iter()
                    .any(|word| word.len() > tail.len() && word.starts_with(tail))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn through(masker: &Masker, pieces: &[&[u8]]) -> Vec<u8> {
        let mut stream = masker.stream();
        let mut out = Vec::new();
        for piece in pieces {
            stream.push(piece, &mut out);
        }
        stream.finish(&mut out);
        out
    }

    #[test]
    fn a_secret_split_across_pieces_is_caught() {
        let masker = Masker::new(["hunter2", "hunter2-long"]).unwrap();
        assert_eq!(
            through(&masker, &[b"pw=hun", b"ter", b"2 done"]),
            b"pw=[MASKED] done"
        );
        assert_eq!(through(&masker, &[b"hunter2", b"-long!"]), b"[MASKED]!");
        assert_eq!(through(&masker, &[b"hunter2", b"-lost"]), b"[MASKED]-lost");
        assert_eq!(through(&masker, &[b"a hunt"]), b"a hunt");
    }

    #[test]
    fn nothing_is_held_without_cause() {
        let masker = Masker::new(["secret"]).unwrap();
        let mut stream = masker.stream();
        let mut out = Vec::new();
        stream.push(b"login: ", &mut out);
        assert_eq!(out, b"login: ");
        stream.push(&vec![b's'; 1 << 20], &mut out);
        assert!(stream.held.len() < 6);
    }

    #[test]
    fn a_key_is_masked_whatever_the_line_ends() {
        let masker = Masker::new(["-----BEGIN KEY-----\nabcdef\nxy\n-----END KEY-----\n"]).unwrap();
        assert_eq!(
            through(&masker, &[b"-----BEGIN KEY-----\r\nabcdef\r\nxy\r\n"]),
            b"[MASKED]\r\n[MASKED]\r\nxy\r\n"
        );
    }

    #[test]
    fn the_words_of_the_journal_itself_stay() {
        let masker = Masker::new(["guest-1", "pass", "token"]).unwrap();
        let mut event = Event::BusSent {
            node: "guest-1".into(),
            id: "token".into(),
            data: [("pass".to_owned(), "my token".to_owned())]
                .into_iter()
                .collect(),
        };
        masker.mask_event(&mut event);
        assert_eq!(
            serde_json::to_string(&event).unwrap(),
            r#"{"event":"bus-sent","node":"guest-1","id":"[MASKED]","data":{"[MASKED]":"my [MASKED]"}}"#
        );
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(
            secrets in proptest::collection::vec("[ab]{1,5}", 1..4),
            text in "[abc]{0,60}",
            cuts in proptest::collection::vec(0usize..60, 0..6),
        ) {
            let masker = Masker::new(&secrets).unwrap();
            let mut whole = text.clone();
            masker.mask(&mut whole);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &text.as_bytes()[pair[0]..pair[1]]).collect();
            prop_assert_eq!(through(&masker, &pieces), whole.into_bytes());
        }
    }
}
