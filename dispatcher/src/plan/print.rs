//! Plans as text and as JSON.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::spec::NodePlan;
use super::step::{Step, StepKind};
use crate::actions::shown::Shown;
use crate::text::escape;

/// How much of a plan people are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The steps.
    Steps,
    /// Below each step also what it runs here, waits for and copies, and what it types on the console.
    Commands,
}

/// For people: one line per step with its effective limit.
#[must_use]
pub fn text(plans: &[NodePlan], detail: Detail) -> String {
    let mut out = String::new();
    for plan in plans {
        let spec = &plan.spec;
        let on = match &spec.host {
            Some(host) => format!("guest on {host}"),
            None => format!("{} ({})", spec.device.name, spec.device.device_type),
        };
        let start = match &spec.expects {
            Some(role) => format!(", starts when {role} has sent lava_start"),
            None => String::new(),
        };
        // A string takes whatever is written to it.
        let _ = writeln!(
            out,
            "{}: {on}{start}; whole job {}",
            spec.name,
            limit(plan.job_timeout)
        );
        for warning in &plan.warnings {
            let _ = writeln!(out, "  warning: {}", escape(warning));
        }
        let shown = Shown::of(spec);
        for step in plan.steps.iter().flat_map(Step::walk) {
            let depth = step.level.matches('.').count();
            let label = format!(
                "{:indent$}{} {}",
                "",
                step.level,
                escape(&step.name),
                indent = 2 + 2 * depth
            );
            let _ = write!(out, "{label:<44} {:>8}", limit(step.timeout));
            if step.tries.tries > 1 {
                let _ = write!(out, "  up to {} tries", step.tries.tries);
            }
            for call in &step.calls {
                let _ = write!(out, "  after {}", escape(&call.words()));
            }
            if let Some(url) = &step.url {
                let _ = write!(out, "  {}", escape(url));
            }
            if let Some(case) = &step.case {
                let _ = write!(out, "  {}", escape(case));
            }
            if let Some(why) = step.kind.why_not() {
                let _ = write!(out, "  [{}]", escape(why));
            }
            out.push('\n');
            if detail == Detail::Commands {
                for line in lines(step, &shown) {
                    let _ = writeln!(out, "{:indent$}{line}", "", indent = 6 + 2 * depth);
                }
            }
        }
    }
    out
}

/// What a step does, without secrets.
fn lines(step: &Step, shown: &Shown<'_>) -> Vec<String> {
    let does = shown.does(&step.kind).map(|does| does.lines);
    let talk = step.talk.iter().flat_map(|talk| talk.text());
    let talk = talk.map(|line| shown.hidden(&line));
    does.into_iter().flatten().chain(talk).collect()
}

/// `1 h 2 min`, `90 s`
fn limit(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3600, seconds % 3600 / 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, 0) => format!("{m} min"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, 0, _) => format!("{h} h"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

/// For scripts: the pipeline of the one node; of several nodes one object each, with its pipeline.
#[must_use]
pub fn json(plans: &[NodePlan]) -> Value {
    match plans {
        [one] => pipeline(&one.steps),
        several => nodes(several, |plan| pipeline(&plan.steps)),
    }
}

/// For scripts that want to know all of it: one object per node, with its pipeline. A step also has its class, its kind,
/// what it does on this machine, its wait for the console, its talk with a boot loader, its test case, and whether this version can run it.
#[must_use]
pub fn full(plans: &[NodePlan]) -> Value {
    nodes(plans, |plan| {
        whole_pipeline(&plan.steps, &Shown::of(&plan.spec))
    })
}

fn nodes(plans: &[NodePlan], pipeline: impl Fn(&NodePlan) -> Value) -> Value {
    plans
        .iter()
        .map(|plan| {
            json!({
                "node": plan.spec.name,
                "role": plan.spec.role,
                "device": plan.spec.device.name,
                "device_type": plan.spec.device.device_type,
                "host": plan.spec.host,
                "timeout": plan.job_timeout.as_secs(),
                "pipeline": pipeline(plan),
            })
        })
        .collect()
}

/// A pipeline as LAVA describes one: `{name, level, timeout (s), max_retries (when not 1), url, pipeline}`.
#[must_use]
pub fn pipeline(steps: &[Step]) -> Value {
    steps.iter().map(|step| described(step, pipeline)).collect()
}

fn described(step: &Step, children: impl Fn(&[Step]) -> Value) -> Value {
    let mut value = json!({
        "name": step.name,
        "level": step.level,
        "timeout": step.timeout.as_secs(),
    });
    if step.tries.tries != 1 {
        value["max_retries"] = step.tries.tries.into();
    }
    if let Some(url) = &step.url {
        value["url"] = url.as_str().into();
    }
    if !step.steps.is_empty() {
        value["pipeline"] = children(&step.steps);
    }
    value
}

fn whole_pipeline(steps: &[Step], shown: &Shown<'_>) -> Value {
    let whole = |step: &Step| {
        let mut value = described(step, |steps| whole_pipeline(steps, shown));
        value["class"] = json!(step.class);
        value["kind"] = kind(&step.kind).into();
        value["connection_timeout"] = step.connection_timeout.as_secs().into();
        if let Some(case) = &step.case {
            value["case"] = case.as_str().into();
        }
        if let Some(talk) = &step.talk {
            let mut talk = talk.json();
            shown.hide(&mut talk);
            value["dialogue"] = talk;
        }
        if let Some(does) = shown.does(&step.kind) {
            value["does"] = does.data;
        }
        if let Some(why) = step.kind.why_not() {
            value["runnable"] = false.into();
            value["why"] = why.into();
        }
        value
    };
    steps.iter().map(whole).collect()
}

fn kind(kind: &StepKind) -> &'static str {
    match kind {
        StepKind::Group => "group",
        StepKind::NotRunnable(_) => "later",
        StepKind::Deploy(_) => "deploy",
        StepKind::Boot(_) => "boot",
        StepKind::Test(_) => "test",
        StepKind::Tool(what) => what.word(),
        StepKind::Command(_) => "command",
        StepKind::Finalize(_) => "finalize",
    }
}
