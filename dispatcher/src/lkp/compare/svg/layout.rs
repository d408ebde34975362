//! Where everything stands in a drawing, in pixels.

use std::collections::BTreeSet;

use super::super::sample::Sample;
use super::super::{Comparison, Kpi};
use super::pen::Shape;

/// The first line of the legend.
pub(super) const TOP: f64 = 72.0;
/// A line of the legend.
pub(super) const LINE: f64 = 18.0;
/// Of the axis.
pub(super) const HEIGHT: f64 = 300.0;
/// Below the axis: letters, nodes, footer.
const BELOW: f64 = 76.0;
const LEFT: f64 = 78.0;
const RIGHT: f64 = 20.0;
/// The whole drawing.
const WIDTHS: (f64, f64) = (640.0, 1400.0);
/// A point and its air.
const POINT: f64 = 10.0;
/// A run on a node.
const GROUP: (f64, f64) = (44.0, 220.0);
/// More nodes are drawn as one.
const MOST_NODES: usize = 12;

/// The places of all parts.
pub(super) struct Layout<'a> {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) left: f64,
    pub(super) top: f64,
    /// Of a point.
    pub(super) radius: f64,
    pub(super) nodes: Vec<NodePlace<'a>>,
    containers: Vec<u32>,
}

/// A node's part of the drawing.
pub(super) struct NodePlace<'a> {
    pub(super) label: String,
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) groups: Vec<Group<'a>>,
}

/// A run's points on a node.
pub(super) struct Group<'a> {
    pub(super) run: usize,
    pub(super) start: f64,
    pub(super) end: f64,
    /// With its distance from the left and its shape.
    pub(super) points: Vec<(&'a Sample, f64, Shape)>,
}

impl<'a> Layout<'a> {
    pub(super) fn of(comparison: &Comparison, kpi: &'a Kpi) -> Self {
        let all = || kpi.found.iter().flat_map(|found| &found.points);
        let names: BTreeSet<&'a str> = all().map(|sample| sample.node.as_str()).collect();
        let containers: BTreeSet<u32> = all().map(|sample| sample.container).collect();
        let containers: Vec<u32> = containers.into_iter().collect();
        let nodes: Vec<Option<&'a str>> = if names.len() > MOST_NODES {
            vec![None]
        } else {
            names.iter().map(|name| Some(*name)).collect()
        };
        let runs = kpi.found.len();
        let of_group = |node: Option<&'a str>, run: usize| {
            let points = kpi.found[run].points.iter();
            points.filter(move |sample| node.is_none_or(|node| node == sample.node))
        };
        let most = nodes
            .iter()
            .flat_map(|node| (0..runs).map(|run| of_group(*node, run).count()))
            .max()
            .unwrap_or(0);
        let groups = (nodes.len().max(1) * runs) as f64;
        let room = (WIDTHS.1 - LEFT - RIGHT) / groups;
        let group = (most as f64 * POINT + 12.0)
            .clamp(GROUP.0, GROUP.1)
            .min(room * 0.92);
        let width = (LEFT + RIGHT + groups * group / 0.92).clamp(WIDTHS.0, WIDTHS.1);
        // What is left over is air between the groups.
        let step = (width - LEFT - RIGHT) / groups;
        let shapes = Shape::of(&containers);
        let mut places = Vec::new();
        for (place, node) in nodes.iter().enumerate() {
            let start = LEFT + (place * runs) as f64 * step;
            let groups = (0..runs).map(|run| {
                let middle = start + (run as f64 + 0.5) * step;
                let mut points: Vec<&Sample> = of_group(*node, run).collect();
                points.sort_by(|a, b| key(a).cmp(&key(b)));
                Group {
                    run,
                    start: middle - group / 2.0,
                    end: middle + group / 2.0,
                    points: spread_out(&points, &shapes, middle - group / 2.0, group),
                }
            });
            let end = start + runs as f64 * step;
            let label = node.map_or_else(|| format!("{} nodes", names.len()), str::to_owned);
            places.push(NodePlace {
                label: cut(&label, (end - start) / 7.0),
                start,
                end,
                groups: groups.collect(),
            });
        }
        let legend = comparison.runs.len() + usize::from(containers.len() > 1);
        let top = TOP + legend as f64 * LINE + 24.0;
        Self {
            width,
            height: top + HEIGHT + BELOW,
            left: LEFT,
            top,
            radius: if most > 60 { 2.2 } else { 3.8 },
            nodes: places,
            containers,
        }
    }

    /// The right end of the axis.
    pub(super) fn right(&self) -> f64 {
        self.width - RIGHT
    }

    /// As much of a text as fits in a line, if its letters are that wide.
    pub(super) fn fit(&self, text: &str, letter: f64) -> String {
        cut(text, (self.width - 50.0) / letter)
    }

    /// The containers and their shapes, when there are several and each has its own.
    pub(super) fn shapes(&self) -> Vec<(u32, Shape)> {
        if (2..=Shape::COUNT).contains(&self.containers.len()) {
            Shape::of(&self.containers)
        } else {
            Vec::new()
        }
    }

    /// The points of the greatest group.
    pub(super) fn most_points(&self) -> usize {
        let groups = self.nodes.iter().flat_map(|node| &node.groups);
        groups.map(|group| group.points.len()).max().unwrap_or(0)
    }
}

impl<'a> Group<'a> {
    /// Halfway between its ends.
    pub(super) fn middle(&self) -> f64 {
        (self.start + self.end) / 2.0
    }

    /// Its points, thinned out to about `most`; the least and the greatest are always among them.
    pub(super) fn drawn(&self, most: usize) -> impl Iterator<Item = (&'a Sample, f64, Shape)> {
        let by_value =
            |a: &usize, b: &usize| self.points[*a].0.value.total_cmp(&self.points[*b].0.value);
        let least = (0..self.points.len()).min_by(by_value);
        let greatest = (0..self.points.len()).max_by(by_value);
        let every = self.points.len().div_ceil(most).max(1);
        self.points
            .iter()
            .enumerate()
            .filter(move |(place, _)| {
                place % every == 0 || Some(*place) == least || Some(*place) == greatest
            })
            .map(|(_, point)| *point)
    }
}

fn key(sample: &Sample) -> (u32, &str, &str, u32) {
    (sample.container, &sample.node, &sample.suite, sample.repeat)
}

/// Side by side, container by container, in the order given.
fn spread_out<'a>(
    points: &[&'a Sample],
    shapes: &[(u32, Shape)],
    start: f64,
    width: f64,
) -> Vec<(&'a Sample, f64, Shape)> {
    let step = (width - 12.0) / points.len() as f64;
    let shape = |container: u32| {
        let found = shapes.iter().find(|(known, _)| *known == container);
        found.map_or(Shape::Circle, |(_, shape)| *shape)
    };
    points
        .iter()
        .enumerate()
        .map(|(place, sample)| {
            let x = start + 6.0 + (place as f64 + 0.5) * step;
            (*sample, x, shape(sample.container))
        })
        .collect()
}

fn cut(text: &str, most: f64) -> String {
    let most = most.max(4.0) as usize;
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(most - 1).collect();
    cut.push('…');
    cut
}
