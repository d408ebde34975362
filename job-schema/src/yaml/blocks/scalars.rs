//! Scalars of one line, and texts after `|`.

use std::borrow::Cow;

use super::super::events::{Event, text_end};
use super::Blocks;
use crate::finding::Span;

impl<'a> Blocks<'a> {
    /// A scalar of one line; what follows it is for the caller to judge.
    pub(super) fn scalar(&mut self) -> Option<(Event<'a>, Span)> {
        let start = self.at;
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let (length, event) = match *bytes.first()? {
            b'\'' => single_quoted(rest)?,
            b'"' => {
                let length = 1 + bytes[1..]
                    .iter()
                    .position(|b| matches!(b, b'"' | b'\\' | b'\n'))?;
                if bytes[length] != b'"' {
                    return None;
                }
                (length + 1, quoted(Cow::Borrowed(&rest[1..length])))
            }
            b'-' if self.is_dash() => return None,
            b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|'
            | b'>' | b'%' | b'@' | b'`' => return None,
            _ => plain_scalar(rest),
        };
        self.at += length;
        Some((event, self.span(start, self.at)))
    }

    /// A text after `|`. Its lines stand deeper than `parent`.
    pub(super) fn literal(&mut self, parent: usize) -> Option<()> {
        let (start, mut span) = (self.at, self.span(self.at, self.at));
        let (header, _) = self.rest().split_once('\n')?;
        let keep = match header {
            "|" => Chomp::Clip,
            "|-" => Chomp::Strip,
            "|+" => Chomp::Keep,
            _ => return None,
        };
        self.at += header.len() + 1;
        let first = self.rest_of_line();
        let indent = first.len() - first.trim_start_matches(' ').len();
        if indent == first.len() || indent <= parent {
            return None;
        }
        let mut text = String::new();
        let mut content = 0;
        self.line += 1;
        self.line_start = self.at;
        while self.at < self.text.len() {
            let line = self.rest_of_line();
            let spaces = line.len() - line.trim_start_matches(' ').len();
            let blank = spaces == line.len();
            if spaces < indent && !blank {
                break;
            }
            // The last line of a file may lack its line break; the parser knows what that means.
            self.peek(line.len())?;
            text.push_str(&line[indent.min(spaces)..]);
            text.push('\n');
            if !blank || spaces > indent {
                content = text.len();
            }
            self.at += line.len() + 1;
            self.line += 1;
            self.line_start = self.at;
        }
        match keep {
            Chomp::Clip => text.truncate(content),
            Chomp::Strip => text.truncate(content - 1),
            Chomp::Keep => {}
        }
        span.end = text_end(self.text, start, self.at);
        self.push(quoted(Cow::Owned(text)), span);
        self.skip_to_content();
        (!self.is_marker()).then_some(())
    }
}

/// What happens to the line breaks at the end of a text.
enum Chomp {
    Clip,
    Strip,
    Keep,
}

/// The scalar in single quotes that a text begins with, and its length.
fn single_quoted(text: &str) -> Option<(usize, Event<'_>)> {
    let mut end = 1;
    let mut doubled = false;
    loop {
        match text.as_bytes()[end..] {
            [b'\'', b'\'', ..] => {
                doubled = true;
                end += 2;
            }
            [b'\'', ..] => break,
            [] | [b'\n', ..] => return None,
            _ => end += 1,
        }
    }
    let inner = &text[1..end];
    let inner = if doubled {
        Cow::Owned(inner.replace("''", "'"))
    } else {
        Cow::Borrowed(inner)
    };
    Some((end + 1, quoted(inner)))
}

/// The unquoted scalar that a text begins with, and its length.
fn plain_scalar(text: &str) -> (usize, Event<'_>) {
    let mut end = 0;
    let mut before = 0;
    for (at, byte) in text.bytes().enumerate() {
        let last = match byte {
            b'\n' => true,
            b':' => matches!(text.as_bytes().get(at + 1), None | Some(b' ' | b'\n')),
            b'#' => before == b' ',
            _ => false,
        };
        if last {
            break;
        }
        before = byte;
        if byte != b' ' {
            end = at + 1;
        }
    }
    (end, plain(&text[..end]))
}

pub(super) fn plain(text: &str) -> Event<'_> {
    Event::Scalar {
        props: None,
        text: Cow::Borrowed(text),
        plain: true,
    }
}

fn quoted(text: Cow<'_, str>) -> Event<'_> {
    Event::Scalar {
        props: None,
        text,
        plain: false,
    }
}
