//! Every failure of a run: one class, one sentence, one piece of evidence.

use serde::{Deserialize, Serialize};

/// Whose trouble a failure is. The names are those of the design; LAVA's are in [`Class::lava_name`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// The lab's files.
    Configuration,
    /// Device, network, power, server.
    Infrastructure,
    /// The job asks for something that cannot work.
    Job,
    /// The test did something it must not.
    Test,
    /// A named step's time ran out.
    Timeout,
    /// A wait on the bus that could not be met.
    Multinode,
    /// A person or a parent process.
    Cancelled,
    /// Ours.
    Bug,
}

impl Class {
    /// The name of the class in LAVA's `error_type`.
    #[must_use]
    pub fn lava_name(self) -> &'static str {
        match self {
            Self::Configuration => "Configuration",
            Self::Infrastructure => "Infrastructure",
            Self::Job => "Job",
            Self::Test => "Test",
            Self::Timeout => "LAVATimeout",
            Self::Multinode => "MultinodeTimeout",
            Self::Cancelled => "Canceled",
            Self::Bug => "Bug",
        }
    }
}

/// Where the proof of a failure is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Evidence {
    /// Level of the step that failed, for example `2.1`; empty when no step is to blame.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub level: String,
    /// Name of that step.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub step: String,
    /// The bytes of the console that show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogSpan>,
    /// The last words of the part that failed (a command's standard error, the console's last lines), escaped and bounded.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// A stretch of a node's console log, in bytes from the start of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSpan {
    /// The file, relative to the run's folder.
    pub file: String,
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
}

/// A failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Whose trouble it is.
    pub class: Class,
    /// What was expected, what was found, where, and what to do.
    pub message: String,
    /// For [`Class::Timeout`]: the class that the step's other failures have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_class: Option<Class>,
    /// Where the proof is.
    #[serde(default)]
    pub evidence: Box<Evidence>,
}

impl Failure {
    /// A failure without evidence yet; the engine adds the step and the console.
    #[must_use]
    pub fn new(class: Class, message: impl Into<String>) -> Self {
        Self {
            class,
            message: message.into(),
            step_class: None,
            evidence: Box::default(),
        }
    }

    /// What to exit with when a run failed like this (the table of the README).
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.class {
            Class::Configuration | Class::Infrastructure => 3,
            Class::Timeout if self.step_class == Some(Class::Infrastructure) => 3,
            Class::Job | Class::Test | Class::Timeout | Class::Multinode => 4,
            Class::Bug => 5,
            Class::Cancelled => 130,
        }
    }

    /// The same with the last words of what failed.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<String>) -> Self {
        self.evidence.text = text.into();
        self
    }
}
