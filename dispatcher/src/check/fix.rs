//! Fixes of findings, applied to a text and to a file.
//!
//! In: a text and its findings. Out: the text with the edits of their fixes; every byte outside the edits stays. Edits
//! that touch each other wait for the next pass, after which the text is checked again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::Path;

use job_schema::finding::{Edit, Fix};
use job_schema::lines::{Lines, Position};
use job_schema::{Finding, Span};

use super::{Checked, Options, check_file};

/// Passes over a text; the first one does nearly all there is to do.
const PASSES: usize = 8;

/// A text after its fixes.
#[derive(Debug)]
pub struct Fixed {
    /// The text.
    pub text: String,
    /// What was done, in order.
    pub done: Vec<Done>,
    /// What is left to say about it.
    pub checked: Checked,
}

/// A fix that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Code of its finding.
    pub code: &'static str,
    /// What was done.
    pub title: String,
    /// Where, in the text as it was before the pass.
    pub at: Position,
}

/// Applies all fixes there are. A pass that leads to more errors than there were is taken back.
#[must_use]
pub fn fix_text(name: &str, text: &str, options: &Options<'_>) -> Fixed {
    let mut fixed = Fixed {
        text: text.to_owned(),
        done: Vec::new(),
        checked: check_file(name, text, options),
    };
    for _ in 0..PASSES {
        let (text, done) = apply(&fixed.text, &fixed.checked.findings);
        if done.is_empty() {
            break;
        }
        let checked = check_file(name, &text, options);
        if checked.errors() > fixed.checked.errors() {
            break;
        }
        fixed.text = text;
        fixed.done.extend(done);
        fixed.checked = checked;
    }
    fixed
}

/// One pass: each fix whole or not at all.
fn apply(text: &str, findings: &[Finding]) -> (String, Vec<Done>) {
    let lines = Lines::new(text);
    let mut taken: BTreeMap<usize, &Edit> = BTreeMap::new();
    let mut done: Vec<Done> = Vec::new();
    for finding in findings {
        let Some(fix) = &finding.fix else { continue };
        if fits(fix, text, &taken) {
            taken.extend(fix.edits.iter().map(|edit| (edit.span.start, edit)));
            done.push(Done {
                code: finding.code,
                title: fix.title.clone(),
                at: lines.position(finding.span.start),
            });
        }
    }
    let mut new = String::with_capacity(text.len());
    let mut copied = 0;
    for (start, edit) in taken {
        new.push_str(&text[copied..start]);
        new.push_str(&line_ends_of(text, &edit.text));
        copied = edit.span.end;
    }
    new.push_str(&text[copied..]);
    (new, done)
}

fn fits(fix: &Fix, text: &str, taken: &BTreeMap<usize, &Edit>) -> bool {
    let mut own: BTreeMap<usize, &Edit> = BTreeMap::new();
    for edit in &fix.edits {
        let Span { start, end, .. } = edit.span;
        let is_text = start <= end && text.is_char_boundary(start) && text.is_char_boundary(end);
        if !is_text || !is_free(start, end, taken) || !is_free(start, end, &own) {
            return false;
        }
        own.insert(start, edit);
    }
    !own.is_empty()
}

/// Whether no edit begins at the same place or shares a byte.
fn is_free(start: usize, end: usize, taken: &BTreeMap<usize, &Edit>) -> bool {
    let before = taken.range(..=start).next_back();
    let after = taken.range(start..).next();
    before.is_none_or(|(at, edit)| *at != start && edit.span.end <= start)
        && after.is_none_or(|(at, _)| *at >= end)
}

/// New lines end as those of the file do.
fn line_ends_of(text: &str, new: &str) -> String {
    let crlf = text.find('\n').is_some_and(|at| text[..at].ends_with('\r'));
    if crlf {
        new.replace('\n', "\r\n")
    } else {
        new.to_owned()
    }
}

/// Puts a text in the place of a file, at once and whole, with the same owner and permissions. `old` is what the file
/// held when it was read. A link stays a link: the file that it points to is written.
///
/// # Errors
/// It is no ordinary file, holds something else by now, or cannot be written; then it is as it was.
pub fn write(path: &Path, old: &str, new: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let metadata = fs::metadata(&path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not an ordinary file"));
    }
    let folder = path.parent().unwrap_or(Path::new("/"));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(new.as_bytes())?;
    keep_owner(file.as_file(), &metadata)?;
    file.as_file().set_permissions(metadata.permissions())?;
    file.as_file().sync_all()?;
    if fs::read(&path)? != old.as_bytes() {
        return Err(io::Error::other("somebody has changed it meanwhile"));
    }
    file.persist(&path)?;
    Ok(())
}

fn keep_owner(file: &File, wanted: &fs::Metadata) -> io::Result<()> {
    let own = file.metadata()?;
    if (own.uid(), own.gid()) == (wanted.uid(), wanted.gid()) {
        return Ok(());
    }
    fchown(file, Some(wanted.uid()), Some(wanted.gid()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use job_schema::Severity;

    fn finding(edits: &[(usize, usize, &str)]) -> Finding {
        let span = |start, end| Span {
            start,
            end,
            line: 1,
            column: 1,
        };
        let mut finding = Finding::new("J021", Severity::Error, "", span(0, 1), "m");
        finding.fix = Some(Fix {
            title: "t".to_owned(),
            edits: edits
                .iter()
                .map(|(start, end, text)| Edit {
                    span: span(*start, *end),
                    text: (*text).to_owned(),
                })
                .collect(),
        });
        finding
    }

    #[test]
    fn edits_that_touch_wait_and_others_are_applied_together() {
        type Edits = &'static [(usize, usize, &'static str)];
        let cases: &[(&str, &[Edits], &str, usize)] = &[
            ("abcdef", &[&[(4, 5, "E")], &[(0, 2, "AB")]], "ABcdEf", 2),
            ("abcdef", &[&[(0, 3, "X")], &[(2, 4, "Y")]], "Xdef", 1),
            ("abcdef", &[&[(2, 2, "-")], &[(2, 2, "+")]], "ab-cdef", 1),
            ("abcdef", &[&[(0, 2, "X")], &[(2, 2, "+")]], "X+cdef", 2),
            // Whole or not at all.
            (
                "abcdef",
                &[&[(1, 2, "B")], &[(5, 6, "F"), (0, 2, "Y")]],
                "aBcdef",
                1,
            ),
            (
                "abcdef",
                &[&[(0, 9, "X")], &[(3, 1, "X")], &[]],
                "abcdef",
                0,
            ),
            ("ü", &[&[(1, 2, "X")]], "ü", 0),
            ("a\r\nb", &[&[(3, 4, "c\nd")]], "a\r\nc\r\nd", 1),
        ];
        for (text, fixes, wanted, count) in cases {
            let findings: Vec<_> = fixes.iter().map(|edits| finding(edits)).collect();
            let (new, done) = apply(text, &findings);
            assert_eq!((new.as_str(), done.len()), (*wanted, *count), "{fixes:?}");
        }
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("job.yaml");
        fs::write(&file, "theirs").unwrap();
        assert!(write(&file, "old", "new").is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), "theirs");
        write(&file, "theirs", "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
