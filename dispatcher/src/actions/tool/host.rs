//! `host`: commands on the dispatcher's machine, one after the other, without a shell.
//!
//! In: `host: [[dfu-util, --download, "{image}"], [sync]]`. What they print goes into the journal line by line as it
//! comes. The first one that does not end with 0 ends the step.

use serde::Deserialize;

use super::output::Output;
use super::words;
use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};
use crate::journal::event::{Event, NoteLevel};
use crate::overlay::scripts::quote;

/// Commands, each a program and its arguments. A `{NAME}` in one never becomes several words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Commands(pub Vec<Vec<String>>);

/// Runs a step.
pub(super) async fn run(
    commands: &Commands,
    step: &crate::plan::Step,
    node: &NodeRun,
) -> Result<(), Failure> {
    let known = node.words(&step.namespace);
    for command in &commands.0 {
        let argv: Vec<String> = command.iter().map(|w| words::fill(w, &known)).collect();
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
    let secrets = spec.secrets.iter().map(|(k, v)| (k.as_str(), v.as_str()));
    let (steering, secrets): (Vec<_>, Vec<_>) = secrets.partition(|(name, _)| steers(name));
    let own = ("LAVA_JOB_ID", spec.job_id.as_str());
    let environment: Vec<_> = secrets.into_iter().chain([own]).collect();
    let mut message = format!("on this machine: {shown}");
    if !steering.is_empty() {
        let names: Vec<String> = steering.iter().map(|(k, _)| crate::text::name(k)).collect();
        let names = names.join(", ");
        message.push_str(&format!(
            " (without {names}: such variables decide how programs run)"
        ));
    }
    node.note(NoteLevel::Info, message);
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

/// Whether a variable of this name makes programs do something else: a job brings secrets under any name it likes, and what
/// runs on the dispatcher's machine is the lab's to say. Those that are set here already, `PATH` and `HOME` among them, and
/// those by which loaders, shells and interpreters are told what to run.
fn steers(name: &str) -> bool {
    const FAMILIES: [&str; 14] = [
        "LD_", "DYLD_", "GCONV_", "GLIBC_", "BASH_", "PYTHON", "PERL", "RUBY", "NODE_", "JAVA_",
        "GIT_", "SSH_", "GIO_", "LUA_",
    ];
    const ALONE: [&str; 12] = [
        "PATH",
        "ENV",
        "IFS",
        "PS4",
        "SHELL",
        "HOME",
        "CDPATH",
        "EDITOR",
        "PAGER",
        "LESSOPEN",
        "_JAVA_OPTIONS",
        "LAVA_JOB_ID",
    ];
    // No program can be given others.
    let impossible = name.is_empty() || name.contains(['=', '\0']);
    impossible
        || FAMILIES.iter().any(|family| name.starts_with(family))
        || ALONE.contains(&name)
        || std::env::var_os(name).is_some()
}

/// A command as a person would type it, cut to what fits a message.
fn shown(argv: &[String]) -> String {
    crate::text::name(&typed(argv))
}

/// A command as a person would type it.
pub(in crate::actions) fn typed(argv: &[String]) -> String {
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
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_decide_what_runs() {
        for name in [
            "LD_PRELOAD",
            "PATH",
            "BASH_ENV",
            "BASH_FUNC_ls%%",
            "PYTHONSTARTUP",
            "a=b",
            "",
            "a\0b",
        ] {
            assert!(steers(name), "{name}");
        }
        for name in ["TOKEN", "API_KEY", "path", "LDAP_PASSWORD"] {
            assert!(!steers(name), "{name}");
        }
    }

    #[test]
    fn a_command_is_shown_as_it_is_typed() {
        let argv = ["cp", "/tmp/a b;c", "", "--to=x,y"].map(ToOwned::to_owned);
        assert_eq!(shown(&argv), "cp '/tmp/a b;c' '' --to=x,y");
    }
}
