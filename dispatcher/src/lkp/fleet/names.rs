//! Names of cases and revisions, refused before anything is touched: they become paths, arguments and file names.

use crate::failure::{Class, Failure};
use crate::text::name;

/// A longer name was not written by a person, and files cannot have it.
const LONGEST: usize = 200;

/// What a path of a case below `jobs/` is made of.
const LETTERS: &str = "_.+@%=,/-";

/// The path of a case below `jobs/`, with or without `.yaml`: `hackbench`, `iperf/iperf.yaml`.
///
/// # Errors
/// Job: it is empty, absolute, has `..` or a letter that LKP's names do not have.
pub fn case(text: &str) -> Result<&str, Failure> {
    let why = if text.is_empty() {
        "it is empty".to_owned()
    } else if text.len() > LONGEST {
        format!("it is longer than {LONGEST} letters")
    } else if text.starts_with('/') {
        "it is an absolute path; a case is named by its path below jobs/".to_owned()
    } else if text.starts_with('-') {
        "it begins with `-`".to_owned()
    } else if text
        .split('/')
        .any(|part| part.is_empty() || part == "." || part == "..")
    {
        "it leads out of jobs/, or has an empty part".to_owned()
    } else if let Some(c) = text
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && !LETTERS.contains(*c))
    {
        format!(
            "`{}` is in no name; letters, digits and `{LETTERS}` are",
            name(&c.to_string())
        )
    } else {
        return Ok(text);
    };
    Err(refused("case", text, &why))
}

/// The name of a pushed case: one path component, without `.yaml`.
///
/// # Errors
/// Job: as [`case`], or it has a `/` or begins with a dot.
pub fn pushed(text: &str) -> Result<&str, Failure> {
    case(text)?;
    if text.contains('/') || text.starts_with('.') {
        return Err(refused(
            "case",
            text,
            "a pushed case has a plain name, without folders",
        ));
    }
    Ok(text)
}

/// A branch, tag or commit.
///
/// # Errors
/// Job: git would take it for an option, or has no such names.
pub fn revision(text: &str) -> Result<&str, Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_.+@%=,/-".contains(c);
    let good = !text.is_empty()
        && text.len() <= LONGEST
        && !text.starts_with(['-', '/', '.'])
        && !text.contains("..")
        && !text.contains("@{")
        && text.chars().all(plain);
    if good {
        return Ok(text);
    }
    Err(refused(
        "revision",
        text,
        "name a branch, a tag or a commit",
    ))
}

fn refused(what: &str, text: &str, why: &str) -> Failure {
    Failure::new(
        Class::Job,
        format!(
            "{what} name `{}` is refused: {why}. Nothing was touched",
            name(text)
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_do_harm_are_refused() {
        for good in [
            "hackbench",
            "iperf/iperf.yaml",
            "hackbench-pipe-1-process-100%",
            "a.b+c@d=e,f_g",
        ] {
            assert_eq!(case(good), Ok(good));
        }
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a//b",
            "a/.",
            "x;reboot",
            "x y",
            "$(id)",
            "`id`",
            "x\n",
            "-rf",
            "ä",
            "a|b",
            "a\0b",
        ] {
            assert!(case(bad).is_err(), "{bad:?}");
            assert!(pushed(bad).is_err(), "{bad:?}");
        }
        for bad in [
            "",
            "/x",
            "../x",
            "--upload-pack=x",
            "x;reboot",
            "x y",
            "$(id)",
            "x\n",
            "HEAD@{1}",
            "a..b",
        ] {
            assert!(revision(bad).is_err(), "{bad:?}");
        }
        assert!(case(&"x".repeat(201)).is_err());
        assert!(pushed("iperf/iperf").is_err() && pushed(".hidden").is_err());
        assert!(revision("v1.2/x").is_ok());
        let said = case("x;\u{1b}[31m").unwrap_err().message;
        assert!(
            said.starts_with("case name `x;\\x1b[31m` is refused: `;` is in no name"),
            "{said}"
        );
    }
}
