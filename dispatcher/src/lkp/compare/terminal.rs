//! What a terminal can show, and text made to fit it.

/// What the terminal can show.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    /// Columns.
    pub(crate) width: usize,
    /// Only ASCII.
    pub(crate) ascii: bool,
    /// Verdicts in colour.
    pub(crate) color: bool,
}

/// Breaks a text at its spaces into lines of that width.
pub(super) fn wrap(text: &str, width: usize, lines: &mut Vec<String>) {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
}

/// The character, or one of ASCII that does for it.
pub(super) fn ascii(c: char) -> char {
    match c {
        '·' => '.',
        '•' => 'o',
        '●' => '@',
        '┃' => '#',
        '│' => '|',
        '┊' => ':',
        '─' => '-',
        '└' | '┴' => '+',
        '…' => '~',
        'µ' => 'u',
        c if c.is_ascii() => c,
        _ => '?',
    }
}
