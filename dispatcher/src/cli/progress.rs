//! What a person sees while a run goes on: one live line per node on a terminal, plain lines elsewhere.

use std::collections::HashMap;
use std::io::Write;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::mpsc;

use crate::console::printable;
use crate::journal::event::{CaseResult, Event, NoteLevel};
use crate::lkp::point::Point;

/// The display of one run.
pub struct Progress {
    began: Instant,
    nodes: HashMap<String, Node>,
    widest: usize,
    /// `None`: plain lines.
    live: Option<MultiProgress>,
}

/// What is shown of a node.
#[derive(Default)]
struct Node {
    bar: Option<ProgressBar>,
    at: String,
    waits: Vec<String>,
    passed: u64,
    failed: u64,
}

impl Progress {
    /// A display on a terminal, or plain lines.
    #[must_use]
    pub fn new(terminal: bool) -> Self {
        let live = terminal
            .then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10)));
        Self {
            began: Instant::now(),
            nodes: HashMap::new(),
            widest: 4,
            live,
        }
    }

    /// Shows events until there are no more.
    pub async fn follow(mut self, mut events: mpsc::UnboundedReceiver<Event>) {
        while let Some(event) = events.recv().await {
            self.show(&event);
        }
        for node in self.nodes.values() {
            if let Some(bar) = &node.bar {
                bar.finish();
            }
        }
    }

    fn show(&mut self, event: &Event) {
        match event {
            Event::RunStarted { run, job_name, .. } => {
                self.line("", &format!("run {run}: {job_name}"));
            }
            Event::NodeAssigned {
                node, device, host, ..
            } => self.assigned(node, device, host.as_deref()),
            Event::StepStarted {
                node, level, name, ..
            } => self.update(node, |n| n.at = format!("{level} {name}")),
            Event::StepEnded {
                node,
                level,
                name,
                failure: Some(failure),
                ..
            } if failure.evidence.level == *level => {
                self.line(node, &format!("{level} {name} failed: {}", failure.message));
            }
            Event::StepEnded {
                node,
                level,
                name,
                duration,
                ..
            } if self.live.is_none() && !level.contains('.') => {
                self.line(node, &format!("{level} {name} took {duration:.2} s"));
            }
            Event::StepEnded { .. }
            | Event::SuiteStarted { .. }
            | Event::HostOutput { .. }
            | Event::BusSent { .. } => {}
            Event::BusWaiting { node, what, on } => self.waiting(node, what, on),
            Event::BusDone {
                node,
                what,
                failure,
            } => {
                self.update(node, |n| n.waits.retain(|w| !w.starts_with(what.as_str())));
                if let Some(reason) = failure {
                    self.line(node, reason);
                }
            }
            Event::Case {
                node,
                suite,
                case,
                result,
                measurement,
                units,
                ..
            } => {
                self.update(node, |n| match result {
                    CaseResult::Fail => n.failed += 1,
                    CaseResult::Pass => n.passed += 1,
                    CaseResult::Skip | CaseResult::Unknown => {}
                });
                self.case(
                    node,
                    suite,
                    case,
                    *result,
                    measurement.as_deref().zip(units.as_deref()),
                );
            }
            Event::Lkp {
                node, suite, point, ..
            } => self.lkp(node, suite, point),
            Event::SuiteEnded {
                node,
                suite,
                finished: false,
                ..
            } => {
                self.line(node, &format!("{suite} did not reach its end"));
            }
            Event::SuiteEnded { .. } => {}
            Event::Note {
                level: NoteLevel::Info,
                ..
            } => {}
            Event::Note {
                node,
                level: NoteLevel::Warning,
                message,
            } => {
                self.line(
                    node.as_deref().unwrap_or(""),
                    &format!("warning: {message}"),
                );
            }
            Event::NodeEnded { node, failure } => {
                let words = if failure.is_some() {
                    "incomplete"
                } else {
                    "complete"
                };
                self.update(node, |n| {
                    n.at = words.to_owned();
                    n.waits.clear();
                });
                if self.live.is_none() {
                    self.line(node, words);
                }
            }
            Event::RunEnded { failure } => {
                if let Some(failure) = failure {
                    self.line("", &failure.message);
                }
            }
        }
    }

    fn assigned(&mut self, node: &str, device: &str, host: Option<&str>) {
        self.widest = self.widest.max(node.len());
        let on = host.map_or_else(|| format!("on {device}"), |h| format!("guest of {h}"));
        let bar = self.live.as_ref().map(|live| {
            let style = ProgressStyle::with_template("{prefix} {wide_msg}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner());
            live.add(ProgressBar::no_length().with_style(style))
        });
        let at = on.clone();
        self.nodes.insert(
            node.to_owned(),
            Node {
                bar,
                at,
                ..Node::default()
            },
        );
        if self.live.is_none() {
            self.line(node, &on);
        } else {
            self.update(node, |_| {});
        }
    }

    fn waiting(&mut self, node: &str, what: &str, on: &str) {
        let words = format!("{what} ({on})");
        if self.live.is_none() {
            self.line(node, &format!("waits: {words}"));
        }
        self.update(node, |n| n.waits.push(words));
    }

    fn case(
        &self,
        node: &str,
        suite: &str,
        case: &str,
        result: CaseResult,
        measured: Option<(&str, &str)>,
    ) {
        let word = match result {
            CaseResult::Pass => "pass",
            CaseResult::Fail => "FAIL",
            CaseResult::Skip => "skip",
            CaseResult::Unknown => "unknown",
        };
        // On a terminal the counts tell of what passes.
        if self.live.is_none() || result == CaseResult::Fail {
            let measured = measured.map_or_else(String::new, |(m, u)| format!("  {m} {u}"));
            self.line(node, &format!("{word} {suite} {case}{measured}"));
        }
    }

    fn lkp(&mut self, node: &str, suite: &str, point: &Point) {
        self.update(node, |n| match point.result {
            CaseResult::Fail => n.failed += 1,
            _ => n.passed += 1,
        });
        let which = point.which().map_or_else(String::new, |w| format!(" {w}"));
        let case = format!("{}{which}", point.job);
        let reasons = point.reasons.join("; ");
        let measured = if point.result == CaseResult::Fail {
            Some((reasons.as_str(), ""))
        } else {
            // One number is enough while it runs; the results have all.
            let first = point.measurements.iter().find(|m| m.kpi);
            first.map(|m| (m.value.as_str(), m.unit.as_deref().unwrap_or(&m.name)))
        };
        self.case(node, suite, &case, point.result, measured);
    }

    fn update(&mut self, node: &str, change: impl FnOnce(&mut Node)) {
        let prefix = format!("{node:<width$}", width = self.widest);
        let Some(node) = self.nodes.get_mut(node) else {
            return;
        };
        change(node);
        if let Some(bar) = &node.bar {
            bar.set_prefix(prefix);
            let mut line = format!("{}  {} passed", node.at, node.passed);
            if node.failed > 0 {
                line.push_str(&format!(", {} FAILED", node.failed));
            }
            if let Some(wait) = node.waits.last() {
                line.push_str(&format!("  waits: {wait}"));
            }
            bar.set_message(printable(line.as_bytes(), 300).replace('\n', " "));
            bar.tick();
        }
    }

    /// A line that stays. What a node wrote is in it, so it is made printable.
    fn line(&self, node: &str, text: &str) {
        let text = printable(text.as_bytes(), 2000).replace('\n', "\n    ");
        let at = self.began.elapsed();
        let line = format!(
            "{:>7} {node:<width$} {text}",
            seconds(at),
            width = self.widest
        );
        match &self.live {
            // There is nowhere left to tell that the terminal is gone.
            Some(live) => drop(live.println(line)),
            None => drop(writeln!(std::io::stderr(), "{line}")),
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64())
}
