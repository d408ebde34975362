//! LAVA's recorded answers, kept beside the project.

use common::corpus::folder;
use serde_json::Value;

/// A job and what LAVA says about it.
pub(crate) struct Row {
    /// What it was made of, for messages.
    pub(crate) name: String,
    /// The job file.
    pub(crate) job: String,
    /// What was changed in a real job; nothing: it is one.
    pub(crate) mutation: Option<String>,
    /// The server's schema at submission.
    pub(crate) submission: Verdict,
    /// The fine schema, unknown keys allowed.
    pub(crate) relaxed: Verdict,
    /// The fine schema, unknown keys refused.
    pub(crate) strict: Verdict,
}

impl Row {
    /// A job of ours, which LAVA accepts.
    pub(crate) fn generated(job: String) -> Self {
        Self {
            name: "generated".to_owned(),
            job,
            mutation: None,
            submission: Verdict::Accepts,
            relaxed: Verdict::Accepts,
            strict: Verdict::Accepts,
        }
    }
}

/// What one of LAVA's schemas says.
pub(crate) enum Verdict {
    /// It accepts the job.
    Accepts,
    /// It refuses it, at this place, with this message.
    Refuses(Vec<String>, String),
}

impl Verdict {
    pub(crate) fn accepts(&self) -> bool {
        matches!(self, Self::Accepts)
    }

    fn of(value: &Value) -> Self {
        if value["ok"] == true {
            return Self::Accepts;
        }
        let message = value["msg"].as_str().unwrap_or_default().to_owned();
        let path = match value["path"].as_array() {
            Some(path) => fine_path(path),
            None => submission_path(&message),
        };
        Self::Refuses(path, message)
    }
}

/// All verdicts.
pub(crate) fn verdicts() -> Option<Vec<Row>> {
    let text = std::fs::read_to_string(folder()?.join("verdicts/verdicts.jsonl")).ok()?;
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).ok()?;
        let mutation = &row["mutation"];
        Some(Row {
            name: row["name"].as_str()?.to_owned(),
            job: row["job"].as_str()?.to_owned(),
            mutation: (!mutation.is_null()).then(|| mutation.to_string()),
            submission: Verdict::of(&row["verdict"]["submission"]),
            relaxed: Verdict::of(&row["verdict"]["relaxed"]),
            strict: Verdict::of(&row["verdict"]["strict"]),
        })
    };
    text.lines().map(row).collect()
}

/// `["actions[0]", "deploy", "docker", "timeout", "minutes"]` names the method too, which is no key.
fn fine_path(path: &[Value]) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for (index, step) in path.iter().enumerate() {
        let step = step
            .as_str()
            .map_or_else(|| step.to_string(), str::to_owned);
        let of_action = path[0]
            .as_str()
            .is_some_and(|first| first.starts_with("actions["));
        if of_action && index == 2 && path[1] != "command" {
            continue;
        }
        match step
            .strip_prefix("actions[")
            .and_then(|rest| rest.strip_suffix(']'))
        {
            Some(number) => keys.extend(["actions".to_owned(), number.to_owned()]),
            None => keys.push(step),
        }
    }
    keys
}

/// `… @ data['actions'][0]['deploy']`
fn submission_path(message: &str) -> Vec<String> {
    let Some((_, path)) = message.rsplit_once("@ data") else {
        return Vec::new();
    };
    path.split('[')
        .skip(1)
        .filter_map(|step| step.split(']').next())
        .map(|step| step.trim_matches(['\'', '"']).to_owned())
        .collect()
}
