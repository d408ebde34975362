//! For people: the runs, a table and a drawing per metric, a summary and the noise rule.

use std::io::{self, Write};

use super::number::{Scale, change};
use super::rule::{RULE, Verdict};
use super::sample::Key;
use super::terminal::{Terminal, ascii, wrap};
use super::{Comparison, Found, Kpi, Run, strip};
use crate::lkp::point::Better;

/// Narrower terminals wrap, wider ones stay empty at the right: long rows are hard to follow.
const WIDTHS: std::ops::RangeInclusive<usize> = 50..=110;

/// Writes the comparison.
///
/// # Errors
///
/// When `out` refuses.
pub(crate) fn write(c: &Comparison, terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
    let width = terminal.width.clamp(*WIDTHS.start(), *WIDTHS.end());
    let mut lines = Vec::new();
    for run in &c.runs {
        heading(run, &mut lines);
    }
    for kpi in &c.kpis {
        lines.push(String::new());
        table(c, kpi, terminal.color, &mut lines);
        if kpi.kpi || kpi.found.iter().any(|found| differs(found.verdict)) {
            let drawing = strip::draw(c, kpi, width - 2);
            lines.extend(drawing.into_iter().map(|line| format!("  {line}")));
        }
    }
    lines.push(String::new());
    lines.push(summary(c));
    wrap(RULE, width, &mut lines);
    for line in lines {
        let line = line.trim_end();
        if terminal.ascii {
            writeln!(out, "{}", line.chars().map(ascii).collect::<String>())?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

fn heading(run: &Run, lines: &mut Vec<String>) {
    let start = run.start.map_or_else(String::new, |start| {
        start.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
    });
    let base = if run.letter == "A" { "  base" } else { "" };
    lines.push(format!(
        "{}  {}  {start}  {}{base}",
        run.letter, run.id, run.name
    ));
    if !run.ended {
        lines.push("   has not come to its end: this is what it found so far".to_owned());
    }
    if run.damaged > 0 {
        lines.push(format!(
            "   {} lines of its journal cannot be read",
            run.damaged
        ));
    }
    for ((suite, job), tally) in &run.jobs {
        if tally.failed > 0 {
            lines.push(format!(
                "   {} of {} runs of {suite}/{job} failed: their numbers are left out",
                tally.failed, tally.points
            ));
        }
        if tally.odd > 0 {
            lines.push(format!(
                "   {} values of {suite}/{job} are no finite numbers: left out",
                tally.odd
            ));
        }
    }
}

/// What a metric is called and how it is to be read.
pub(crate) fn title(key: &Key, better: Option<Better>) -> (String, String) {
    let Key {
        suite,
        job,
        metric,
        unit,
    } = key;
    let reading = better.map_or("better direction unknown", Better::words);
    let reading = match unit {
        Some(unit) => format!("{unit}, {reading}"),
        None => format!("unit unknown, {reading}"),
    };
    (format!("{suite}/{job}: {metric}"), reading)
}

fn table(c: &Comparison, kpi: &Kpi, color: bool, lines: &mut Vec<String>) {
    let (name, reading) = title(&kpi.key, kpi.better);
    lines.push(format!("{name} ({reading})"));
    let greatest = kpi.found.iter().filter_map(|found| found.value);
    let scale = Scale::of(greatest.fold(0.0, |greatest, value| value.abs().max(greatest)));
    let cells = |found: &Found| {
        let n = found.n();
        [
            if n < found.points.len() {
                format!("{n} ({})", found.points.len())
            } else {
                n.to_string()
            },
            found
                .value
                .map(|value| scale.number(value))
                .unwrap_or_default(),
            spread(found).unwrap_or_default(),
            match found.verdict {
                None | Some(Verdict::New | Verdict::Gone) => String::new(),
                Some(_) => change(found.change),
            },
        ]
    };
    let head = ["n", "median", "spread", "change"].map(str::to_owned);
    let rows: Vec<[String; 4]> = std::iter::once(head)
        .chain(kpi.found.iter().map(cells))
        .collect();
    let widths: [usize; 4] = std::array::from_fn(|column| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    });
    let first = c
        .runs
        .iter()
        .map(|run| run.letter.len())
        .max()
        .unwrap_or(1)
        .max(3);
    let letters = std::iter::once("run").chain(c.runs.iter().map(|run| run.letter.as_str()));
    let lasts =
        std::iter::once("verdict".to_owned()).chain(kpi.found.iter().map(|f| verdict(f, color)));
    for ((row, letter), last) in rows.iter().zip(letters).zip(lasts) {
        let mut line = format!("  {letter:<first$}");
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(&format!("  {cell:>width$}"));
        }
        lines.push(format!("{line}  {last}").trim_end().to_owned());
    }
}

/// The spread as a part of the value; as a number when there is no such part.
fn spread(found: &Found) -> Option<String> {
    let (value, spread) = (found.value?, found.spread?);
    let part = spread / value.abs();
    Some(if spread == 0.0 {
        "0".to_owned()
    } else if part.is_finite() && part < 100.0 {
        format!("{:.1} %", part * 100.0)
    } else {
        Scale::of(spread).number(spread)
    })
}

fn verdict(found: &Found, color: bool) -> String {
    let Some(verdict) = found.verdict else {
        return String::new();
    };
    let mut text = verdict.word().to_owned();
    if color {
        let code = match verdict {
            Verdict::Worse => Some(31),
            Verdict::Better => Some(32),
            Verdict::Changed | Verdict::Gone | Verdict::New => Some(33),
            Verdict::Same | Verdict::TooFew => None,
        };
        if let Some(code) = code {
            text = format!("\x1b[{code}m{text}\x1b[0m");
        }
    }
    match (verdict, found.p) {
        (Verdict::Gone, _) if found.tally.failed > 0 => text + " (its runs failed)",
        (_, Some(p)) if p < 0.0001 => text + " (p < 0.0001)",
        (_, Some(p)) => format!("{text} (p = {p:.4})"),
        (_, None) => text,
    }
}

fn differs(verdict: Option<Verdict>) -> bool {
    matches!(
        verdict,
        Some(Verdict::Worse | Verdict::Better | Verdict::Changed)
    )
}

/// The counts of verdicts, and how many of them chance may have made.
fn summary(c: &Comparison) -> String {
    let counts = c.counts();
    let words: Vec<String> = counts
        .iter()
        .map(|(verdict, count)| format!("{count} {}", verdict.word()))
        .collect();
    let judged = |verdict| matches!(verdict, Verdict::Same) || differs(Some(verdict));
    let judged: usize = counts
        .iter()
        .filter(|(v, _)| judged(*v))
        .map(|(_, count)| count)
        .sum();
    let mut line = format!("Against A: {}.", words.join(", "));
    if judged >= 10 {
        line.push_str(&format!(
            " Of {judged} comparisons of equal runs, chance alone makes up to {:.0} worse.",
            (judged as f64 * 0.0125).ceil()
        ));
    }
    line
}
