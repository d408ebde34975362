//! Moving through the text, line by line, and looking at what comes next.

use super::Blocks;
use crate::finding::Span;

impl<'a> Blocks<'a> {
    /// Goes past the end of this line, which may have a comment left, to the next line that says something.
    pub(super) fn next_line(&mut self) -> Option<()> {
        self.skip_spaces();
        if !self.is_line_end() || self.peek(0) == Some(b'#') && !self.text[..self.at].ends_with(' ')
        {
            return None;
        }
        self.skip_to_content();
        (!self.is_marker()).then_some(())
    }

    /// From the start of a line, or after what it says, to the next line that says something, or the end.
    pub(super) fn skip_to_content(&mut self) {
        loop {
            if self.peek(0) == Some(b'\n') {
                self.at += 1;
                self.line += 1;
                self.line_start = self.at;
            }
            self.skip_spaces();
            match self.peek(0) {
                Some(b'#') => self.at += self.rest_of_line().len(),
                Some(b'\n') => {}
                _ => break,
            }
        }
    }

    pub(super) fn skip_spaces(&mut self) {
        while self.peek(0) == Some(b' ') {
            self.at += 1;
        }
    }

    /// The column of the next byte, from 0; `None` at the end of the text.
    pub(super) fn column(&self) -> Option<usize> {
        (self.at < self.text.len()).then(|| self.at - self.line_start)
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    /// A space, a line break or the end is `ahead`.
    pub(super) fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), None | Some(b' ' | b'\n'))
    }

    pub(super) fn is_dash(&self) -> bool {
        self.peek(0) == Some(b'-') && self.is_blank(1)
    }

    pub(super) fn is_colon(&self) -> bool {
        self.peek(0) == Some(b':') && self.is_blank(1)
    }

    /// After spaces: nothing is left in this line but a comment.
    pub(super) fn is_line_end(&self) -> bool {
        matches!(self.peek(0), None | Some(b'\n' | b'#'))
    }

    /// The line begins or ends a document.
    pub(super) fn is_marker(&self) -> bool {
        self.at == self.line_start
            && (self.rest().starts_with("---") || self.rest().starts_with("..."))
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn rest_of_line(&self) -> &'a str {
        let rest = self.rest();
        &rest[..rest.find('\n').unwrap_or(rest.len())]
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span {
            start,
            end,
            line: self.line,
            column: u32::try_from(start - self.line_start + 1).unwrap_or(u32::MAX),
        }
    }
}
