//! Everything that a run tells the world. One line of `journal.jsonl` each.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, LogSpan};
use crate::lkp::point::Point;

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What can happen in a run. `node` is a node's name, for example `guest-1`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// First line of every journal.
    RunStarted {
        /// The run's id: digits.
        run: String,
        /// `job_name`.
        job_name: String,
        /// The job file as given.
        job_file: String,
        /// Version of `dispatch`.
        version: String,
        /// Process id of the dispatcher.
        pid: u32,
        /// `metadata` of the job.
        metadata: serde_json::Value,
    },
    /// A node of the run: who plays it and on what. One per node, before anything is touched.
    NodeAssigned {
        /// Its name.
        node: String,
        /// Its role (`node` in a single-node job).
        role: String,
        /// Its job id: digits.
        job_id: String,
        /// Name of its device.
        device: String,
        /// Type of its device.
        device_type: String,
        /// For a guest: the node whose device it uses.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        host: Option<String>,
        /// Whether the role is essential.
        #[serde(default)]
        essential: bool,
        /// Path of its console log, relative to the run's folder.
        log: String,
    },
    /// A step of a node's pipeline begins (a try of it, when it is retried).
    StepStarted {
        /// The node.
        node: String,
        /// `2.1`
        level: String,
        /// `scp-deploy`
        name: String,
        /// Effective limit in seconds: the least of its own and what its parents have left.
        timeout: f64,
        /// From 1.
        attempt: u32,
    },
    /// A step ended.
    StepEnded {
        /// The node.
        node: String,
        /// `2.1`
        level: String,
        /// `scp-deploy`
        name: String,
        /// Seconds.
        duration: f64,
        /// Why it failed, if it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<Failure>,
    },
    /// Something worth telling that is not a result.
    Note {
        /// The node, if it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<String>,
        /// How loud.
        level: NoteLevel,
        /// The words.
        message: String,
    },
    /// A program on the dispatcher's machine printed a line.
    HostOutput {
        /// The node that it runs for.
        node: String,
        /// The line, escaped.
        line: String,
    },
    /// A node waits on the bus, or for its delayed start.
    BusWaiting {
        /// The node.
        node: String,
        /// In words: `lava-wait ipv4`.
        what: String,
        /// For whom, in words: `host`.
        on: String,
    },
    /// A node said something on the bus.
    BusSent {
        /// The node.
        node: String,
        /// Message id.
        id: String,
        /// What it said.
        data: indexmap::IndexMap<String, String>,
    },
    /// A wait is over.
    BusDone {
        /// The node.
        node: String,
        /// As in [`Event::BusWaiting`].
        what: String,
        /// Why it failed, if it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
    },
    /// A test run (one definition) began on the node.
    SuiteStarted {
        /// The node.
        node: String,
        /// `0_smoke-tests`
        suite: String,
        /// As the node said it.
        uuid: String,
    },
    /// A test run ended. A suite without this line did not finish.
    SuiteEnded {
        /// The node.
        node: String,
        /// `0_smoke-tests`
        suite: String,
        /// Whether its shell reached the end.
        finished: bool,
        /// Seconds.
        duration: f64,
    },
    /// The result of a test case.
    Case {
        /// The node.
        node: String,
        /// `0_smoke-tests`; `lava` for the results of steps.
        suite: String,
        /// The test set, if one was open.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        set: Option<String>,
        /// Test case id.
        case: String,
        /// The result.
        result: CaseResult,
        /// A number as the node wrote it, kept to the digit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measurement: Option<String>,
        /// Unit of the measurement.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        units: Option<String>,
        /// For a reference: its URL.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
        /// When the case began, if it said so; else when its result came.
        start: Timestamp,
        /// When its result came.
        end: Timestamp,
        /// Its stretch of the console.
        log: LogSpan,
    },
    /// An atomic LKP job ran in one container.
    Lkp {
        /// The node.
        node: String,
        /// `1_lkp`: the test block's number on the node, and the name it gives.
        suite: String,
        /// What it found out.
        point: Point,
        /// When it began.
        start: Timestamp,
        /// When it ended.
        end: Timestamp,
        /// Its stretch of the console.
        log: LogSpan,
    },
    /// A node reached its end.
    NodeEnded {
        /// The node.
        node: String,
        /// Why it is incomplete, if it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<Failure>,
    },
    /// Last line of every journal. A journal without it belongs to a run that goes on or that was killed.
    RunEnded {
        /// Why the run is incomplete, if it is, beside what its nodes say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<Failure>,
    },
}

/// How loud a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoteLevel {
    /// For a reader of the journal.
    Info,
    /// Worth a line at the terminal.
    Warning,
}

/// Result of a test case: LAVA's four words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CaseResult {
    /// It works.
    Pass,
    /// It does not.
    Fail,
    /// It was not tried.
    Skip,
    /// Nobody can tell.
    Unknown,
}
