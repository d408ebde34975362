//! The word that was probably meant, and whether that is certain enough to write it.

use crate::yaml::Value;

/// Edits between a word and what is taken for the same word.
const MOST_SLIPS: usize = 3;

/// The most similar word, if one is similar at all.
#[must_use]
pub fn nearest<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    words
        .filter_map(|candidate| Some((candidate, closeness(word, candidate)?)))
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(candidate, _)| candidate)
}

/// Whether two words are similar at all.
pub(crate) fn is_near(word: &str, candidate: &str) -> bool {
    closeness(word, candidate).is_some()
}

/// Fewer edits first; among equals the likelier beginning. `None`: the words are not similar.
fn closeness(word: &str, candidate: &str) -> Option<f64> {
    let limit = limit(word, candidate);
    let edits = distance(word, candidate, limit).filter(|edits| *edits <= limit)?;
    Some(strsim::jaro_winkler(word, candidate) - edits as f64)
}

/// The word of which `word` is one slip of the pen away, when no other word is as near: it can be written without
/// asking. A word that would need quotes in YAML is never given.
#[must_use]
pub fn slip<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let mut near = words.filter(|candidate| distance(word, candidate, 1) == Some(1));
    let found = near.next()?;
    let certain = near.next().is_none() && word.chars().count() >= 3 && is_plain(found);
    certain.then_some(found)
}

fn limit(a: &str, b: &str) -> usize {
    (a.chars().count().max(b.chars().count()) / 3).clamp(1, MOST_SLIPS)
}

/// Edits, two swapped letters being one. `None`: certainly more than `most`; a long word is nobody's slip of the pen, and
/// would take long to compare.
fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    const LONGEST: usize = 64;
    let comparable = a.len() <= LONGEST
        && b.len() <= 2 * LONGEST
        && a.chars().count().abs_diff(b.chars().count()) <= most;
    (comparable && !differ_in_letters(a, b, most)).then(|| strsim::osa_distance(a, b))
}

/// Whether one word has more than `most` letters that the other has not: each of them takes an edit. Most words are told
/// apart by that, in a tenth of the time that the edits take.
fn differ_in_letters(a: &str, b: &str, most: usize) -> bool {
    if !a.is_ascii() || !b.is_ascii() {
        return false;
    }
    let mut surplus = [0_i16; 128];
    for letter in a.bytes() {
        surplus[usize::from(letter)] += 1;
    }
    for letter in b.bytes() {
        surplus[usize::from(letter)] -= 1;
    }
    let of_a: i16 = surplus.iter().filter(|count| **count > 0).sum();
    let of_b: i16 = -surplus.iter().filter(|count| **count < 0).sum::<i16>();
    usize::try_from(of_a.max(of_b)).is_ok_and(|letters| letters > most)
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
