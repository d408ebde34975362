//! Many regular expressions asked at once: a name goes in, what belongs to the first pattern that matches all of it
//! comes out.

use regex_automata::meta::Regex;
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::util::syntax;

use crate::text;

/// Most bytes that the compiled patterns may take.
const LARGEST: usize = 32 << 20;

/// Patterns, each with a value.
#[derive(Debug)]
pub(super) struct Patterns<T> {
    regex: Option<Regex>,
    values: Vec<T>,
}

impl<T> Patterns<T> {
    /// No pattern.
    pub(super) const fn none() -> Self {
        Self {
            regex: None,
            values: Vec::new(),
        }
    }

    /// Compiles patterns; each has to match a whole name.
    ///
    /// # Errors
    /// Says why when one of them is no regular expression or all together are too large.
    pub(super) fn new(patterns: Vec<(String, T)>) -> Result<Self, String> {
        if patterns.is_empty() {
            return Ok(Self::none());
        }
        let (regexes, values): (Vec<String>, Vec<T>) = patterns
            .into_iter()
            .map(|(pattern, value)| (format!("^(?:{pattern})$"), value))
            .unzip();
        let config = Regex::config()
            .which_captures(WhichCaptures::Implicit)
            .nfa_size_limit(Some(LARGEST));
        let regex = Regex::builder()
            .configure(config)
            .build_many(&regexes)
            .map_err(|e| match e.pattern() {
                Some(at) => format!("`{}`: {e}", regexes[at.as_usize()]),
                None => e.to_string(),
            })?;
        Ok(Self {
            regex: Some(regex),
            values,
        })
    }

    /// The value of the first pattern that matches the whole name. A name that is longer than any of LKP's matches none:
    /// a node chose it, and the time that matching takes grows with it.
    pub(super) fn first(&self, name: &str) -> Option<&T> {
        if name.len() > text::MAX_NAME {
            return None;
        }
        let found = self.regex.as_ref()?.find(name)?;
        self.values.get(found.pattern().as_usize())
    }
}

/// Whether this is a regular expression, else why not.
pub(super) fn check(pattern: &str) -> Result<(), String> {
    match syntax::parse(&format!("^(?:{pattern})$")) {
        Ok(_) => Ok(()),
        Err(e) => Err(e
            .to_string()
            .lines()
            .last()
            .unwrap_or_default()
            .trim_start_matches("error: ")
            .to_owned()),
    }
}
