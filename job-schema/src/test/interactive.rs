//! `test: {interactive: […]}`: commands typed at a prompt, and answers waited for, without a POSIX shell.

use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

use super::name;
use crate::read::{Integer, NonEmpty, OrNull};
use crate::yaml::Spanned;

/// `test: {interactive: […]}`: commands typed at a prompt, and answers waited for; for a boot loader or a small system
/// without a POSIX shell.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Interactive {
    /// The scripts, one after the other.
    pub interactive: Vec<Script>,
}

/// A dialogue on the console.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
#[keys(closed)]
pub struct Script {
    /// What the results are filed under: letters, digits, `_` and `-`.
    #[keys(with = name::interactive)]
    #[schemars(regex(pattern = r"^[-_a-zA-Z0-9]+$"))]
    pub name: Spanned<String>,
    /// Regular expressions: one of them says that a command is done, for example `['=> ']`.
    pub prompts: Vec<NonEmpty>,
    /// `discard`: the node repeats what is typed, and this line is not looked at.
    pub echo: Option<Echo>,
    /// The test cases that must be reported: missing ones fail, and others too.
    pub expected: Option<Vec<NonEmpty>>,
    /// What to do, step by step.
    pub script: Vec<Step>,
}

/// What happens to a command that the node repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Echo {
    /// The line is not looked at.
    Discard,
}

/// A step of a dialogue: one of `delay`, `lava-send`, `lava-wait`, `lava-wait-all`, `lava-sync`; else a command.
#[derive(Debug, Clone, PartialEq, Eq, Default, JsonSchema, Keys)]
#[keys(closed)]
pub struct Step {
    /// The test case that the step is reported as. Without it nothing is reported, and a failure ends the block.
    #[keys(with = name::interactive)]
    #[schemars(regex(pattern = r"^[-_a-zA-Z0-9]+$"))]
    pub name: Option<Spanned<String>>,
    /// What to type; `{name}` is filled in: with `SERVER_IP`, `JOB_ID`, what the boot loader knows, groups of earlier
    /// `successes` and what other roles sent. Null: type nothing, and wait.
    pub command: Option<OrNull<String>>,
    /// Seconds to do nothing.
    pub delay: Option<Integer>,
    /// Send a message to the other roles: its id and its data, for example `ready address={ip}`.
    #[schemars(rename = "lava-send")]
    pub lava_send: Option<Spanned<String>>,
    /// Wait until every node of the job reaches this id.
    #[schemars(rename = "lava-sync")]
    pub lava_sync: Option<Spanned<String>>,
    /// Wait for a message with this id from any node.
    #[schemars(rename = "lava-wait")]
    pub lava_wait: Option<Spanned<String>>,
    /// Wait for a message with this id from every node, or from every node of a role: `ready role=server`.
    #[schemars(rename = "lava-wait-all")]
    pub lava_wait_all: Option<Spanned<String>>,
    /// After one of `successes` or `failures`, wait for a prompt. Default `true`.
    pub wait_for_prompt: Option<bool>,
    /// What says that the command failed.
    pub failures: Option<Vec<Failure>>,
    /// What says that the command succeeded. With it, a prompt that comes first is a failure.
    pub successes: Option<Vec<Success>>,
}

/// An answer that says that a command failed.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
#[keys(closed)]
pub struct Failure {
    /// A regular expression.
    pub message: NonEmpty,
    /// End the job with an error of this kind. Default: the test case fails, and the script goes on.
    pub exception: Option<Exception>,
    /// What the error says.
    pub error: Option<NonEmpty>,
}

/// An answer that says that a command succeeded.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
#[keys(closed)]
pub struct Success {
    /// A regular expression; its named groups can be used in later commands.
    pub message: NonEmpty,
}

/// Whose fault an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
pub enum Exception {
    /// The lab's.
    InfrastructureError,
    /// The job's.
    JobError,
    /// The test's: the job goes on with the next block.
    TestError,
}
