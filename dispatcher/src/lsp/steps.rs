//! Words of the shell commands that tests speak with. Only what completion and role names need: what a script does is
//! read by `check::messages`.

use std::ops::Range;

/// What stands at the end of a line that is being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A message id.
    MessageId,
    /// The name of a role.
    Role,
}

/// What the command at the end of `line` asks for next, if it is one of ours.
pub(super) fn wanted(line: &str) -> Option<Wanted> {
    let typed = line.rsplit([';', '&', '|', '(', ')', '`']).next()?;
    let words: Vec<&str> = typed.split([' ', '\t']).collect();
    let (_typing, before) = words.split_last()?;
    let before: Vec<&str> = before.iter().copied().filter(|w| !w.is_empty()).collect();
    let last = |command: &str| {
        let place = before
            .iter()
            .rposition(|word| word.trim_start_matches(['"', '\'']) == command)?;
        Some(before.len() - place)
    };
    let calls = ["lava-send", "lava-wait", "lava-wait-all", "lava-sync"];
    if calls.into_iter().any(|command| last(command) == Some(1)) {
        Some(Wanted::MessageId)
    } else if last("lava-wait-all") == Some(2) || last("lava-group") == Some(1) {
        Some(Wanted::Role)
    } else {
        None
    }
}

/// Where roles are named in a script: after `lava-group` and as second word after `lava-wait-all`.
pub(super) fn role_words(text: &str, script: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (command, nth) in [("lava-group", 1), ("lava-wait-all", 2)] {
        let Some(source) = text.get(script.clone()) else {
            continue;
        };
        for (at, _) in source.match_indices(command) {
            let before = source[..at].chars().next_back();
            if before.is_some_and(is_word) {
                continue;
            }
            if let Some(word) = argument(source, at + command.len(), nth) {
                found.push(script.start + word.start..script.start + word.end);
            }
        }
    }
    found
}

/// The `nth` word after a byte, in the same line.
fn argument(source: &str, mut at: usize, nth: usize) -> Option<Range<usize>> {
    for left in (0..nth).rev() {
        let blanks = source[at..].len() - source[at..].trim_start_matches([' ', '\t']).len();
        if blanks == 0 {
            return None;
        }
        let start = at + blanks;
        let quote = source[start..].starts_with(['"', '\'']);
        let start = start + usize::from(quote);
        let word = source[start..].find(|c| !is_word(c));
        let end = word.map_or(source.len(), |length| start + length);
        if start == end {
            return None;
        }
        if left == 0 {
            return Some(start..end);
        }
        at = end + usize::from(quote);
        if !source.is_char_boundary(at) || at > source.len() {
            return None;
        }
    }
    None
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_asks_for_a_word() {
        for (line, expected) in [
            ("    - lava-wait ", Some(Wanted::MessageId)),
            ("    - \"lava-send ip", Some(Wanted::MessageId)),
            ("if true; then lava-sync cl", Some(Wanted::MessageId)),
            ("x && lava-wait-all  ", Some(Wanted::MessageId)),
            ("lava-wait-all load gu", Some(Wanted::Role)),
            ("echo $(lava-group ", Some(Wanted::Role)),
            ("lava-wait", None),
            ("lava-send ipv4 ip", None),
            ("lava-wait x; echo ", None),
            ("", None),
        ] {
            assert_eq!(wanted(line), expected, "{line}");
        }
    }

    #[test]
    fn roles_are_found_in_scripts() {
        let script = "x-lava-group no; lava-group guest | wc; lava-wait-all 'a b' c\n\
                      lava-wait-all load \"host\"; lava-wait-all load; lava-group";
        let found: Vec<&str> = role_words(script, 0..script.len())
            .into_iter()
            .map(|range| &script[range])
            .collect();
        assert_eq!(found, ["guest", "host"]);
    }
}
