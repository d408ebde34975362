//! `host`: commands on the dispatcher's machine, one after the other, without a shell.
//!
//! In: `host: [[dfu-util, --download, "{image}"], "sync"]`. What they print goes into the journal line by line as it
//! comes. The first one that does not end with 0 ends the step.

use serde::Deserialize;

use super::output::Output;
use super::split::{SplitError, split};
use super::words::{self, Words};
use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};
use crate::journal::event::{Event, NoteLevel};
use crate::overlay::scripts::quote;

/// Commands: one as a text, or a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Commands {
    /// `host: sync`
    One(String),
    /// `host: [[cp, a, b], sync]`
    List(Vec<Command>),
}

/// A command.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Command {
    /// Text that is split into words as a shell does; no shell runs it.
    Line(String),
    /// A program and its arguments. A `{NAME}` in one never becomes several.
    Words(Vec<String>),
}

impl Command {
    /// Program and arguments.
    fn argv(&self) -> Result<Vec<String>, SplitError> {
        match self {
            Self::Line(line) => split(line),
            Self::Words(words) if words.is_empty() => Err(SplitError::Empty),
            Self::Words(words) => Ok(words.clone()),
        }
    }
}

impl Commands {
    /// Program and arguments of each, with `{NAME}` filled in.
    ///
    /// # Errors
    /// Says which command has no words, and why.
    pub(super) fn argvs(&self, words: &Words) -> Result<Vec<Vec<String>>, String> {
        let one;
        let list = match self {
            Self::One(line) => {
                one = [Command::Line(line.clone())];
                &one[..]
            }
            Self::List(list) => list,
        };
        list.iter()
            .map(|command| match command.argv() {
                Ok(argv) => Ok(argv.iter().map(|word| words::fill(word, words)).collect()),
                Err(why) => Err(match command {
                    Command::Line(line) => format!("the command `{line}` cannot be run: {why}"),
                    Command::Words(_) => format!("a command cannot be run: {why}"),
                }),
            })
            .collect()
    }
}

/// Runs a step.
pub(super) async fn run(
    commands: &Commands,
    step: &crate::plan::Step,
    node: &NodeRun,
) -> Result<(), Failure> {
    let argvs = commands
        .argvs(&node.words(&step.namespace))
        .map_err(|why| Failure::new(Class::Configuration, why))?;
    for argv in argvs {
        call(&argv, step.class, node).await?;
    }
    Ok(())
}

/// Runs one command to its end. `LAVA_JOB_ID` and the job's secrets are in its environment, as in LAVA.
///
/// # Errors
/// Of this class: it cannot be started, or does not end with 0.
pub(in crate::actions) async fn call(
    argv: &[String],
    class: Class,
    node: &NodeRun,
) -> Result<(), Failure> {
    let shown = shown(argv);
    let spec = &node.plan.spec;
    let record = |lines: Vec<String>| {
        let event = |line| Event::HostOutput {
            node: spec.name.clone(),
            line,
        };
        node.run
            .recorder
            .record_all(lines.into_iter().map(event).collect());
    };
    node.note(NoteLevel::Info, format!("on this machine: {shown}"));
    let secrets = spec.secrets.iter().map(|(k, v)| (k.as_str(), v.as_str()));
    let own = ("LAVA_JOB_ID", spec.job_id.as_str());
    let environment: Vec<_> = secrets.chain([own]).collect();
    let mut output = Output::default();
    // Masked before it is cut into lines: a secret may be longer than one.
    let mut masked = node.run.masker.stream();
    let mut bytes = Vec::new();
    let ended = node.state.programs.run(argv, &environment, |piece| {
        masked.push(piece, &mut bytes);
        record(output.push(&bytes));
        bytes.clear();
    });
    let ended = ended.await;
    masked.finish(&mut bytes);
    record(output.push(&bytes));
    record(output.finish());
    let status = ended.map_err(|e| {
        Failure::new(
            class,
            format!("`{shown}` cannot be run on the dispatcher's machine: {e}"),
        )
    })?;
    if status.success() {
        return Ok(());
    }
    let said = output.last_words();
    let words = if said.is_empty() {
        "it printed nothing"
    } else {
        "its last words are below"
    };
    // `exit status: 3`, `signal: 9 (SIGKILL)`
    let message = format!("`{shown}` failed on the dispatcher's machine ({status}); {words}");
    Err(Failure::new(class, message).with_text(said))
}

/// A command as a person would type it.
fn shown(argv: &[String]) -> String {
    let plain = |word: &&String| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_./:=,@%+".contains(&b))
    };
    let words: Vec<String> = argv
        .iter()
        .map(|word| match Some(word).filter(plain) {
            Some(word) => word.clone(),
            None => quote(word),
        })
        .collect();
    crate::text::name(&words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argvs(yaml: &str, words: &Words) -> Result<Vec<Vec<String>>, String> {
        let commands: Commands = serde_yaml::from_str(yaml).unwrap();
        commands.argvs(words)
    }

    #[test]
    fn a_list_of_lines_and_lists_becomes_words() {
        let words = Words::from([("image".to_owned(), "/tmp/a b;c".to_owned())]);
        let argvs = argvs(
            "[[dfu-util, '{image}', ''], 'cp {image} \"x {no}\"']",
            &words,
        )
        .unwrap();
        assert_eq!(
            argvs,
            [
                vec!["dfu-util", "/tmp/a b;c", ""],
                vec!["cp", "/tmp/a b;c", "x {no}"]
            ]
        );
        assert_eq!(shown(&argvs[1]), "cp '/tmp/a b;c' 'x {no}'");
        assert_eq!(argvs_of("sync -f"), [["sync", "-f"]]);
    }

    fn argvs_of(yaml: &str) -> Vec<Vec<String>> {
        argvs(yaml, &Words::new()).unwrap()
    }

    #[test]
    fn commands_without_words_say_so() {
        let none = Words::new();
        assert!(argvs("[[]]", &none).unwrap_err().contains("empty"));
        assert!(argvs("\"echo 'a\"", &none).unwrap_err().contains("echo 'a"));
    }
}
