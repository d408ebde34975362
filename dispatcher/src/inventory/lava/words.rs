//! A template cut into text and tags, and the names of variables in tags.

/// What a piece of a template is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text, comments, and what is between `raw` and `endraw`.
    Text,
    /// `{{ … }}`
    Print,
    /// `{% … %}`
    Tag,
}

/// A piece of a template.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    /// What it is.
    pub(super) kind: Kind,
    /// All of it, with its delimiters.
    pub(super) text: &'a str,
}

impl<'a> Piece<'a> {
    /// The first word of a tag: `set`, `block`. Empty for other pieces.
    pub(super) fn keyword(&self) -> &'a str {
        match self.kind {
            Kind::Tag => first_word(self.inner()),
            Kind::Text | Kind::Print => "",
        }
    }

    /// The second word of a tag.
    pub(super) fn argument(&self) -> &'a str {
        let inner = self.inner().trim_start();
        first_word(&inner[self.keyword().len()..])
    }

    /// Whether it is `{% block … %}`.
    pub(super) fn opens_block(&self) -> bool {
        self.keyword() == "block"
    }

    /// How it ends: `%}`, `-%}` or `+%}`.
    pub(super) fn end(&self) -> &'a str {
        let marked = self.text.ends_with("-%}") || self.text.ends_with("+%}");
        &self.text[self.text.len() - if marked { 3 } else { 2 }..]
    }

    fn inner(&self) -> &'a str {
        self.text[2..self.text.len() - 2].trim_start_matches(['-', '+'])
    }
}

/// Cuts a template up. `None` when a tag does not end.
pub(super) fn pieces(template: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while !rest.is_empty() {
        let (kind, length) = match opening(rest) {
            Some((0, "{#")) => (Kind::Text, rest.find("#}")? + 2),
            Some((0, "{{")) => (Kind::Print, tag_length(rest, "}}")?),
            Some((0, _)) => (Kind::Tag, tag_length(rest, "%}")?),
            Some((at, _)) => (Kind::Text, at),
            None => (Kind::Text, rest.len()),
        };
        let (text, after) = rest.split_at(length);
        let piece = Piece { kind, text };
        pieces.push(piece);
        rest = after;
        if piece.keyword() == "raw" {
            let (at, _) = rest.match_indices("{%").find(|(at, _)| {
                first_word(rest[at + 2..].trim_start_matches(['-', '+'])) == "endraw"
            })?;
            let (text, after) = rest.split_at(at);
            pieces.push(Piece {
                kind: Kind::Text,
                text,
            });
            rest = after;
        }
    }
    Some(pieces)
}

fn opening(text: &str) -> Option<(usize, &str)> {
    text.match_indices('{').find_map(|(at, _)| {
        let two = text.get(at..at + 2)?;
        matches!(two, "{#" | "{{" | "{%").then_some((at, two))
    })
}

/// The length of a tag that ends with `end` outside of texts in quotes and of braces.
fn tag_length(tag: &str, end: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 2;
    while at < tag.len() {
        let rest = &tag.as_bytes()[at..];
        if depth == 0 && rest.starts_with(end.as_bytes()) {
            return Some(at + 2);
        }
        at += match rest[0] {
            b'"' | b'\'' => quoted_length(rest)?,
            b'{' => {
                depth += 1;
                1
            }
            b'}' => {
                depth = depth.saturating_sub(1);
                1
            }
            _ => 1,
        };
    }
    None
}

fn quoted_length(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            byte if byte == text[0] => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// The names that a `set` tag sets: `a` and `b` of `{% set a, b = … %}`, none of `{% set a.b = … %}`.
pub(super) fn target_names<'a>(piece: &Piece<'a>) -> Vec<&'a str> {
    let inner = piece.inner().trim_start();
    let targets = inner["set".len()..].split(['=', '|']).next();
    targets
        .into_iter()
        .flat_map(|targets| targets.split(','))
        .map(|target| target.trim_matches(|c: char| !is_word(c) && c != '.'))
        .filter(|target| !target.is_empty() && target.chars().all(is_word))
        .collect()
}

/// A tag with its variables renamed. Attributes, filters, tests and names of arguments are no variables.
pub(super) fn rename(piece: &Piece<'_>, new_name: impl Fn(&str) -> Option<String>) -> String {
    let text = piece.text;
    let mut out = String::with_capacity(text.len());
    let mut nested = 0_usize;
    // The last word or sign before the word at hand.
    let mut before = "";
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let first = rest.chars().next().unwrap_or_default();
        let length = match first {
            '"' | '\'' => quoted_length(rest.as_bytes()).unwrap_or(rest.len()),
            c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let token = &rest[..length];
        match first {
            '(' => nested += 1,
            ')' => nested = nested.saturating_sub(1),
            _ => {}
        }
        let after = rest[length..].trim_start();
        let argument = nested > 0 && after.starts_with('=') && !after.starts_with("==");
        let variable = is_word(first)
            && !argument
            && !matches!(before, "." | "|" | "is" | "is not" | "filter");
        match new_name(token).filter(|_| variable) {
            Some(name) => out.push_str(&name),
            None => out.push_str(token),
        }
        if !first.is_whitespace() {
            before = match (before, token) {
                ("is", "not") => "is not",
                _ => token,
            };
        }
        at += length;
    }
    out
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start();
    &text[..text.find(|c| !is_word(c)).unwrap_or(text.len())]
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
