//! `{NAME}` words in texts, filled in when a step runs.
//!
//! In: a text, and what words stand for. Out: the text with known words replaced, in one pass: a value that looks like a
//! word stays as it is. Unknown words stay too, as in LAVA.

use indexmap::IndexMap;

/// What words stand for: `kernel` → `/run/…/kernel/Image`. An empty value is known, and stands for nothing.
pub type Words = IndexMap<String, String>;

/// A stretch of a text.
enum Piece<'a> {
    Plain(&'a str),
    /// What a known word stands for.
    Value(&'a str),
}

fn pieces<'a>(text: &'a str, words: &'a Words) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let (mut plain, mut at) = (0, 0);
    while let Some(open) = text[at..].find('{').map(|i| at + i) {
        let inside = &text[open + 1..];
        let value = inside
            .find(['{', '}'])
            .filter(|end| inside[*end..].starts_with('}'))
            .and_then(|end| Some((open + end + 2, words.get(&inside[..end])?)));
        at = open + 1;
        if let Some((after, value)) = value {
            pieces.push(Piece::Plain(&text[plain..open]));
            pieces.push(Piece::Value(value));
            (plain, at) = (after, after);
        }
    }
    pieces.push(Piece::Plain(&text[plain..]));
    pieces
}

/// What is known of every run.
pub const OF_RUNS: [&str; 3] = ["LAVA_JOB_ID", "LAVA_DISPATCHER_IP", "SERVER_IP"];

/// The names of the words in a text. A shell's `${HOME}` is none, nor is anything with a blank or a comma in it.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    let is_name = |name: &&str| {
        let plain = |c: char| c.is_alphanumeric() || "_-.".contains(c);
        !name.is_empty() && name.chars().all(plain)
    };
    text.match_indices('{').filter_map(move |(open, _)| {
        let inside = &text[open + 1..];
        let name = &inside[..inside.find('}')?];
        Some(name)
            .filter(is_name)
            .filter(|_| !text[..open].ends_with('$'))
    })
}

/// The text with its known words replaced.
#[must_use]
pub fn fill(text: &str, words: &Words) -> String {
    pieces(text, words)
        .iter()
        .map(|piece| match piece {
            Piece::Plain(text) | Piece::Value(text) => *text,
        })
        .collect()
}

/// The same for a line of a dialogue: none when a word in it stands for nothing, as in LAVA.
#[must_use]
pub fn fill_line(line: &str, words: &Words) -> Option<String> {
    let empty = |piece: &Piece<'_>| matches!(piece, Piece::Value(""));
    let dropped = pieces(line, words).iter().any(empty);
    (!dropped).then(|| fill(line, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        let words = [
            ("KERNEL", "7/kernel/Image"),
            ("RAMDISK", ""),
            ("tricky", "{KERNEL}"),
        ];
        words.map(|(k, v)| (k.to_owned(), v.to_owned())).into()
    }

    #[test]
    fn known_words_are_replaced_once_and_unknown_ones_stay() {
        for (text, filled) in [
            ("tftp {KERNEL}", "tftp 7/kernel/Image"),
            ("{KERNEL}{KERNEL}", "7/kernel/Image7/kernel/Image"),
            ("{tricky} {NOBODY} ${x} {", "{KERNEL} {NOBODY} ${x} {"),
            ("{{KERNEL}}", "{7/kernel/Image}"),
            ("a{RAMDISK}b {} é{KERNEL", "ab {} é{KERNEL"),
            ("", ""),
        ] {
            assert_eq!(fill(text, &words()), filled, "{text}");
        }
    }

    #[test]
    fn a_line_with_an_empty_word_is_dropped() {
        assert_eq!(fill_line("load {RAMDISK} now", &words()), None);
        assert_eq!(fill_line("load {X}", &words()).unwrap(), "load {X}");
    }
}
