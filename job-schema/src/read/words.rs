//! Words that were probably meant.

/// The word that was probably meant.
pub(crate) fn nearest<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    words
        .filter(|candidate| similar(word, candidate))
        .max_by(|a, b| closeness(word, a).total_cmp(&closeness(word, b)))
}

/// Fewer edits first; among equals the likelier beginning.
fn closeness(word: &str, candidate: &str) -> f64 {
    let edits = strsim::damerau_levenshtein(word, candidate);
    strsim::jaro_winkler(word, candidate) - edits as f64
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
