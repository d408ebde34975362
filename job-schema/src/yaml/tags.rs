//! Tags with a comma right after them, as in `[!tag, x]`: the parser panics on them, so they have to be found before.
//!
//! In: text. Out: the first such tag. Whether a `!` begins a tag or stands in a text is for the parser's own scanner
//! to say: it reads the text with a space before each comma in question, and then these tags do no harm.

use std::ops::Range;

use libyaml_safer::{Encoding, Mark, Scanner, TokenData};

/// The bytes of the first tag inside brackets that a comma follows without a space.
pub(super) fn glued(text: &str) -> Option<Range<usize>> {
    let commas = candidates(text);
    if commas.is_empty() {
        return None;
    }
    let mut scanner = Scanner::new();
    let spaced = with_spaces(text, &commas);
    scanner.set_encoding(Encoding::Utf8);
    scanner.set_input(spaced.as_bytes());
    let mut level = 0_usize;
    let mut spaces = 0;
    // An error ends the search: the parser stops there too.
    for token in scanner.map_while(Result::ok) {
        match token.data {
            TokenData::FlowSequenceStart | TokenData::FlowMappingStart => level += 1,
            TokenData::FlowSequenceEnd | TokenData::FlowMappingEnd => {
                level = level.saturating_sub(1);
            }
            TokenData::Tag { .. } => {
                let (start, end) = (byte(token.start_mark), byte(token.end_mark));
                while commas.get(spaces).is_some_and(|at| at + spaces < end) {
                    spaces += 1;
                }
                if level > 0 && commas.get(spaces).is_some_and(|at| at + spaces == end) {
                    return Some(start - spaces..end - spaces);
                }
            }
            _ => {}
        }
    }
    None
}

/// Every comma that ends what would be a tag if its `!` stood at the start of a value.
fn candidates(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut commas = Vec::new();
    let mut from = 0;
    while let Some(found) = text[from..].find('!') {
        let start = from + found + 1;
        let run = |at: usize, verbatim: bool| {
            let tail = &bytes[at..];
            let end = tail.iter().position(|b| !is_tag_byte(*b, verbatim));
            at + end.unwrap_or(tail.len())
        };
        let mut end = run(start, false);
        from = start;
        if bytes.get(start) == Some(&b'<') {
            end = run(start + 1, true);
            if bytes.get(end) == Some(&b'>') {
                end += 1;
                from = end;
            }
        }
        if bytes.get(end) == Some(&b',') && commas.last().is_none_or(|last| *last < end) {
            commas.push(end);
        }
    }
    commas
}

/// Between `<` and `>` more bytes are allowed.
fn is_tag_byte(byte: u8, verbatim: bool) -> bool {
    byte.is_ascii_alphanumeric()
        || b"-_;/?:@&=+$.%!~*'()".contains(&byte)
        || verbatim && b",[]".contains(&byte)
}

fn with_spaces(text: &str, places: &[usize]) -> String {
    let mut spaced = String::with_capacity(text.len() + places.len() + 1);
    let mut from = 0;
    for place in places {
        spaced.push_str(&text[from..*place]);
        spaced.push(' ');
        from = *place;
    }
    spaced.push_str(&text[from..]);
    // The scanner needs a line break after a block scalar.
    spaced.push('\n');
    spaced
}

fn byte(mark: Mark) -> usize {
    usize::try_from(mark.index).unwrap_or(usize::MAX)
}
