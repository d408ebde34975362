//! A step: a named element of a pipeline.

use std::borrow::Cow;
use std::time::Duration;

use job_schema::multinode::ProtocolCall;

use super::dialogue::Talk;
use crate::actions::{boot, command, deploy, finalize, test, tool};
use crate::failure::Class;

/// A named element of a pipeline, with everything that running it needs but the node's state.
#[derive(Debug, Clone)]
pub struct Step {
    /// Name, an interface: jobs set `timeouts.actions.<name>` and hang `protocols:` blocks on it.
    pub name: Cow<'static, str>,
    /// `1.1.3.2`
    pub level: String,
    /// The step's own limit; it never outlives what its parents have left.
    pub timeout: Duration,
    /// How long to wait for the console in one go.
    pub connection_timeout: Duration,
    /// How often it may be tried.
    pub tries: Retry,
    /// Class of its failures, and the kept class of its timeout.
    pub class: Class,
    /// `skip: true` on the block's timeout.
    pub skip_timeout: bool,
    /// The namespace that it works in.
    pub namespace: String,
    /// Calls on the bus that it begins with.
    pub calls: Vec<ProtocolCall>,
    /// For downloads: the URL.
    pub url: Option<String>,
    /// For tests that are known by name before they run: the test case.
    pub case: Option<String>,
    /// What it says to a boot loader.
    pub talk: Option<Box<Talk>>,
    /// What it does itself, before its children.
    pub kind: StepKind,
    /// Its children, in order.
    pub steps: Vec<Step>,
}

/// How often a step may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// At least 1.
    pub tries: u32,
    /// Between two tries.
    pub interval: Duration,
    /// `repeat`: go on after a success.
    pub always: bool,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            tries: 1,
            interval: Duration::from_secs(1),
            always: false,
        }
    }
}

/// What a step does. One variant per method file of `actions/`, plus the two that are the same everywhere.
#[derive(Debug, Clone)]
pub enum StepKind {
    /// Nothing of its own: its children do the work, or there is nothing to do for this method.
    Group,
    /// Planned, but this version cannot run it, and why. `submit` refuses a job with such a step before it touches anything.
    NotRunnable(Cow<'static, str>),
    /// `deploy:` and the overlay.
    Deploy(deploy::Step),
    /// `boot:`
    Boot(boot::Step),
    /// `test:`
    Test(test::Step),
    /// A step of a method that is data.
    Tool(tool::Step),
    /// `command:`
    Command(command::Step),
    /// The last step of every pipeline.
    Finalize(finalize::Step),
}

impl StepKind {
    /// Why this version cannot run it, if it cannot.
    #[must_use]
    pub fn why_not(&self) -> Option<&str> {
        match self {
            Self::NotRunnable(why) => Some(why),
            Self::Group
            | Self::Tool(_)
            | Self::Deploy(_)
            | Self::Boot(_)
            | Self::Test(_)
            | Self::Command(_)
            | Self::Finalize(_) => None,
        }
    }
}

impl Step {
    /// This step and all below it, in the order in which they run.
    pub fn walk(&self) -> Box<dyn Iterator<Item = &Self> + '_> {
        Box::new(std::iter::once(self).chain(self.steps.iter().flat_map(Self::walk)))
    }
}
