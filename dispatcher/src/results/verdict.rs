//! Which failure a run is judged by, the verdict, and the exit code. Pure.

use jiff::{SignedDuration, Timestamp};

use super::Verdict;
use crate::failure::{Class, Failure};

/// A failure that made a node or the run incomplete.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    /// When it began to fail: the innermost step's end, not the end of the cleanup after it.
    pub(super) at: Timestamp,
    /// The node; none for the run's own.
    pub(super) node: Option<String>,
    /// The failure.
    pub(super) failure: Failure,
}

/// A consequence can be written this much before its cause: the others hear of a failure at once, while the journal
/// hears of it when the step that failed has ended.
const CASCADE: SignedDuration = SignedDuration::from_secs(1);

/// The failure that caused the others.
///
/// - Somebody cancelled the run: that, whatever broke then or before. (They saw it, and chose.)
/// - Otherwise a node was cancelled because of another (its role is essential, its host ended): any other failure explains it.
/// - A wait that could not be met is a cause of its own (a cycle, a message that nobody sends), unless something else
///   failed earlier or in the same moment: then somebody ended who should have spoken.
/// - Otherwise the earliest.
pub(super) fn root_cause(candidates: &[Candidate]) -> Option<&Candidate> {
    let earliest = |fits: &dyn Fn(Class) -> bool| {
        candidates
            .iter()
            .filter(|one| fits(one.failure.class))
            .min_by_key(|one| one.at)
    };
    let by_person = candidates
        .iter()
        .find(|one| one.node.is_none() && one.failure.class == Class::Cancelled);
    if by_person.is_some() {
        return by_person;
    }
    let own = earliest(&|class| !matches!(class, Class::Cancelled | Class::Multinode));
    let wait = earliest(&|class| class == Class::Multinode);
    match (own, wait) {
        (Some(own), Some(wait)) if own.at.duration_since(wait.at) > CASCADE => Some(wait),
        (Some(own), _) => Some(own),
        (None, Some(wait)) => Some(wait),
        (None, None) => earliest(&|_| true),
    }
}

/// The verdict of a run that is over, from what caused its failure and whether a test failed.
pub(super) fn verdict(cause: Option<&Candidate>, test_failed: bool) -> Verdict {
    match cause {
        Some(cause) if cause.failure.class == Class::Cancelled => Verdict::Cancelled,
        Some(_) => Verdict::Incomplete,
        None if test_failed => Verdict::Fail,
        None => Verdict::Pass,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(milliseconds: i64, node: &str, class: Class) -> Candidate {
        Candidate {
            at: Timestamp::from_millisecond(milliseconds).unwrap(),
            node: (!node.is_empty()).then(|| node.to_owned()),
            failure: Failure::new(class, "x"),
        }
    }

    fn cause(candidates: &[Candidate]) -> (Option<&str>, Class) {
        let cause = root_cause(candidates).unwrap();
        (cause.node.as_deref(), cause.failure.class)
    }

    #[test]
    fn the_cause_wins_over_its_consequences() {
        use Class::{Cancelled, Infrastructure, Job, Multinode, Timeout};
        assert!(root_cause(&[]).is_none());
        let host = candidate(100, "host", Infrastructure);
        let early_wait = candidate(90, "guest-1", Multinode);
        let cancelled = candidate(10, "guest-2", Cancelled);
        assert_eq!(
            cause(&[early_wait.clone(), cancelled.clone(), host.clone()]),
            (Some("host"), Infrastructure)
        );
        assert_eq!(
            cause(&[early_wait.clone(), cancelled.clone()]),
            (Some("guest-1"), Multinode)
        );
        assert_eq!(
            cause(std::slice::from_ref(&cancelled)),
            (Some("guest-2"), Cancelled)
        );
        let later = candidate(5_000, "host", Timeout);
        assert_eq!(
            cause(&[later.clone(), early_wait]),
            (Some("guest-1"), Multinode)
        );
        assert_eq!(
            cause(&[later, candidate(200, "guest-3", Job), host.clone()]),
            (Some("host"), Infrastructure)
        );
        assert_eq!(
            cause(&[host, candidate(9_000, "", Cancelled)]),
            (None, Cancelled)
        );
    }

    #[test]
    fn exit_codes_are_those_of_the_design() {
        use Class::{Bug, Cancelled, Configuration, Infrastructure, Job, Multinode, Test, Timeout};
        let table = [
            (Configuration, 3),
            (Infrastructure, 3),
            (Job, 4),
            (Test, 4),
            (Timeout, 4),
            (Multinode, 4),
            (Bug, 5),
            (Cancelled, 130),
        ];
        for (class, code) in table {
            assert_eq!(Failure::new(class, "x").exit_code(), code, "{class:?}");
        }
        let mut timeout = Failure::new(Timeout, "x");
        timeout.step_class = Some(Infrastructure);
        assert_eq!(timeout.exit_code(), 3);
    }
}
