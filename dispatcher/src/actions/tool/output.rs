//! What a program prints, as lines for the journal: escaped, and never more than a journal can bear.
//!
//! In: bytes, in pieces. Out: lines to write down as they come, and the last ones for the evidence of a failure.

use std::collections::VecDeque;

use crate::text::console_line;

/// A longer line is cut, in bytes.
const LONGEST_LINE: usize = 2_000;
/// So many lines are written as they come; after them only the last ones.
const MOST_LINES: usize = 1_000;
/// So many lines are kept for the end.
const LAST_LINES: usize = 20;

/// The lines of a program.
#[derive(Debug, Default)]
pub(super) struct Output {
    open: Vec<u8>,
    /// Bytes of the open line that were thrown away.
    cut: usize,
    lines: usize,
    last: VecDeque<String>,
}

impl Output {
    /// Takes a piece; returns the lines that it completes. A carriage return ends a line too: progress bars.
    pub(super) fn push(&mut self, piece: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for &byte in piece {
            match byte {
                b'\n' | b'\r' => lines.extend(self.end_line()),
                _ if self.open.len() < LONGEST_LINE => self.open.push(byte),
                _ => self.cut += 1,
            }
        }
        lines
    }

    /// No more will come: the open line, and the last ones of those that were too many.
    pub(super) fn finish(&mut self) -> Vec<String> {
        let mut lines: Vec<String> = self.end_line().into_iter().collect();
        let missing = self.lines.saturating_sub(MOST_LINES);
        if missing > 0 {
            let shown = missing.min(self.last.len());
            lines.push(format!("… ({} lines are left out)", missing - shown));
            lines.extend(self.last.iter().skip(self.last.len() - shown).cloned());
        }
        lines
    }

    /// The last lines, for a failure.
    pub(super) fn last_words(&self) -> String {
        self.last
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn end_line(&mut self) -> Option<String> {
        let mut line = console_line(&std::mem::take(&mut self.open));
        let cut = std::mem::take(&mut self.cut);
        if cut > 0 {
            line.push_str(&format!("… ({cut} bytes more)"));
        }
        if line.is_empty() {
            return None;
        }
        self.lines += 1;
        if self.last.len() == LAST_LINES {
            self.last.pop_front();
        }
        self.last.push_back(line.clone());
        (self.lines <= MOST_LINES).then_some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_when_they_are_complete() {
        let mut output = Output::default();
        assert_eq!(output.push(b"one\r\ntw"), ["one"]);
        assert_eq!(output.push(b"o\x1b[31m!\r50%\r\n\nrest"), ["two!", "50%"]);
        assert_eq!(output.finish(), ["rest"]);
        assert_eq!(output.last_words(), "one\ntwo!\n50%\nrest");
    }

    #[test]
    fn endless_lines_and_endless_output_are_cut() {
        let mut output = Output::default();
        assert!(output.push(&vec![b'x'; 1_000_000]).is_empty());
        let lines = output.push(b"\n");
        assert!(
            lines[0].ends_with("x… (998000 bytes more)"),
            "{}",
            lines[0].len()
        );
        let written: usize = (0..5_000)
            .map(|i| output.push(format!("line {i}\n").as_bytes()).len())
            .sum();
        assert_eq!(written, MOST_LINES - 1);
        let end = output.finish();
        assert_eq!(end.len(), LAST_LINES + 1);
        assert_eq!(end[0], "… (3981 lines are left out)");
        assert_eq!(end[LAST_LINES], "line 4999");
        assert!(
            output.open.capacity() == 0,
            "nothing of the long line is kept"
        );
    }
}
