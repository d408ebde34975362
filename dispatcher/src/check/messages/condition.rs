//! Conditions whose words are known: `[ "$(lava-role)" = server ]`, and the patterns of `case`.

use super::shell::tree::{List, Part, Word};
use super::walk::{Done, Flow, Status, Walker};

/// What `test` says to these words; `None` for a word that isn't known.
pub(super) fn decide(words: &[Option<String>]) -> Status {
    let words: Option<Vec<&str>> = words.iter().map(Option::as_deref).collect();
    let words = words?;
    let nots = words.iter().take_while(|word| **word == "!").count();
    if nots > 0 && nots < words.len() {
        return simple(&words[nots..]).map(|good| good == nots.is_multiple_of(2));
    }
    simple(&words)
}

fn simple(words: &[&str]) -> Status {
    match words {
        [] => Some(false),
        [word] => Some(!word.is_empty()),
        ["-n", word] => Some(!word.is_empty()),
        ["-z", word] => Some(word.is_empty()),
        [a, "=" | "==", b] => Some(a == b),
        [a, "!=", b] => Some(a != b),
        [a, operator, b] => {
            let (a, b) = (a.parse::<i64>().ok()?, b.parse::<i64>().ok()?);
            match *operator {
                "-eq" => Some(a == b),
                "-ne" => Some(a != b),
                "-lt" => Some(a < b),
                "-le" => Some(a <= b),
                "-gt" => Some(a > b),
                "-ge" => Some(a >= b),
                _ => None,
            }
        }
        _ => None,
    }
}

impl Walker<'_> {
    pub(super) fn choice(&mut self, word: &Word, arms: &[(Vec<Word>, List)]) -> Done {
        let value = self.expand(word).text();
        self.arms(value.as_deref(), arms)
    }

    fn arms(&mut self, value: Option<&str>, arms: &[(Vec<Word>, List)]) -> Done {
        let Some(((patterns, body), others)) = arms.split_first() else {
            return Done {
                status: Some(true),
                flow: Flow::On,
            };
        };
        match self.matches(value, patterns) {
            Some(true) => self.list(body),
            Some(false) => self.arms(value, others),
            None => self.either(
                |walker| walker.list(body),
                |walker| walker.arms(value, others),
            ),
        }
    }

    fn matches(&mut self, value: Option<&str>, patterns: &[Word]) -> Status {
        let mut answer = Some(false);
        for pattern in patterns {
            if is_star(pattern) {
                return Some(true);
            }
            let fixed = pattern
                .parts
                .iter()
                .all(|part| matches!(part, Part::Text { .. }));
            let pattern = self.expand(pattern).text();
            let pattern = pattern.filter(|text| fixed || !is_pattern(text));
            match (value, pattern) {
                (Some(value), Some(pattern)) if value == pattern => return Some(true),
                (Some(_), Some(_)) => {}
                _ => answer = None,
            }
        }
        answer
    }
}

/// Whether a text may match others than itself.
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '\\'])
}

fn is_star(word: &Word) -> bool {
    matches!(word.parts.as_slice(), [Part::Text { text, quoted: false, .. }] if text == "*")
}
