//! `*` and `?` in a word: the word and a text in, whether they fit out.

/// Whether the whole of `text` fits `pattern`.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut in_text) = (0, 0);
    // Where the last `*` was, and how far into the text it reaches: the only place to go back to.
    let mut star: Option<(usize, usize)> = None;
    while in_text < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, in_text));
                at += 1;
            }
            Some(c) if *c == '?' || *c == text[in_text] => {
                at += 1;
                in_text += 1;
            }
            _ => {
                let Some((star_at, reach)) = star else {
                    return false;
                };
                star = Some((star_at, reach + 1));
                at = star_at + 1;
                in_text = reach + 1;
            }
        }
    }
    pattern[at..].iter().all(|c| *c == '*')
}
