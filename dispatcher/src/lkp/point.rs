//! What one run of one atomic LKP job in one container found out. The journal keeps it, results and comparisons show it.

use serde::{Deserialize, Serialize};

use crate::journal::event::CaseResult;

/// A run of an atomic job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The atomic job, without `.yaml`: `hackbench-pipe-1-process-100%`.
    pub job: String,
    /// The container on its node, from 1; 1 also without containers.
    pub container: u32,
    /// How many containers of the node ran it at once.
    pub containers: u32,
    /// LKP's number of the result folder, from 0: earlier runs of the same job in the same container come before it.
    pub repeat: u32,
    /// The result folder, relative to the run's folder; none when LKP made none.
    pub folder: Option<String>,
    /// Pass or fail, by what LKP wrote and not by its exit status.
    pub result: CaseResult,
    /// Why it failed, a sentence each. Empty when it passed.
    pub reasons: Vec<String>,
    /// The last lines of LKP's standard error, when it failed.
    pub stderr: String,
    /// What was measured.
    pub measurements: Vec<Measurement>,
}

/// A number that a test program found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// LKP's name of it: `hackbench.throughput`.
    pub name: String,
    /// The number, with the digits that LKP wrote.
    pub value: String,
    /// Its unit, where it is known.
    pub unit: Option<String>,
    /// Which direction is an improvement, where it is known.
    pub better: Option<Better>,
    /// Whether it is one of the numbers that the test is run for.
    pub kpi: bool,
}

/// Which direction is an improvement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// More is better: throughput.
    Higher,
    /// Less is better: latency.
    Lower,
}

impl Better {
    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Higher => "higher is better",
            Self::Lower => "lower is better",
        }
    }
}

impl Point {
    /// Which of several containers and repeats it is, in words; none when there is but one: `container-2`, `run-1`.
    #[must_use]
    pub fn which(&self) -> Option<String> {
        match (self.containers > 1, self.repeat) {
            (false, 0) => None,
            (false, repeat) => Some(format!("run-{repeat}")),
            (true, 0) => Some(format!("container-{}", self.container)),
            (true, repeat) => Some(format!("container-{}.run-{repeat}", self.container)),
        }
    }

    /// The numbers that the test is run for; all, where nothing tells which these are.
    pub fn key_measurements(&self) -> impl Iterator<Item = &Measurement> {
        let all = !self.measurements.iter().any(|m| m.kpi);
        self.measurements.iter().filter(move |m| all || m.kpi)
    }
}
