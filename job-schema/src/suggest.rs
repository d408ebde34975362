//! The word that was probably meant, and whether that is certain enough to write it.

use crate::yaml::Value;

/// Edits between a word and what is taken for the same word.
const MOST_SLIPS: usize = 3;

/// The most similar word, if one is similar at all.
#[must_use]
pub fn nearest<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    words
        .filter(|candidate| is_near(word, candidate))
        .max_by(|a, b| closeness(word, a).total_cmp(&closeness(word, b)))
}

/// Whether two words are similar at all.
pub(crate) fn is_near(word: &str, candidate: &str) -> bool {
    distance(word, candidate).is_some_and(|edits| edits <= limit(word, candidate))
}

/// Fewer edits first; among equals the likelier beginning.
fn closeness(word: &str, candidate: &str) -> f64 {
    let edits = strsim::damerau_levenshtein(word, candidate);
    strsim::jaro_winkler(word, candidate) - edits as f64
}

/// The word of which `word` is one slip of the pen away, when no other word is as near: it can be written without
/// asking. A word that would need quotes in YAML is never given.
#[must_use]
pub fn slip<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let mut near = words.filter(|candidate| distance(word, candidate) == Some(1));
    let found = near.next()?;
    let certain = near.next().is_none() && word.chars().count() >= 3 && is_plain(found);
    certain.then_some(found)
}

fn limit(a: &str, b: &str) -> usize {
    (a.chars().count().max(b.chars().count()) / 3).clamp(1, MOST_SLIPS)
}

/// `None`: a long word is nobody's slip of the pen, and would take long to compare; words of very different length are
/// not alike.
fn distance(a: &str, b: &str) -> Option<usize> {
    const LONGEST: usize = 64;
    let comparable = a.len() <= LONGEST
        && b.len() <= 2 * LONGEST
        && a.chars().count().abs_diff(b.chars().count()) <= MOST_SLIPS;
    comparable.then(|| strsim::damerau_levenshtein(a, b))
}

/// Whether a word says the same with quotes and without.
fn is_plain(word: &str) -> bool {
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.chars().all(letters)
        && crate::parse_value(word).is_ok_and(|value| value == Value::Str(word.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_certain_when_nothing_else_is_as_near() {
        let cases: &[(&str, &[&str], Option<&str>)] = &[
            ("sever", &["server", "client"], Some("server")),
            ("clinet", &["server", "client"], Some("client")),
            ("node3", &["node1", "node2"], None),
            ("srvr", &["server"], None),
            ("no", &["on"], None),
            ("yess", &["yes"], None),
            ("a b", &["a, b"], None),
        ];
        for (word, words, wanted) in cases {
            assert_eq!(slip(word, words.iter().copied()), *wanted, "{word}");
        }
        assert_eq!(nearest("srvr", ["server", "x"].into_iter()), Some("server"));
        assert_eq!(nearest("zzz", ["server"].into_iter()), None);
    }
}
