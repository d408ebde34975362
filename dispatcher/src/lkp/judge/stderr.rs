//! The end of LKP's standard error: text of any length goes in, a few lines that are safe to show come out.

use crate::text;

/// Most lines that are kept.
pub(super) const LINES: usize = 40;
/// Most bytes that are kept.
pub(super) const BYTES: usize = 8 << 10;

/// What LKP says many times in every run, about its own tree.
const NOISE: [&str; 2] = [
    "WARN -- skip non-executable ",
    "unshare: sigprocmask unblock failed",
];

/// The last lines, escaped. Of a line that is too long only its end is kept.
pub(super) fn tail(stderr: &str) -> String {
    let mut kept: Vec<String> = Vec::new();
    let mut room = BYTES;
    let lines = stderr
        .lines()
        .rev()
        .filter(|line| !line.trim().is_empty() && !NOISE.iter().any(|noise| line.contains(noise)));
    for line in lines {
        let shown = text::console_line(end(line, BYTES).as_bytes()).replace('\n', " ");
        // A line of nothing but escape sequences.
        if shown.is_empty() {
            continue;
        }
        let shown = end(&shown, room);
        if shown.is_empty() || kept.len() == LINES {
            break;
        }
        // The line end takes room too.
        room = room.saturating_sub(shown.len() + 1);
        kept.push(shown.to_owned());
    }
    kept.reverse();
    kept.join("\n")
}

/// The last bytes of a text, from the beginning of a character.
fn end(text: &str, bytes: usize) -> &str {
    let from = text.len().saturating_sub(bytes);
    let from = (from..=text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len());
    &text[from..]
}
