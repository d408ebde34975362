//! What a node prints, and what is typed to it.

pub mod expect;
pub mod markers;
pub mod session;

use std::fmt::Write as _;

/// Bytes from a node as one printable line: control characters escaped, cut in the middle when longer than `limit`.
#[must_use]
pub fn printable(bytes: &[u8], limit: usize) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            '\r' => {}
            '\t' => out.push(' '),
            c if c.is_control() => {
                // A string takes whatever is written to it.
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c => out.push(c),
        }
    }
    let count = out.chars().count();
    if count > limit {
        let half = limit / 2;
        let head: String = out.chars().take(half).collect();
        let tail: String = out.chars().skip(count - half).collect();
        return format!("{head} … {tail}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn hostile_bytes_become_printable() {
        assert_eq!(
            printable(b"ok\x1b[31mred\xff\r\n", 100),
            "ok\\x1b[31mred\u{fffd}\n"
        );
        assert_eq!(printable(b"0123456789", 4), "01 … 89");
    }
}
