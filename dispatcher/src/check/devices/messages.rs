//! Places in the messages of those who read a lab. In: `FILE:LINE: why`. Out: the place in one of the lab's files, and why.

use std::path::Path;

use job_schema::Span;
use job_schema::lines::Lines;
use job_schema::yaml::Node;

use super::file::Files;

/// The place that a message begins with and the rest of it, when the place is in one of the lab's files. LAVA's templates are
/// named without their folder: `own` is the dictionary.
pub(super) fn told_in<'m>(
    message: &'m str,
    own: usize,
    files: &Files,
) -> Option<((usize, Span), &'m str)> {
    let (place, why) = split_place(message);
    let (name, line) = place?;
    let is_own = files.get(own).path.file_name().is_some_and(|it| it == name);
    let at = files.find(Path::new(name)).or(is_own.then_some(own))?;
    let file = files.get(at);
    let written = expression_of(why).zip(file.root.as_ref());
    let span = written.and_then(|(text, root)| holding(root, text, line));
    Some((
        (at, span.unwrap_or_else(|| place_in(&file.text, line))),
        why,
    ))
}

/// The expression that a message begins with: `` `{{rack}}`: … ``.
fn expression_of(message: &str) -> Option<&str> {
    message.strip_prefix('`')?.split("`: ").next()
}

/// Where a text is written that begins in a line.
fn holding(node: &Node, text: &str, line: u32) -> Option<Span> {
    let below = |node: &Node| holding(node, text, line);
    if let Some(one) = node.as_str() {
        return (one == text && node.span.line == line).then_some(node.span);
    }
    let mut items = node.as_seq().unwrap_or_default().iter();
    let mut entries = node.as_map().unwrap_or_default().iter();
    items
        .find_map(below)
        .or_else(|| entries.find_map(|entry| below(&entry.value)))
}

/// A line, without the spaces around it; one that is empty or not there is the beginning of the file.
pub(super) fn place_in(text: &str, line: u32) -> Span {
    let lines = Lines::new(text);
    let begin = lines.start_of(line);
    let whole = text[begin..].lines().next().unwrap_or_default();
    let start = begin + (whole.len() - whole.trim_start().len());
    let at = lines.position(start);
    Span {
        start,
        end: start + whole.trim().len(),
        line: at.line,
        column: at.column,
    }
}

/// `FILE:LINE:COLUMN: why` and `FILE:LINE: why`, as the readers of a lab tell.
pub(super) fn split_place(message: &str) -> (Option<(&str, u32)>, &str) {
    let parsed = message.find(": ").and_then(|end| {
        let (place, why) = (&message[..end], &message[end + 2..]);
        let (before, last) = place.rsplit_once(':')?;
        let last = last.parse::<u32>().ok()?;
        let (file, line) = match before.rsplit_once(':') {
            Some((file, line)) => match line.parse::<u32>() {
                Ok(line) => (file, line),
                Err(_) => (before, last),
            },
            None => (before, last),
        };
        Some(((file, line), why))
    });
    match parsed {
        Some((place, why)) => (Some(place), why),
        None => (None, message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_taken_out_of_messages() {
        for (message, place, why) in [
            (
                "a/b.yaml:3:7: not YAML: x",
                Some(("a/b.yaml", 3)),
                "not YAML: x",
            ),
            ("a.jinja2:12: no", Some(("a.jinja2", 12)), "no"),
            (
                "a.yaml: `device_type` is missing",
                None,
                "a.yaml: `device_type` is missing",
            ),
            ("nothing", None, "nothing"),
        ] {
            assert_eq!(split_place(message), (place, why), "{message}");
        }
    }

    #[test]
    fn a_line_that_is_not_there_is_the_beginning() {
        assert_eq!(
            place_in("", 7),
            Span {
                start: 0,
                end: 0,
                line: 1,
                column: 1
            }
        );
    }
}
