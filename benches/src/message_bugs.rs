//! How many seeded message bugs `dispatch check` finds.
//!
//! Jobs of two to five roles are made up, the same in every run, half of them with guests that start when their host
//! says so. All are free of errors. Then bugs are put in, one at a time; a bug is found when the check says something
//! that it did not say before, and shows one of the ids (or roles) that the bug is about. A bug is not decidable when a
//! role runs a script that the job does not hold, and that script could make up for it.

mod dice;
mod model;
mod seed;
mod write;

use std::fmt;

use dispatcher::check::messages;
use job_schema::{Finding, Severity};

pub use seed::Bug;

use dice::Dice;

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Jobs without a bug.
    pub jobs: usize,
    /// Errors found in them; each is one too many.
    pub false_errors: Vec<String>,
    /// Per kind of bug: seeded, decidable, found.
    pub kinds: Vec<(Bug, usize, usize, usize)>,
    /// Decidable bugs that were not found: the bug and the job's number.
    pub misses: Vec<String>,
}

impl Figures {
    /// Decidable bugs.
    #[must_use]
    pub fn decidable(&self) -> usize {
        self.kinds
            .iter()
            .map(|(_, _, decidable, _)| decidable)
            .sum()
    }

    /// Those of them that were found.
    #[must_use]
    pub fn found(&self) -> usize {
        self.kinds.iter().map(|(.., found)| found).sum()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (found, decidable) = (self.found(), self.decidable());
        let share = 100.0 * found as f64 / decidable.max(1) as f64;
        writeln!(
            f,
            "| message bugs in {} jobs | {found} of {decidable} found ({share:.1} %) | false errors: {} |",
            self.jobs,
            self.false_errors.len()
        )?;
        for (bug, seeded, decidable, found) in &self.kinds {
            writeln!(
                f,
                "| {} | {found} of {decidable} found | seeded: {seeded} |",
                bug.words()
            )?;
        }
        for line in self.misses.iter().chain(&self.false_errors) {
            writeln!(f, "  {line}")?;
        }
        Ok(())
    }
}

/// Makes up so many jobs, and counts. The figure of the project is that of 40 jobs with 3 bugs of each kind.
#[must_use]
pub fn figures(jobs: usize, bugs_each: usize) -> Figures {
    let mut figures = Figures {
        jobs,
        false_errors: Vec::new(),
        kinds: Bug::ALL.map(|bug| (bug, 0, 0, 0)).to_vec(),
        misses: Vec::new(),
    };
    for number in 0..jobs {
        let job = model::job(number);
        let before = check(&write::text(&job));
        let errors = before.iter().filter(|f| f.severity == Severity::Error);
        let told = errors.map(|f| format!("false error in job {number}: {} {}", f.code, f.message));
        figures.false_errors.extend(told);
        for (kind, seeded, decidable, found) in &mut figures.kinds {
            for round in 0..bugs_each {
                let mut dice = Dice::new((number * 31 + round * 7 + *kind as usize) as u64 + 1000);
                let Some(bug) = seed::seed(&job, *kind, &mut dice) else {
                    continue;
                };
                *seeded += 1;
                if !bug.decidable {
                    continue;
                }
                *decidable += 1;
                let text = write::text(&bug.job);
                let shows =
                    |finding: &Finding| is_new(finding, &before) && shows(finding, &text, &bug.ids);
                if check(&text).iter().any(shows) {
                    *found += 1;
                } else {
                    let ids = bug.ids.join(", ");
                    let miss = format!("missed in job {number}: {} ({ids})", kind.words());
                    figures.misses.push(miss);
                }
            }
        }
    }
    figures
}

/// The text of one of the made-up jobs.
#[must_use]
pub fn text(number: usize) -> String {
    write::text(&model::job(number))
}

fn check(text: &str) -> Vec<Finding> {
    let parsed = job_schema::parse_job("job.yaml", text);
    match &parsed.job {
        Some(job) => messages::read(job, text, &mut |_| None).findings(),
        // A job that cannot be read is a fault of this program: it counts as one.
        None => parsed.findings,
    }
}

fn is_new(finding: &Finding, before: &[Finding]) -> bool {
    !before
        .iter()
        .any(|old| old.code == finding.code && old.message == finding.message)
}

fn shows(finding: &Finding, text: &str, ids: &[String]) -> bool {
    let places = finding.related.iter().map(|(span, _)| span);
    let places = places.chain([&finding.span]);
    let mut words = places.map(|span| text.get(span.start..span.end).unwrap_or_default());
    let says = |id: &String| finding.message.contains(id.as_str());
    ids.iter().any(says) || words.any(|words| ids.iter().any(|id| words.contains(id.as_str())))
}

#[cfg(test)]
mod tests {
    use super::figures;

    #[test]
    fn seeded_bugs_are_found_and_clean_jobs_are_clean() {
        let figures = figures(12, 1);
        println!("{figures}");
        assert_eq!(figures.false_errors, Vec::<String>::new());
        assert!(figures.decidable() > 30);
        assert!(
            figures.found() * 100 >= figures.decidable() * 98,
            "{figures}"
        );
    }
}
