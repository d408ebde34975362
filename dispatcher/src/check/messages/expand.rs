//! What words become.

use std::ops::Range;

use super::shell::tree::{Command, Kind, List, Part, Word};
use super::walk::Walker;

/// A word after it was expanded.
#[derive(Debug, Clone, Default)]
pub(super) struct Expanded {
    /// What is known of it from its beginning on.
    pub(super) known: String,
    /// That is not all.
    pub(super) open: bool,
    /// It is one field, whatever is in it.
    one: bool,
    /// What isn't known of it may make it none or several fields.
    pub(super) loose: bool,
    /// Where it stands.
    pub(super) span: Range<usize>,
    /// Where its text begins in the script, if it stands there letter by letter.
    pub(super) at: Option<usize>,
}

impl Expanded {
    /// The text, if all of it is known.
    pub(super) fn text(self) -> Option<String> {
        (!self.open).then_some(self.known)
    }

    /// The same, borrowed.
    pub(super) fn as_text(&self) -> Option<&str> {
        (!self.open).then_some(self.known.as_str())
    }

    /// The place of the text.
    pub(super) fn exact(&self) -> Option<Range<usize>> {
        let at = self.at.filter(|_| !self.open && !self.known.is_empty())?;
        Some(at..at + self.known.len())
    }
}

/// Signs that the shell replaces where they are not quoted.
const REPLACED: &[char] = &['*', '?', '[', '{'];

impl Walker<'_> {
    /// The words of a command: fields of those that are split, one with `open` for those that nobody can split.
    pub(super) fn arguments(&mut self, words: &[Word]) -> Vec<Expanded> {
        let mut arguments = Vec::new();
        for word in words {
            if let [
                Part::Variable {
                    name,
                    quoted: true,
                    default: None,
                },
            ] = word.parts.as_slice()
                && name == "@"
                && let Some(known) = self.memory.arguments.all()
            {
                arguments.extend(known.iter().cloned().map(|value| Expanded {
                    open: value.is_none(),
                    known: value.unwrap_or_default(),
                    one: true,
                    span: word.span.clone(),
                    ..Expanded::default()
                }));
                continue;
            }
            let expanded = self.expand(word);
            if expanded.one || expanded.open {
                arguments.push(expanded);
                continue;
            }
            let fields = expanded.known.split_whitespace();
            arguments.extend(fields.map(|field| Expanded {
                known: field.to_owned(),
                at: None,
                ..expanded.clone()
            }));
        }
        arguments
    }

    /// The fields of some words, if all are known.
    pub(super) fn fields(&mut self, words: &[Word]) -> Option<Vec<String>> {
        let fields = self.arguments(words);
        fields.into_iter().map(Expanded::text).collect()
    }

    /// A word as one text. Commands inside it run.
    pub(super) fn expand(&mut self, word: &Word) -> Expanded {
        let mut expanded = Expanded {
            one: true,
            span: word.span.clone(),
            at: match word.parts.as_slice() {
                [Part::Text { at, .. }] => *at,
                _ => None,
            },
            ..Expanded::default()
        };
        for (index, part) in word.parts.iter().enumerate() {
            // `"$@"` is several fields, quoted as it is.
            let list = matches!(part, Part::Variable { name, .. } if name == "@");
            let (value, splits) = match part {
                Part::Text { text, quoted, .. } => {
                    let home = index == 0 && text.starts_with('~');
                    let fixed = *quoted || !(home || replaced(text));
                    (fixed.then(|| text.clone()), !quoted)
                }
                Part::Variable {
                    name,
                    default,
                    quoted,
                } => (self.variable(name, default.as_ref()), !quoted),
                Part::Command { list, quoted } => (self.substitute(list), !quoted),
                Part::Opaque => (None, true),
                Part::Assigns(names) => {
                    self.memory.forget(names);
                    (None, true)
                }
            };
            let text = matches!(part, Part::Text { .. });
            let splits = splits || list;
            match value.filter(|value| text || !splits || self.splits_at_blanks(value)) {
                Some(value) if !expanded.open => {
                    let spaces = value.is_empty() || value.contains(char::is_whitespace);
                    if splits && spaces && !text {
                        expanded.one = false;
                    }
                    expanded.known.push_str(&value);
                }
                Some(_) => expanded.open = true,
                None => {
                    expanded.open = true;
                    expanded.loose |= splits;
                }
            }
        }
        // Which part the fields come from is not followed.
        if !expanded.one && word.parts.len() > 1 {
            expanded.open = true;
        }
        expanded
    }

    /// Whether the fields of a value are its words: not after a change of `IFS` that concerns it.
    fn splits_at_blanks(&self, value: &str) -> bool {
        match self.memory.variables.get("IFS") {
            None => true,
            Some(None) => value.is_empty(),
            Some(Some(signs)) => !value.contains(|c: char| c.is_whitespace() || signs.contains(c)),
        }
    }

    fn variable(&mut self, name: &str, default: Option<&Word>) -> Option<String> {
        if let Ok(number) = name.parse::<usize>() {
            let value = self.memory.arguments.value(number);
            return match (value, default) {
                (Some(value), Some(default)) if value.is_empty() => self.expand(default).text(),
                (value, _) => value,
            };
        }
        if name == "#" {
            let arguments = self.memory.arguments.all()?;
            return Some(arguments.len().to_string());
        }
        let value = self.memory.variables.get(name).cloned().flatten();
        match (value, default) {
            (Some(value), Some(default)) if value.is_empty() => self.expand(default).text(),
            // A variable that the script never set may come from the environment.
            (value, _) => value,
        }
    }

    /// What a command prints, if that is known.
    fn substitute(&mut self, list: &List) -> Option<String> {
        if let [entry] = list.0.as_slice()
            && entry.rest.is_empty()
            && let [
                Command {
                    kind: Kind::Simple { assigns, words },
                    redirects,
                    ..
                },
            ] = entry.first.commands.as_slice()
            && assigns.is_empty()
            && redirects.is_empty()
            && let Some(printed) = self.printed(words)
        {
            return Some(printed);
        }
        self.subshell(|walker| walker.list(list));
        None
    }

    fn printed(&mut self, words: &[Word]) -> Option<String> {
        // Only words without commands in them: these would run twice.
        let fixed = |word: &Word| !word.parts.iter().any(|p| matches!(p, Part::Command { .. }));
        if !words.iter().all(fixed) {
            return None;
        }
        let fields = self.fields(words)?;
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        match fields.as_slice() {
            [name] if base(name) == "lava-role" => Some(self.role.to_owned()),
            ["echo", rest @ ..] if rest.first().is_none_or(|word| !word.starts_with('-')) => {
                let line = rest.join(" ");
                (!line.contains('\\')).then_some(line)
            }
            ["seq", last] => sequence("1", last),
            ["seq", first, last] => sequence(first, last),
            _ => None,
        }
    }

    /// `lava-role | grep -q guest`
    pub(super) fn asks_for_role(&mut self, commands: &[Command]) -> Option<bool> {
        let [asks, picks] = commands else {
            return None;
        };
        let (Kind::Simple { words: asks, .. }, Kind::Simple { words: picks, .. }) =
            (&asks.kind, &picks.kind)
        else {
            return None;
        };
        let role = self.printed(asks).filter(|role| role == self.role)?;
        let picks = self.fields(picks)?;
        let (name, rest) = picks.split_first()?;
        let (options, words): (Vec<&String>, Vec<&String>) =
            rest.iter().partition(|word| word.starts_with('-'));
        let [word] = words.as_slice() else {
            return None;
        };
        let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        if name != "grep" || word.is_empty() || !word.chars().all(plain) {
            return None;
        }
        match options
            .iter()
            .map(|o| o.as_str())
            .collect::<String>()
            .as_str()
        {
            "" | "-q" => Some(role.contains(word.as_str())),
            "-x" | "-qx" | "-xq" | "-q-x" | "-x-q" => Some(role == **word),
            _ => None,
        }
    }
}

fn replaced(text: &str) -> bool {
    // `{}` alone is a word, `[` alone a command.
    text != "[" && text != "{}" && text.contains(REPLACED)
}

/// The last part of a path.
pub(super) fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn sequence(first: &str, last: &str) -> Option<String> {
    let (first, last) = (first.parse::<i64>().ok()?, last.parse::<i64>().ok()?);
    if last.checked_sub(first)? > 1000 {
        return None;
    }
    let numbers: Vec<String> = (first..=last).map(|number| number.to_string()).collect();
    Some(numbers.join("\n"))
}
