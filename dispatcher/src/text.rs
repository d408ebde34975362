//! Words from a node made safe to show.
//!
//! Bytes or strings that a node chose come in; text that cannot steer a terminal, break a line-based format or grow
//! without bound goes out. Nothing can go wrong: what has no safe form is shown as an escape.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Bytes as hexadecimal digits, two each: what digests are written as.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(
        String::with_capacity(2 * bytes.len()),
        |mut digits, byte| {
            // Writing to a String cannot fail.
            let _ = write!(digits, "{byte:02x}");
            digits
        },
    )
}

/// Names longer than this many bytes are cut by [`name`].
pub const MAX_NAME: usize = 1024;

/// Whether a character may reach a terminal, XML or YAML as it is.
///
/// Beside control characters (C1 too: many terminals take U+009B for `ESC [`) these are refused: those that turn the
/// direction of writing, which can make a line read as another one; line separators, which some readers take for the
/// end of a record; byte order marks and non-characters, which XML and YAML forbid.
fn is_plain(c: char) -> bool {
    !(c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        || u32::from(c) & 0xfffe == 0xfffe)
}

/// The text with every character that is not plain written as an escape: `\n`, `\t`, `\x1b`, `\u{202e}`.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push_escaped(&mut out, c);
    }
    Cow::Owned(out)
}

/// As [`escape`], for text of several lines: line ends and tabs stay.
#[must_use]
pub fn escape_lines(text: &str) -> Cow<'_, str> {
    let stays = |c: char| is_plain(c) || c == '\n' || c == '\t';
    if text.chars().all(stays) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if stays(c) {
            out.push(c);
        } else {
            push_escaped(&mut out, c);
        }
    }
    Cow::Owned(out)
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        c if is_plain(c) => out.push(c),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if u32::from(c) < 0x80 => {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\x{:02x}", u32::from(c));
        }
        c => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
    }
}

/// A name that a node chose (of a test case, a set, a unit), escaped and at most [`MAX_NAME`] bytes long; a longer one
/// is cut and says how long it was.
#[must_use]
pub fn name(text: &str) -> String {
    if text.len() <= MAX_NAME {
        let escaped = escape(text);
        if escaped.len() <= MAX_NAME {
            return escaped.into_owned();
        }
    }
    let mut out = String::with_capacity(MAX_NAME + 32);
    for c in text.chars() {
        if out.len() >= MAX_NAME - 8 {
            break;
        }
        push_escaped(&mut out, c);
    }
    let _ = write!(out, "… ({} bytes)", text.len());
    out
}

/// A line of a console as text for a terminal or a report: escape sequences are taken out, invalid UTF-8 is replaced,
/// any other control character is escaped. Carriage returns inside the line (progress bars) end a line of their own.
#[must_use]
pub fn console_line(bytes: &[u8]) -> String {
    // The common line has nothing to take out, and a log has millions of them.
    if bytes.iter().all(|b| (0x20..0x7f).contains(b)) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let decoded = String::from_utf8_lossy(bytes);
    let decoded = anstream::adapter::strip_str(&decoded).to_string();
    let mut out = String::with_capacity(decoded.len());
    for part in decoded.split(['\r', '\n']).filter(|part| !part.is_empty()) {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&escape_lines(part));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_a_terminal_would_obey() {
        assert_eq!(escape("plain ünïcode 測試"), "plain ünïcode 測試");
        assert_eq!(escape("\x1b[31mred\x07\x7f\n"), "\\x1b[31mred\\x07\\x7f\\n");
        assert_eq!(
            escape("c1 \u{9b}31m bidi \u{202e}"),
            "c1 \\u{9b}31m bidi \\u{202e}"
        );
        assert_eq!(escape("\u{ffff}\u{1fffe}"), "\\u{ffff}\\u{1fffe}");
    }

    #[test]
    fn long_names_are_cut_and_say_so() {
        let long = "é".repeat(5_000);
        let cut = name(&long);
        assert!(cut.len() < MAX_NAME + 32, "{}", cut.len());
        assert!(cut.ends_with("… (10000 bytes)"), "{cut}");
        assert_eq!(name("short"), "short");
        assert!(name(&"\x01".repeat(1_000)).len() < MAX_NAME + 32);
    }

    #[test]
    fn console_lines_lose_their_escape_sequences() {
        assert_eq!(console_line(b"\x1b[1;31mFAIL\x1b[0m ok"), "FAIL ok");
        assert_eq!(console_line(b"\x1b]0;title\x07text"), "text");
        assert_eq!(console_line(b"bad \xff utf"), "bad \u{fffd} utf");
        assert_eq!(console_line(b"10%\r20%\r"), "10%\n20%");
        assert_eq!(console_line("c1 \u{9b}31m".as_bytes()), "c1 \\u{9b}31m");
    }

    proptest::proptest! {
        #[test]
        fn nothing_unsafe_survives(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let lossy = String::from_utf8_lossy(&bytes).into_owned();
            proptest::prop_assert!(escape(&lossy).chars().all(is_plain));
            proptest::prop_assert!(name(&lossy).chars().all(is_plain));
            proptest::prop_assert!(console_line(&bytes).chars().all(|c| is_plain(c) || c == '\n' || c == '\t'));
        }
    }
}
