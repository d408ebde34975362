//! Effective time limits, as far as the job alone decides them. A device type can set limits of its own for steps; what
//! counts before and after it is in `plan/timeouts.rs`.

use std::time::Duration;

use job_schema::action::Tries;
use job_schema::describe::Segment;
use job_schema::timeout::DEFAULT;
use job_schema::{Block, Job};

/// A limit, and which line of the job it comes from.
struct Limit {
    time: Duration,
    from: String,
}

/// What holds at a key path of a job, in Markdown; `None` where no limit is.
pub(super) fn note(job: &Job, path: &[Segment]) -> Option<String> {
    let keys: Vec<&str> = path.iter().map(word).collect();
    match (path, keys.as_slice()) {
        (_, ["timeouts", "job", ..]) => Some(format!(
            "The whole job ends after **{}** at the latest.",
            shown(job.timeouts.job)
        )),
        (_, ["timeouts", "action", ..]) => Some(for_blocks(job)),
        (_, ["timeouts", "connection", ..]) => {
            let limit = job.timeouts.connection.unwrap_or(DEFAULT);
            Some(format!(
                "Effective: **{}** for each wait for a console that has no limit of its own.",
                shown(limit)
            ))
        }
        (_, ["timeouts", "actions", name, ..]) => {
            let limit = job.timeouts.actions.get(*name)?;
            Some(format!(
                "Effective: **{}** for each step `{name}`, whatever its block's `timeout` says; only a block's own `timeouts` counts before it.",
                shown(*limit)
            ))
        }
        (_, ["protocols", "lava-multinode", "timeout", ..]) => {
            let limit = job.multinode()?.timeout?;
            Some(format!(
                "Effective: **{}** for each call on the bus that names no limit; it counts before the roles' own.",
                shown(limit)
            ))
        }
        (_, ["protocols", "lava-multinode", "roles", role, "timeout", ..]) => of_role(job, role),
        ([_, Segment::Index(index), _, rest @ ..], ["actions", _, kind, ..]) => {
            let path = format!("actions[{index}].{kind}");
            let block = job.actions.iter().find(|block| block.path == path)?;
            in_block(job, block, rest)
        }
        _ => None,
    }
}

fn in_block(job: &Job, block: &Block, rest: &[Segment]) -> Option<String> {
    let keys: Vec<&str> = rest.iter().map(word).collect();
    match (rest, keys.as_slice()) {
        (_, [] | ["timeout", ..]) => Some(of_block(job, block)),
        (_, ["timeouts", name, ..]) => Some(of_step(job, block, name)),
        (
            [_, _, Segment::Index(index), ..],
            ["protocols", "lava-multinode", _, "action" | "timeout", ..],
        ) => {
            // Entries without an `action` are no calls.
            let call = block.protocols.get(*index)?;
            let step = of_step(job, block, &call.action);
            Some(match call.timeout {
                Some(limit) => format!(
                    "The call takes **{}** at the most, and ends with its step.\n\n{step}",
                    shown(limit)
                ),
                None => step,
            })
        }
        _ => None,
    }
}

fn for_blocks(job: &Job) -> String {
    let limit = job.timeouts.action.unwrap_or(DEFAULT);
    let without = job.actions.iter().filter(|block| block.timeout.is_none());
    format!(
        "Effective: **{}** for {} of {} blocks; the others have a `timeout` of their own.",
        shown(limit),
        without.count(),
        job.actions.len()
    )
}

fn of_block(job: &Job, block: &Block) -> String {
    let limit = block_limit(job, block);
    let mut note = format!(
        "Effective limit of this block: **{}**, from {}.",
        shown(limit.time),
        limit.from
    );
    let tries = match block.tries {
        Tries::Once => 1,
        Tries::UntilSuccess { tries, .. } | Tries::Always(tries) => tries.max(1),
    };
    if tries > 1 {
        let each = Duration::from_secs(limit.time.as_secs() / u64::from(tries));
        note.push_str(&format!(" Of {tries} tries each has **{}**.", shown(each)));
    }
    if block.timeout.is_some_and(|timeout| timeout.skip) {
        note.push_str(" When it is up the test fails and the job goes on (`skip`).");
    }
    if limit.time > job.timeouts.job {
        note.push_str(&format!(
            " The whole job ends after {}.",
            shown(job.timeouts.job)
        ));
    }
    note
}

fn of_step(job: &Job, block: &Block, name: &str) -> String {
    let limit = if let Some(limit) = block.timeouts.get(name) {
        Limit {
            time: *limit,
            from: "the block's `timeouts`".to_owned(),
        }
    } else if let Some(limit) = job.timeouts.actions.get(name) {
        Limit {
            time: *limit,
            from: "`timeouts.actions` of the job".to_owned(),
        }
    } else {
        block_limit(job, block)
    };
    format!(
        "Effective limit of the step `{name}`: **{}**, from {}.",
        shown(limit.time),
        limit.from
    )
}

fn of_role(job: &Job, name: &str) -> Option<String> {
    let multinode = job.multinode()?;
    let own = multinode.roles.get(name)?.timeout?;
    Some(match multinode.timeout {
        Some(limit) => format!(
            "Without effect: `timeout` of `lava-multinode` says **{}** for all roles.",
            shown(limit)
        ),
        None => format!(
            "Effective: **{}** for each call of this role on the bus that names no limit.",
            shown(own)
        ),
    })
}

fn block_limit(job: &Job, block: &Block) -> Limit {
    match (block.timeout, job.timeouts.action) {
        (Some(timeout), _) => Limit {
            time: timeout.limit,
            from: "its `timeout`".to_owned(),
        },
        (None, Some(time)) => Limit {
            time,
            from: "`timeouts.action` of the job".to_owned(),
        },
        (None, None) => Limit {
            time: DEFAULT,
            from: "the default (steps and device types may have their own)".to_owned(),
        },
    }
}

fn word(segment: &Segment) -> &str {
    match segment {
        Segment::Key(key) => key,
        Segment::Index(_) => "",
    }
}

/// `1 h 30 min`
fn shown(time: Duration) -> String {
    let seconds = time.as_secs();
    let units = [
        (seconds / 86_400, "d"),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let parts: Vec<String> = units
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if parts.is_empty() {
        "0 s".to_owned()
    } else {
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use job_schema::describe::parse_path;

    use super::*;

    #[test]
    fn limits_follow_the_order_of_precedence() {
        let text = "job_name: x\nvisibility: public\ndevice_type: ssh\n\
            timeouts:\n  job: {minutes: 90}\n  action: {minutes: 5}\n  actions:\n    login-ssh: {seconds: 70}\n\
            actions:\n- deploy:\n    to: ssh\n    failure_retry: 2\n\
            - boot:\n    method: ssh\n    timeout: {minutes: 2}\n    timeouts:\n      prepare: {minutes: 1}\n\
            - test:\n    timeout: {hours: 2, skip: true}\n    definitions:\n    - from: inline\n      name: a\n      \
            path: a.yaml\n      repository: {metadata: {format: Lava-Test Test Definition 1.0, name: a}, run: {steps: [ls]}}\n";
        let job = job_schema::parse_job("x", &text.replace("hours: 2, ", "minutes: 80, "))
            .job
            .unwrap();
        for (path, wanted) in [
            ("timeouts.job", "after **1 h 30 min**"),
            ("timeouts.action.minutes", "**5 min** for 1 of 3 blocks"),
            (
                "timeouts.actions.login-ssh",
                "**1 min 10 s** for each step `login-ssh`",
            ),
            ("timeouts.connection", "**30 s**"),
            (
                "actions[0].deploy",
                "**5 min**, from `timeouts.action` of the job. Of 2 tries each has **2 min 30 s**",
            ),
            (
                "actions[1].boot.timeout.minutes",
                "**2 min**, from its `timeout`.",
            ),
            (
                "actions[1].boot.timeouts.prepare",
                "`prepare`: **1 min**, from the block's `timeouts`",
            ),
            ("actions[2].test.timeout", "the job goes on"),
        ] {
            let note = note(&job, &parse_path(path)).unwrap_or_default();
            assert!(note.contains(wanted), "{path}: {note}");
        }
        assert_eq!(note(&job, &parse_path("actions[0].deploy.to")), None);
    }
}
