//! A step as a method describes it: without level, timeouts and tries, which follow from where it stands.

use std::borrow::Cow;
use std::time::Duration;

use indexmap::IndexMap;

use super::dialogue::Talk;
use super::step::StepKind;
use crate::failure::Class;

/// What a method says of a step.
#[derive(Debug, Clone)]
pub struct Draft {
    pub(super) name: Cow<'static, str>,
    pub(super) kind: StepKind,
    pub(super) class: Class,
    pub(super) retries: bool,
    pub(super) own_timeout: Option<Duration>,
    pub(super) url: Option<String>,
    pub(super) case: Option<String>,
    pub(super) talk: Option<Box<Talk>>,
    pub(super) calls_nothing: bool,
    /// What is not as it should be, for the author.
    pub(super) warnings: Vec<String>,
    /// Limits of named steps below it, unless the block names them.
    pub(super) limits: IndexMap<String, Duration>,
    pub(super) steps: Vec<Draft>,
}

impl Draft {
    /// A step of this name that does `kind`.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>, kind: StepKind) -> Self {
        Self {
            name: name.into(),
            kind,
            class: Class::Job,
            retries: false,
            own_timeout: None,
            url: None,
            case: None,
            talk: None,
            calls_nothing: false,
            warnings: Vec::new(),
            limits: IndexMap::new(),
            steps: Vec::new(),
        }
    }

    /// A step that only holds others.
    #[must_use]
    pub fn group(name: impl Into<Cow<'static, str>>, steps: Vec<Self>) -> Self {
        Self {
            steps,
            ..Self::new(name, StepKind::Group)
        }
    }

    /// A step that this version plans and cannot run, and why.
    #[must_use]
    pub fn not_runnable(
        name: impl Into<Cow<'static, str>>,
        why: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(name, StepKind::NotRunnable(why.into()))
    }

    /// A step for which the block calls something by a name that the device does not have, and what it has.
    #[must_use]
    pub(super) fn calling_nothing(name: impl Into<Cow<'static, str>>, why: String) -> Self {
        Self {
            calls_nothing: true,
            ..Self::not_runnable(name, why)
        }
    }

    /// Why a name that the block says is none of the device's, at the first step that needs it.
    pub(crate) fn wrong_name(&self) -> Option<&str> {
        let own = self.kind.why_not().filter(|_| self.calls_nothing);
        own.or_else(|| self.steps.iter().find_map(Self::wrong_name))
    }

    /// The same with children.
    #[must_use]
    pub fn with(mut self, steps: Vec<Self>) -> Self {
        self.steps = steps;
        self
    }

    /// The same as one of LAVA's retry actions: `failure_retry` and `repeat` of the block are for it.
    #[must_use]
    pub fn retrying(mut self) -> Self {
        self.retries = true;
        self
    }

    /// The same with another class for its failures than `job`.
    #[must_use]
    pub fn blames(mut self, class: Class) -> Self {
        self.class = class;
        self
    }

    /// The same with a built-in limit other than 30 s.
    #[must_use]
    pub fn lasting(mut self, own: Duration) -> Self {
        self.own_timeout = Some(own);
        self
    }

    /// The same with limits in seconds of named steps below it, unless the block names them.
    #[must_use]
    pub fn limiting(mut self, limits: &IndexMap<String, u64>) -> Self {
        let limits = limits.iter();
        self.limits = limits
            .map(|(name, seconds)| (name.clone(), Duration::from_secs(*seconds)))
            .collect();
        self
    }

    /// The same with the test case that it runs.
    #[must_use]
    pub fn testing(mut self, case: &str) -> Self {
        self.case = Some(case.to_owned());
        self
    }

    /// The same with what it says to a boot loader.
    #[must_use]
    pub fn talking(mut self, talk: Talk) -> Self {
        self.talk = Some(Box::new(talk));
        self
    }

    /// The same with what its author should know.
    #[must_use]
    pub(super) fn warning(mut self, warnings: Vec<String>) -> Self {
        self.warnings = warnings;
        self
    }

    /// The same with the URL that it downloads.
    #[must_use]
    pub fn from_url(mut self, url: &str) -> Self {
        self.url = Some(url.to_owned());
        self
    }
}
