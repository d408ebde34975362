//! From runs to a line of the table.

use crate::cases::Case;
use crate::figure::{Figure, Goal, Peer};
use crate::load::Moment;

/// The head of the table.
pub(crate) const HEAD: &str = "| row | figure | median [min .. max] (runs) | machine busy | peer | to reach | reached |\n\
| --- | --- | --- | --- | --- | --- | --- |";

/// Runs a case so many times; a line for each of its figures.
pub(crate) fn lines(case: &Case, runs: usize) -> Vec<String> {
    let bench = match (case.prepare)() {
        Ok(bench) => bench,
        Err(why) => {
            return vec![format!(
                "| {} | NOT RUN: {why} | | | {} | | |",
                case.name, case.peer
            )];
        }
    };
    let before = Moment::now();
    let all: Vec<Vec<Figure>> = (0..runs).map(|_| bench()).collect();
    let busy = before.busy_since();
    let first = all.first().map(Vec::as_slice).unwrap_or_default();
    first
        .iter()
        .enumerate()
        .map(|(i, figure)| {
            let values: Vec<f64> = all.iter().map(|run| run[i].value).collect();
            let peers: Vec<Peer> = all.iter().filter_map(|run| run[i].peer).collect();
            let peer = match peers.first() {
                Some(Peer { name, .. }) => {
                    let values = peers.iter().map(|peer| peer.value).collect();
                    format!("{name} {}", spread(values, figure.unit).1)
                }
                // Measured earlier, it is named once, at the first figure of the row.
                None if i == 0 => case.peer.to_owned(),
                None => String::new(),
            };
            line(case.name, figure, values, busy, &peer)
        })
        .collect()
}

fn line(name: &str, figure: &Figure, values: Vec<f64>, busy: f64, peer: &str) -> String {
    let runs = values.len();
    let (median, spread) = spread(values, figure.unit);
    let goal = |sign, limit, reached| {
        let words = format!("{sign} {} {}", short(limit), figure.unit);
        (words, if reached { "yes" } else { "NO" })
    };
    let (goal, reached) = match figure.goal {
        Some(Goal::AtMost(limit)) => goal("<=", limit, median <= limit),
        Some(Goal::AtLeast(limit)) => goal(">=", limit, median >= limit),
        None => (String::new(), ""),
    };
    format!(
        "| {name} | {} | {spread} ({runs}) | {busy:.2} | {peer} | {goal} | {reached} |",
        figure.what,
    )
}

/// The median; and in words, with the least and the greatest.
fn spread(mut values: Vec<f64>, unit: &str) -> (f64, String) {
    values.sort_by(f64::total_cmp);
    let (least, greatest) = (values[0], values[values.len() - 1]);
    let median = median(&values);
    let words = format!(
        "{} {unit} [{} .. {}]",
        short(median),
        short(least),
        short(greatest)
    );
    (median, words)
}

/// The middle of sorted values; of an even number, between the two in the middle.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) {
        f64::midpoint(sorted[middle - 1], sorted[middle])
    } else {
        sorted[middle]
    }
}

/// Three digits that count, no more.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::figure;

    #[test]
    fn medians() {
        assert!((median(&[1.0, 2.0, 9.0]) - 2.0).abs() < 1e-9);
        assert!((median(&[1.0, 2.0, 4.0, 9.0]) - 3.0).abs() < 1e-9);
    }

    #[test]
    fn a_line_says_whether_the_goal_is_reached() {
        let figure = figure("wall", "s", 0.0).at_most(0.25);
        assert_eq!(
            line("smallest", &figure, vec![0.3, 0.2, 1.0], 0.5, "LAVA 1.80 s"),
            "| smallest | wall | 0.300 s [0.200 .. 1.00] (3) | 0.50 | LAVA 1.80 s | <= 0.250 s | NO |"
        );
    }
}
