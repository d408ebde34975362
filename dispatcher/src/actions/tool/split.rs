//! A command line as words, by the rules that LAVA runs the commands of its devices by: those of Python's `shlex.split`.
//!
//! No shell runs it: `|`, `;`, `$X` and `#` are plain characters.

/// Why a line cannot be split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SplitError {
    /// A quote is open at the end.
    #[error("a quote is never closed")]
    OpenQuote,
    /// The last character is a backslash.
    #[error("nothing follows its last backslash")]
    LoneBackslash,
    /// Not a single word.
    #[error("it is empty")]
    Empty,
}

/// The words of a line, at least one.
///
/// # Errors
/// See [`SplitError`].
pub(crate) fn split(line: &str) -> Result<Vec<String>, SplitError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => {
                let next = chars.next().ok_or(SplitError::LoneBackslash)?;
                word.get_or_insert_default().push(next);
            }
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or(SplitError::OpenQuote)? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => quoted(&mut chars, word.get_or_insert_default())?,
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    if words.is_empty() {
        return Err(SplitError::Empty);
    }
    Ok(words)
}

/// Inside `"`: a backslash takes the meaning of another one and of the quote, and is itself before anything else.
fn quoted(chars: &mut std::str::Chars<'_>, word: &mut String) -> Result<(), SplitError> {
    loop {
        match chars.next().ok_or(SplitError::OpenQuote)? {
            '"' => return Ok(()),
            '\\' => match chars.next().ok_or(SplitError::OpenQuote)? {
                c @ ('"' | '\\') => word.push(c),
                c => word.extend(['\\', c]),
            },
            c => word.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line and what `shlex.split` of Python 3 makes of it.
    const LINES: &[(&str, &[&str])] = &[
        ("/bin/true", &["/bin/true"]),
        (
            "pdu --port 13  --command off",
            &["pdu", "--port", "13", "--command", "off"],
        ),
        (
            r#"sh -c 'echo "a b"; exit 1'"#,
            &["sh", "-c", r#"echo "a b"; exit 1"#],
        ),
        (r#"a\ b "c\"d\\e\f" ''"#, &["a b", r#"c"d\e\f"#, ""]),
        (
            "a#b # $HOME | x\ty\nz",
            &["a#b", "#", "$HOME", "|", "x", "y", "z"],
        ),
        (r#"pre'mid'"post" é"#, &["premidpost", "é"]),
    ];

    #[test]
    fn as_python_splits() {
        for (line, words) in LINES {
            assert_eq!(split(line).unwrap(), *words, "{line}");
        }
    }

    #[test]
    fn what_has_no_end_is_refused() {
        assert_eq!(split("a 'b"), Err(SplitError::OpenQuote));
        assert_eq!(split("a \"b\\"), Err(SplitError::OpenQuote));
        assert_eq!(split("a \\"), Err(SplitError::LoneBackslash));
        assert_eq!(split(" \n"), Err(SplitError::Empty));
    }

    #[test]
    fn python_agrees() {
        let program = "import shlex,sys,json\nprint(json.dumps([shlex.split(l) for l in json.load(sys.stdin)]))";
        let lines: Vec<&str> = LINES.iter().map(|(line, _)| *line).collect();
        let python = std::process::Command::new("python3")
            .args(["-c", program])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn();
        let Ok(mut python) = python else {
            common::need::not_run("tool::split::python_agrees", "needs python3");
            return;
        };
        serde_json::to_writer(python.stdin.take().unwrap(), &lines).unwrap();
        let output = python.wait_with_output().unwrap();
        let theirs: Vec<Vec<String>> = serde_json::from_slice(&output.stdout).unwrap();
        for (line, theirs) in lines.iter().zip(theirs) {
            assert_eq!(split(line).unwrap(), theirs, "{line}");
        }
    }
}
