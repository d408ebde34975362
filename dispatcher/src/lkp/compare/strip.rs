//! Draws one metric for a terminal: a row per run, node and container with a dot per sample over one axis.
//!
//! ```text
//! A guest-1 c1 │   · •┃·   ┊
//! B guest-1 c1 │           ┊  ··┃ ·
//!              └──┴──────────┴──────
//!                20000      20500
//! ```
//! `·` is one sample, `•` two to four, `●` more, `┃` the row's median, `┊` the base's.

use std::collections::BTreeMap;

use super::axis::Axis;
use super::rule::median;
use super::sample::Sample;
use super::{Comparison, Kpi};

/// More rows are drawn together: all containers of a node, then all nodes of a run.
const MOST_ROWS: usize = 24;
/// Longer labels are cut.
const MOST_LABEL: usize = 30;

/// The drawing, line by line, at most `width` characters wide.
pub(super) fn draw(comparison: &Comparison, kpi: &Kpi, width: usize) -> Vec<String> {
    let rows = rows(comparison, kpi);
    let axis = Axis::of(rows.iter().flat_map(|row| row.values.iter().copied()));
    let margin = rows
        .iter()
        .map(|row| row.label.chars().count())
        .max()
        .unwrap_or(0);
    let columns = width.saturating_sub(margin + 2).max(20);
    let column = |value: f64| (axis.place(value) * (columns - 1) as f64).round() as usize;
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| format!("{:<margin$} │{}", row.label, row.cells(columns, column)))
        .collect();
    let ticks = axis.ticks((columns / 16).clamp(2, 6));
    let mut rule = vec!['─'; columns];
    let mut labels: Vec<char> = Vec::new();
    for (value, label) in ticks {
        let at = column(value);
        rule[at] = '┴';
        // Below its tick, but neither beyond the edge nor into its neighbour.
        let length = label.chars().count();
        let start = at
            .saturating_sub(length / 2)
            .min(columns.saturating_sub(length));
        if labels.is_empty() || start > labels.len() {
            labels.resize(start, ' ');
            labels.extend(label.chars());
        }
    }
    lines.push(format!(
        "{:margin$} └{}",
        "",
        rule.into_iter().collect::<String>()
    ));
    lines.push(format!(
        "{:margin$}  {}",
        "",
        labels.into_iter().collect::<String>()
    ));
    lines
}

/// One row of the drawing.
struct Row {
    label: String,
    /// The base's median at the same place; the base itself has none.
    base: Option<f64>,
    values: Vec<f64>,
}

impl Row {
    fn cells(&self, columns: usize, column: impl Fn(f64) -> usize) -> String {
        let mut counts = vec![0_u32; columns];
        for &value in &self.values {
            counts[column(value)] += 1;
        }
        let mut cells: Vec<char> = counts
            .into_iter()
            .map(|count| match count {
                0 => ' ',
                1 => '·',
                2..=4 => '•',
                _ => '●',
            })
            .collect();
        if let Some(base) = self.base.map(&column).filter(|base| cells[*base] == ' ') {
            cells[base] = '┊';
        }
        cells[column(median(&self.values))] = '┃';
        cells.into_iter().collect::<String>().trim_end().to_owned()
    }
}

fn points(kpi: &Kpi, run: usize) -> impl Iterator<Item = &Sample> {
    kpi.found
        .get(run)
        .into_iter()
        .flat_map(|found| &found.points)
}

/// What of a sample's place tells rows apart.
type Place<'a> = (&'a str, u32);

fn rows(comparison: &Comparison, kpi: &Kpi) -> Vec<Row> {
    fn by_container(sample: &Sample) -> Place<'_> {
        (&sample.node, sample.container)
    }
    fn by_node(sample: &Sample) -> Place<'_> {
        (&sample.node, 0)
    }
    fn by_run(_: &Sample) -> Place<'_> {
        ("", 0)
    }
    let detailed = rows_by(comparison, kpi, by_container);
    if detailed.len() <= MOST_ROWS {
        return detailed;
    }
    let fewer = rows_by(comparison, kpi, by_node);
    if fewer.len() <= MOST_ROWS {
        return fewer;
    }
    rows_by(comparison, kpi, by_run)
}

/// A row per place and run; the runs of one place stand together.
fn rows_by(comparison: &Comparison, kpi: &Kpi, place: fn(&Sample) -> Place<'_>) -> Vec<Row> {
    let all = || (0..kpi.found.len()).flat_map(|run| points(kpi, run).map(move |s| (s, run)));
    let mut rows: BTreeMap<(Place<'_>, usize), Vec<f64>> = BTreeMap::new();
    for (sample, run) in all() {
        rows.entry((place(sample), run))
            .or_default()
            .push(sample.value);
    }
    let first = all().next().map(|(sample, _)| place(sample));
    let one_node = rows
        .keys()
        .all(|((node, _), _)| Some(*node) == first.map(|f| f.0));
    let one_place = rows.keys().all(|(place, _)| Some(*place) == first);
    let bases: BTreeMap<Place<'_>, f64> = rows
        .iter()
        .filter(|((_, run), _)| *run == 0)
        .map(|((place, _), values)| (*place, median(values)))
        .collect();
    rows.into_iter()
        .map(|(((node, container), run), values)| {
            let letter = &comparison.runs[run].letter;
            let label = match (one_place, one_node, container) {
                (true, _, _) => letter.clone(),
                (_, true, container) => format!("{letter} c{container}"),
                (_, _, 0) => format!("{letter} {node}"),
                (_, _, container) => format!("{letter} {node} c{container}"),
            };
            Row {
                label: cut(&label),
                base: bases.get(&(node, container)).copied().filter(|_| run > 0),
                values,
            }
        })
        .collect()
}

fn cut(label: &str) -> String {
    let length = label.chars().count();
    if length <= MOST_LABEL {
        return label.to_owned();
    }
    // The end has the container.
    let head: String = label.chars().take(MOST_LABEL / 2).collect();
    let tail: String = label.chars().skip(length - MOST_LABEL / 2 + 1).collect();
    format!("{head}…{tail}")
}
