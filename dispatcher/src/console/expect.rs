//! Waiting for one of several patterns in a stream of bytes.
//!
//! All patterns of a wait are one automaton; every byte is looked at once, and nothing of the stream is kept but the
//! automaton's state, however much a node prints.

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};

/// Some patterns, compiled.
pub struct Patterns {
    dfa: DFA,
    cache: Cache,
}

/// A pattern that is not a regular expression.
#[derive(Debug, thiserror::Error)]
#[error("`{pattern}` is not a regular expression that dispatch understands: {reason}")]
pub struct PatternError {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: String,
}

/// A pattern was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Which pattern, from 0.
    pub pattern: usize,
    /// How many bytes of the chunk belong to what came before and to the match itself.
    pub consumed: usize,
}

/// Where a search stands between two chunks.
#[derive(Debug, Clone, Copy)]
pub struct Position(LazyStateID);

impl Patterns {
    /// Compiles patterns; the earliest match in the stream wins, the order of the list breaks ties.
    ///
    /// # Errors
    /// [`PatternError`] names the first pattern that is not a regular expression.
    pub fn new<S: AsRef<str>>(patterns: &[S]) -> Result<Self, PatternError> {
        let all: Vec<&str> = patterns.iter().map(AsRef::as_ref).collect();
        let dfa = build(&all).map_err(|reason| {
            // The list is refused as a whole; the one that is refused alone is to blame.
            all.iter()
                .find_map(|p| {
                    let reason = build(&[p]).err()?;
                    let pattern = (*p).to_owned();
                    Some(PatternError { pattern, reason })
                })
                .unwrap_or_else(|| PatternError {
                    pattern: all.join("` or `"),
                    reason,
                })
        })?;
        let cache = dfa.create_cache();
        Ok(Self { dfa, cache })
    }

    /// The start of a search.
    ///
    /// # Panics
    /// Never: the automaton supports unanchored searches by construction.
    pub fn start(&mut self) -> Position {
        let state = self
            .dfa
            .start_state_forward(&mut self.cache, &Input::new(b"").anchored(Anchored::No))
            .expect("an unanchored search from the beginning has a start state");
        Position(state)
    }

    /// Looks at the next chunk. With nothing found, the search goes on at the returned position.
    ///
    /// A match may end at the end of the chunk: what is there is all there is for now, and a prompt is what a node
    /// prints last.
    ///
    /// # Panics
    /// Never: the automaton has no byte that makes it give up, and its cache is cleared when full.
    pub fn feed(&mut self, from: Position, chunk: &[u8]) -> Result<Found, Position> {
        const LIVES: &str = "the automaton quits on no byte and clears its cache";
        let mut state = from.0;
        for (i, &byte) in chunk.iter().enumerate() {
            state = self
                .dfa
                .next_state(&mut self.cache, state, byte)
                .expect(LIVES);
            // The automaton tells of a match one byte late, so the match ends before this byte.
            if state.is_match() {
                return Ok(Found {
                    pattern: self.dfa.match_pattern(&self.cache, state, 0).as_usize(),
                    consumed: i,
                });
            }
        }
        let end = self
            .dfa
            .next_eoi_state(&mut self.cache, state)
            .expect(LIVES);
        if end.is_match() {
            return Ok(Found {
                pattern: self.dfa.match_pattern(&self.cache, end, 0).as_usize(),
                consumed: chunk.len(),
            });
        }
        Err(Position(state))
    }
}

fn build(patterns: &[&str]) -> Result<DFA, String> {
    let syntax = syntax::Config::new()
        .utf8(false)
        .unicode(false)
        .dot_matches_new_line(true);
    DFA::builder()
        .configure(DFA::config().match_kind(MatchKind::All))
        .syntax(syntax)
        .thompson(thompson::Config::new().utf8(false))
        .build_many(patterns)
        .map_err(|e| innermost(&e))
}

/// The last error of the chain says what is wrong; those before it say who noticed.
fn innermost(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => innermost(source),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(patterns: &[&str], chunks: &[&str]) -> Option<(usize, usize, usize)> {
        let mut patterns = Patterns::new(patterns).unwrap();
        let mut at = patterns.start();
        for (n, chunk) in chunks.iter().enumerate() {
            match patterns.feed(at, chunk.as_bytes()) {
                Ok(found) => return Some((n, found.pattern, found.consumed)),
                Err(next) => at = next,
            }
        }
        None
    }

    #[test]
    fn the_earliest_match_wins() {
        assert_eq!(find(&["b", "a"], &["xxab"]), Some((0, 1, 3)));
    }

    #[test]
    fn the_order_of_the_list_breaks_ties() {
        assert_eq!(
            find(&[r"root@\w+:", r"@host:"], &["root@host: "]),
            Some((0, 0, 10))
        );
    }

    #[test]
    fn a_pattern_may_span_chunks_and_end_a_chunk() {
        assert_eq!(find(&["login:"], &["deb lo", "gi", "n:"]), Some((2, 0, 2)));
        assert_eq!(find(&["# $"], &["root@h:~", "# "]), Some((1, 0, 2)));
    }

    #[test]
    fn bytes_that_are_no_text_do_no_harm() {
        let mut patterns = Patterns::new(&["ok"]).unwrap();
        let at = patterns.start();
        assert_eq!(
            patterns.feed(at, b"\xff\xfe\0ok").ok(),
            Some(Found {
                pattern: 0,
                consumed: 5
            })
        );
    }

    #[test]
    fn a_wrong_pattern_is_named() {
        let error = Patterns::new(&["fine", "(oops"]).err().unwrap();
        assert_eq!(error.pattern, "(oops");
        assert!(error.reason.contains("unclosed group"), "{error}");
    }
}
