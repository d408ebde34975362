//! The report: findings, and how bad they may be.

use crate::finding::{Finding, Group, Severity, Span};

/// Collects findings.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) findings: Vec<Finding>,
    /// Nothing is worse than this.
    worst: Severity,
    /// Findings belong to this group, whatever their code says.
    group: Option<Group>,
    /// Read what LAVA's worker takes, and report what its server refuses all the same.
    worker: bool,
    /// Context variables that device types of the job allow, beside LAVA's.
    pub(crate) variables: Vec<String>,
}

impl Default for Report {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Report {
    pub(crate) fn new(findings: Vec<Finding>) -> Self {
        Self {
            findings,
            worst: Severity::Error,
            group: None,
            worker: false,
            variables: Vec::new(),
        }
    }

    /// A report of a reading as LAVA's worker would do it.
    pub(crate) fn of_worker() -> Self {
        Self {
            worker: true,
            ..Self::default()
        }
    }

    /// Whether values count that LAVA's server refuses and its worker takes.
    pub(crate) fn is_of_worker(&self) -> bool {
        self.worker
    }

    pub(crate) fn error(
        &mut self,
        code: &'static str,
        path: impl Into<String>,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.push(Severity::Error, code, path, span, message)
    }

    pub(crate) fn warning(
        &mut self,
        code: &'static str,
        path: impl Into<String>,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.push(Severity::Warning, code, path, span, message)
    }

    pub(crate) fn push(
        &mut self,
        severity: Severity,
        code: &'static str,
        path: impl Into<String>,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Finding {
        let severity = severity.min(self.worst);
        let mut finding = Finding::new(code, severity, path, span, message);
        if let Some(group) = self.group {
            finding.group = group;
        }
        self.findings.push(finding);
        self.findings.last_mut().expect("a finding was just pushed")
    }

    /// What is wrong in here is only a warning: LAVA's lenient schema does not look into it.
    pub(crate) fn softly<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.worst, Severity::Warning);
        let value = read(self);
        self.worst = before;
        value
    }

    /// What is found in here is a rule of ours: LAVA's schemas take any value.
    pub(crate) fn as_rules<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.group.replace(Group::Rules);
        let value = read(self);
        self.group = before;
        value
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.findings.iter().any(|f| f.severity == Severity::Error)
    }
}
