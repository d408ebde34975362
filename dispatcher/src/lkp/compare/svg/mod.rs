//! Draws one metric as SVG, readable on light and dark paper.
//!
//! The values go up. From left to right stand the nodes; in each of them the runs, the base first; in each run its
//! containers, told apart by shape; in each container its repeats in their order. A bar is the median of the run on the node,
//! the dashed line the base's. Colours are Okabe's and Ito's, which people with any kind of colour blindness tell apart; the
//! letter of the run stands below as well.

mod file_name;
mod layout;
mod pen;
mod style;

use std::io;

pub(crate) use self::file_name::file_name;
use self::layout::{Group, HEIGHT, Layout, TOP};
use self::pen::Pen;
use super::axis::Axis;
use super::number::{Scale, change};
use super::rule::{Verdict, median};
use super::sample::Sample;
use super::{Comparison, Found, Kpi, text};

/// More samples of one group are thinned out; the least and the greatest stay.
const MOST_DRAWN: usize = 400;

/// The drawing, as a file of its own.
///
/// # Errors
///
/// None that the memory does not have.
pub(crate) fn draw(comparison: &Comparison, kpi: &Kpi) -> io::Result<String> {
    let layout = Layout::of(comparison, kpi);
    let axis = Axis::of(kpi.found.iter().flat_map(|f| &f.points).map(|p| p.value));
    let (name, reading) = text::title(&kpi.key, kpi.better);
    let mut pen = Pen::new(layout.width, layout.height, &format!("{name} ({reading})"))?;
    pen.text((16.0, 28.0), "ink big", &layout.fit(&kpi.key.metric, 9.0))?;
    let job = format!("{}/{}", kpi.key.suite, kpi.key.job);
    pen.text((16.0, 47.0), "soft", &layout.fit(&job, 6.6))?;
    legend(&mut pen, comparison, kpi, &layout)?;
    pen.text((16.0, layout.top - 12.0), "ink", &reading)?;
    let y = |value: f64| layout.top + HEIGHT * (1.0 - axis.place(value));
    for (value, label) in axis.ticks(6) {
        pen.line((layout.left, y(value)), (layout.right(), y(value)), "grid")?;
        pen.text((layout.left - 8.0, y(value) + 4.0), "soft end", &label)?;
    }
    let scale = axis.scale;
    for node in &layout.nodes {
        let middle = (node.start + node.end) / 2.0;
        let bottom = layout.top + HEIGHT;
        if node.start > layout.left {
            pen.line((node.start, layout.top), (node.start, bottom), "grid")?;
        }
        pen.text((middle, bottom + 38.0), "ink middle", &node.label)?;
        let base = node.groups.iter().find(|group| group.run == 0);
        if let Some(value) = base.and_then(Group::median) {
            pen.line((node.start, y(value)), (node.end, y(value)), "base")?;
        }
        if comparison.runs.len() > 2 {
            let medians = node
                .groups
                .iter()
                .filter_map(|g| Some((g.middle(), y(g.median()?))));
            pen.polyline(medians, "trend")?;
        }
        for group in &node.groups {
            let letter = &comparison.runs[group.run].letter;
            pen.text((group.middle(), bottom + 19.0), "soft middle", letter)?;
            let Some(median) = group.median() else {
                continue;
            };
            let color = style::color(group.run);
            for (sample, x, shape) in group.drawn(MOST_DRAWN) {
                let told = tooltip(letter, sample, scale, kpi);
                let at = (x, y(sample.value));
                pen.marker(at, shape, layout.radius, color, &told)?;
            }
            let (start, end) = (group.start + 3.0, group.end - 3.0);
            pen.line(
                (start, y(median)),
                (end, y(median)),
                &format!("median {color}"),
            )?;
        }
    }
    pen.text((16.0, layout.height - 12.0), "soft small", &footer(&layout))?;
    pen.finish()
}

/// A line per run, and one for the containers.
fn legend(pen: &mut Pen, c: &Comparison, kpi: &Kpi, layout: &Layout<'_>) -> io::Result<()> {
    let mut y = TOP;
    for (place, (run, found)) in c.runs.iter().zip(&kpi.found).enumerate() {
        pen.swatch((16.0, y - 9.0), style::color(place))?;
        let words = format!("{}  {}  {}", run.letter, run.id, outcome(place, found, kpi));
        pen.text((34.0, y), "ink", &layout.fit(&words, 6.6))?;
        y += layout::LINE;
    }
    let mut x = 16.0;
    for (container, shape) in layout.shapes() {
        let words = format!("container {container}");
        pen.marker((x + 5.0, y - 4.0), shape, 4.0, "plain", "")?;
        pen.text((x + 18.0, y), "soft", &words)?;
        x += 36.0 + words.len() as f64 * 6.6;
    }
    Ok(())
}

fn outcome(place: usize, found: &Found, kpi: &Kpi) -> String {
    let greatest = kpi.found.iter().filter_map(|found| found.value);
    let scale = Scale::of(greatest.fold(0.0, |greatest, value| value.abs().max(greatest)));
    let value = match found.value {
        Some(value) => format!("median {}, n = {}", scale.number(value), found.n()),
        None => "nothing".to_owned(),
    };
    let failed = match found.tally.failed {
        0 => String::new(),
        failed => format!(", {failed} of {} failed", found.tally.points),
    };
    let verdict = match found.verdict {
        _ if place == 0 => ", base".to_owned(),
        None => String::new(),
        Some(verdict @ (Verdict::New | Verdict::Gone)) => format!(", {}", verdict.word()),
        Some(verdict) => format!(", {}: {}", change(found.change), verdict.word()),
    };
    format!("{value}{failed}{verdict}")
}

fn tooltip(letter: &str, sample: &Sample, scale: Scale, kpi: &Kpi) -> String {
    format!(
        "{letter} {} container {} repeat {}: {} {}",
        sample.node,
        sample.container,
        sample.repeat,
        scale.number(sample.value),
        kpi.key.unit.as_deref().unwrap_or_default()
    )
}

fn footer(layout: &Layout<'_>) -> String {
    let order = "bar: median; dashed: the base's; repeats from left to right";
    if layout.most_points() > MOST_DRAWN {
        format!("{order}; at most {MOST_DRAWN} points of a group are drawn")
    } else {
        order.to_owned()
    }
}

impl Group<'_> {
    /// The median of its points.
    fn median(&self) -> Option<f64> {
        let values: Vec<f64> = self
            .points
            .iter()
            .map(|(sample, ..)| sample.value)
            .collect();
        (!values.is_empty()).then(|| median(&values))
    }
}
