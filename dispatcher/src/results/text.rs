//! For people: the verdict and why, a line per node and suite, and every result that did not pass.

use std::io::{self, Write};

use indexmap::IndexMap;

use super::records::word;
use super::{Counts, Results, Verdict, measured};
use crate::journal::event::CaseResult;
use crate::store::RunState;

/// So many of the last lines that a failed LKP job wrote.
const LAST_LINES: usize = 5;

/// Writes a summary.
///
/// # Errors
///
/// When `out` refuses.
pub fn write(results: &Results, state: RunState, out: &mut dyn Write) -> io::Result<()> {
    heading(results, state, out)?;
    writeln!(out)?;
    table(results, out)?;
    let mut open = results
        .results
        .iter()
        .filter(|case| !matches!(case.result, CaseResult::Pass))
        .peekable();
    if open.peek().is_some() {
        writeln!(out)?;
    }
    for case in open {
        let set = case
            .set
            .as_ref()
            .map(|set| format!("{set}/"))
            .unwrap_or_default();
        write!(
            out,
            "{:<8} {} {}/{set}{}",
            word(case.result),
            case.node,
            case.suite,
            case.case
        )?;
        if let Some((_, message)) = &case.more.failure {
            write!(out, ": {}", message.lines().next().unwrap_or_default())?;
        }
        match &case.log {
            Some(span) => writeln!(out, "  [{} bytes {}-{}]", span.file, span.start, span.end)?,
            None => writeln!(out)?,
        }
        let lines: Vec<&str> = case.stderr.lines().collect();
        for line in &lines[lines.len().saturating_sub(LAST_LINES)..] {
            writeln!(out, "  | {line}")?;
        }
    }
    measured::write(results, out)
}

fn heading(results: &Results, state: RunState, out: &mut dyn Write) -> io::Result<()> {
    let name = if results.job_name.is_empty() {
        "a job"
    } else {
        results.job_name.as_str()
    };
    let how = match (state, results.verdict) {
        (RunState::Running, _) => "still running".to_owned(),
        (_, verdict @ (Verdict::Pass | Verdict::Fail)) => verdict.word().to_owned(),
        (_, verdict) => match results.class {
            Some(class) if verdict == Verdict::Incomplete => {
                format!("incomplete ({})", word_of(class))
            }
            _ => verdict.word().to_owned(),
        },
    };
    let time = results
        .start
        .zip(results.end)
        .map(|(start, end)| format!(" in {}", seconds(end.duration_since(start))));
    writeln!(
        out,
        "run {} of {name}: {how}{}",
        results.run,
        time.unwrap_or_default()
    )?;
    if let Some(proof) = &results.evidence {
        let node = proof
            .node
            .as_deref()
            .map(|node| format!("{node}: "))
            .unwrap_or_default();
        writeln!(out, "  {node}{}", proof.message)?;
        if !proof.step.is_empty() {
            writeln!(out, "  at step {} {}", proof.level, proof.step)?;
        }
        if let Some(span) = &proof.log {
            writeln!(out, "  see {} bytes {}-{}", span.file, span.start, span.end)?;
        }
        for line in proof.text.lines() {
            writeln!(out, "  | {line}")?;
        }
    }
    Ok(())
}

/// A class in the design's word.
fn word_of(class: crate::failure::Class) -> String {
    format!("{class:?}").to_lowercase()
}

/// Seconds for people: three digits are enough.
#[must_use]
pub fn seconds(duration: jiff::SignedDuration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn table(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let mut rows: Vec<[String; 6]> =
        vec![["node", "suite", "pass", "fail", "skip", "unknown"].map(str::to_owned)];
    let mut suites: IndexMap<(&str, &str), Counts> = IndexMap::new();
    for case in &results.results {
        suites
            .entry((&case.node, &case.suite))
            .or_default()
            .add(case.result);
    }
    suites
        .sort_by_cached_key(|(node, _), _| results.nodes.iter().position(|one| one.node == *node));
    for (
        (node, suite),
        Counts {
            passed,
            failed,
            skipped,
            unknown,
        },
    ) in suites
    {
        let [passed, failed, skipped, unknown] =
            [passed, failed, skipped, unknown].map(|count| count.to_string());
        rows.push([
            node.to_owned(),
            suite.to_owned(),
            passed,
            failed,
            skipped,
            unknown,
        ]);
    }
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count().min(40))
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; 6] = std::array::from_fn(width);
    for [node, suite, numbers @ ..] in &rows {
        write!(out, "{node:<0$}  {suite:<1$}", widths[0], widths[1])?;
        for (number, width) in numbers.iter().zip(&widths[2..]) {
            write!(out, "  {number:>width$}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
