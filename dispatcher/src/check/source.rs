//! The text of a file to check, or the finding that says why there is none.
//!
//! In: a path, or `-` for standard input. Out: UTF-8 text. What cannot be read is a finding like any other, so that it
//! appears in every format and the other files are still checked.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use job_schema::lines::Lines;
use job_schema::{Finding, Severity, Span};

/// Longer files are refused: the largest job of the field has a hundredth of that.
const LONGEST: u64 = 16 << 20;

/// What standard input is called in findings.
pub const STDIN: &str = "<stdin>";

/// A file that was read.
#[derive(Debug)]
pub struct Source {
    /// Its name, for messages.
    pub name: String,
    /// Its text; where it is not UTF-8, with replacement characters.
    pub text: String,
    /// Why it cannot be checked.
    pub trouble: Option<Finding>,
}

/// Whether a path means standard input.
#[must_use]
pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads a file, or standard input for `-`.
#[must_use]
pub fn read(path: &Path) -> Source {
    let (name, bytes) = if is_stdin(path) {
        (STDIN.to_owned(), bytes_of(io::stdin().lock()))
    } else {
        let bytes = File::open(path).and_then(|file| {
            if file.metadata()?.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            bytes_of(file)
        });
        (path.display().to_string(), bytes)
    };
    match bytes {
        Ok(bytes) => decode(name, bytes),
        Err(error) => Source {
            trouble: Some(unreadable(&name, &error)),
            text: String::new(),
            name,
        },
    }
}

fn bytes_of(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

fn unreadable(name: &str, error: &io::Error) -> Finding {
    let (message, help) = match error.kind() {
        io::ErrorKind::IsADirectory => (
            format!("{name} is a folder"),
            Some("name the files in it, for example with `FOLDER/*.yaml`".to_owned()),
        ),
        io::ErrorKind::FileTooLarge => (
            format!("{name} is longer than {} MiB", LONGEST >> 20),
            Some("no job is that long: is it the right file?".to_owned()),
        ),
        _ => (format!("cannot read {name}: {error}"), None),
    };
    let mut finding = Finding::new("J000", Severity::Error, "", Span::default(), message);
    finding.help = help;
    finding
}

fn decode(name: String, bytes: Vec<u8>) -> Source {
    let (text, trouble) = match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let start = error.utf8_error().valid_up_to();
            let byte = error.as_bytes()[start];
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let trouble = not_utf8(start, byte, &text);
            (text, Some(trouble))
        }
    };
    Source {
        name,
        text,
        trouble,
    }
}

/// The text before the byte is as it was, so its place is right there; what follows is one replacement character.
fn not_utf8(start: usize, byte: u8, text: &str) -> Finding {
    let at = Lines::new(text).position(start);
    let span = Span {
        start,
        end: start + char::REPLACEMENT_CHARACTER.len_utf8(),
        line: at.line,
        column: at.column,
    };
    let message = format!("the byte 0x{byte:02x} is not UTF-8");
    let mut finding = Finding::new("J001", Severity::Error, "", span, message);
    finding.help("save the file as UTF-8");
    finding
}
