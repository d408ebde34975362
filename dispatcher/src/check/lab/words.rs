//! Words of a lab for messages.

use std::collections::{BTreeSet, HashSet};

use job_schema::Finding;
use job_schema::suggest::{nearest, slip};
use job_schema::yaml::Spanned;

/// Says which word was probably meant, and corrects a slip of the pen.
pub(super) fn suggest<'w, I: Iterator<Item = &'w str>>(
    finding: &mut Finding,
    word: &Spanned<String>,
    words: impl Fn() -> I,
) {
    match nearest(word, words()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help(format!("there are: {}", listed(words()))),
    };
    let distinct: HashSet<&str> = words().collect();
    if let Some(right) = slip(word, distinct.into_iter())
        && word.is_written_whole()
    {
        finding.fix(format!("write `{right}`"), word.span, right);
    }
}

/// Some of the words, in order, each once.
pub(super) fn listed<'w>(words: impl Iterator<Item = &'w str>) -> String {
    const MOST: usize = 20;
    let all: BTreeSet<&str> = words.collect();
    if all.is_empty() {
        return "none".to_owned();
    }
    let some: Vec<&str> = all.iter().take(MOST).copied().collect();
    let more = if all.len() > MOST { ", …" } else { "" };
    format!("{}{more}", some.join(", "))
}
