//! Tags with a comma right after them, as in `[!tag, x]`: the parser panics on them, so they are refused before.
//!
//! In: text. Out: a finding about the first such tag. Whether a `!` begins a tag or stands in a text is for the
//! parser's own scanner to say: it reads the text with a space before each comma in question, and then these tags
//! do no harm.

use libyaml_safer::{Encoding, Mark, Scanner, TokenData};

use super::load::MAX_DEPTH;
use super::problem;
use crate::finding::Finding;

/// What is wrong with a text that may have such a tag; `None` when the parser can have it.
pub(super) fn refused(text: &str) -> Option<Box<Finding>> {
    let commas = candidates(text);
    if commas.is_empty() {
        return None;
    }
    let mut scanner = Scanner::new();
    let spaced = with_spaces(text, &commas);
    scanner.set_encoding(Encoding::Utf8);
    scanner.set_input(spaced.as_bytes());
    let places: Vec<usize> = commas
        .iter()
        .enumerate()
        .map(|(count, at)| at + count)
        .collect();
    // From a place in the spaced text to one in the text.
    let byte = |mark: Mark| {
        let index = usize::try_from(mark.index).unwrap_or(usize::MAX);
        let spaces = places.partition_point(|place| *place < index);
        text.floor_char_boundary(index - spaces)
    };
    let mut level = 0_u32;
    for token in scanner {
        let token = match token {
            Ok(token) => token,
            // The parser would not get further either.
            Err(error) => {
                let at = |mark| problem::place(text, byte(mark), byte(mark));
                let mark = error.problem_mark().map(at);
                return Some(problem::syntax(text, error.problem(), mark, None));
            }
        };
        match token.data {
            TokenData::FlowSequenceStart | TokenData::FlowMappingStart => {
                level += 1;
                if level > MAX_DEPTH {
                    let (start, end) = (byte(token.start_mark), byte(token.end_mark));
                    return Some(problem::too_deep(problem::place(text, start, end)));
                }
            }
            TokenData::FlowSequenceEnd | TokenData::FlowMappingEnd => {
                level = level.saturating_sub(1);
            }
            TokenData::Tag { .. } if level > 0 => {
                let (start, end) = (byte(token.start_mark), byte(token.end_mark));
                if commas.binary_search(&end).is_ok() {
                    return Some(problem::glued_tag(problem::place(text, start, end)));
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
    let mut run_end = 0;
    while let Some(found) = text[from..].find('!') {
        let start = from + found + 1;
        let run = |at: usize, verbatim: bool| {
            let tail = &bytes[at..];
            let end = tail.iter().position(|b| !is_tag_byte(*b, verbatim));
            at + end.unwrap_or(tail.len())
        };
        // Tags may hold a `!` themselves: one walk serves all of them.
        if start > run_end {
            run_end = run(start, false);
        }
        let mut end = run_end;
        if bytes.get(start) == Some(&b'<') {
            end = run(start + 1, true);
            if bytes.get(end) == Some(&b'>') {
                end += 1;
            }
        }
        from = start;
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
