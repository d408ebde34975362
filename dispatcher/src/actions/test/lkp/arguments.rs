//! What `lkp-node` is asked, as arguments: each a word of its own, none ever read by a shell.

use job_schema::test::lkp::{Containers, Image, Lkp, Network, Runtime, SetValue};
use job_schema::yaml::Value;

use crate::engine::state::NodeState;
use crate::failure::{Class, Failure};
use crate::lkp::defaults;

/// `--NAME VALUE`
pub(super) fn option(arguments: &mut Vec<String>, name: &str, value: impl Into<String>) {
    arguments.extend([format!("--{name}"), value.into()]);
}

/// What containers are made of, and what they need.
pub(super) fn prepare(form: &Lkp, folder: &str) -> Vec<String> {
    let mut arguments = vec!["prepare".to_owned(), folder.to_owned()];
    let runtime = match form.containers.as_ref().map(|c| c.runtime) {
        None => "none",
        Some(Runtime::Auto) => "auto",
        Some(Runtime::Docker) => "docker",
        Some(Runtime::Podman) => "podman",
        Some(Runtime::Sandbox) => "sandbox",
    };
    option(&mut arguments, "runtime", runtime);
    match form
        .containers
        .as_ref()
        .and_then(|c| c.image.as_ref())
        .map(|i| &i.value)
    {
        None => {}
        Some(Image::Name(name)) => option(&mut arguments, "image", name),
        Some(Image::Dockerfile(file)) => {
            let name = file.rsplit('/').next().unwrap_or(file);
            option(
                &mut arguments,
                "dockerfile",
                format!("{folder}/image/{name}"),
            );
        }
        Some(Image::Rootfs(_)) => option(&mut arguments, "rootfs", rootfs(folder)),
        Some(Image::Debootstrap(recipe)) => {
            option(&mut arguments, "debootstrap", recipe.suite.value.clone());
            if let Some(mirror) = &recipe.mirror {
                option(&mut arguments, "mirror", mirror.value.clone());
            }
            if !recipe.include.is_empty() {
                let all: Vec<&str> = recipe.include.iter().map(|p| &**p).collect();
                option(&mut arguments, "include", all.join(","));
            }
            option(&mut arguments, "variant", recipe.variant.as_str());
        }
    }
    for package in &form.packages {
        option(&mut arguments, "package", &**package);
    }
    if privileged(form) {
        arguments.push("--privileged".to_owned());
    }
    arguments
}

/// Where a root file system of the dispatcher's machine is put on the node.
pub(super) fn rootfs(folder: &str) -> String {
    format!("{folder}/rootfs.tar")
}

/// How an atomic job is run.
pub(super) fn run(form: &Lkp, folder: &str, case: &str, seconds: u64) -> Vec<String> {
    let mut arguments = vec!["run".to_owned(), folder.to_owned()];
    option(&mut arguments, "case", case);
    option(&mut arguments, "count", form.count().to_string());
    option(&mut arguments, "seconds", seconds.to_string());
    if let Some(Containers {
        limits, network, ..
    }) = &form.containers
    {
        if let Some(cpus) = limits.cpus {
            option(&mut arguments, "cpus", cpus.to_string());
        }
        if let Some(memory) = limits.memory {
            option(&mut arguments, "memory", memory.to_string());
        }
        match network {
            Network::Host => {}
            other => option(&mut arguments, "network", other.as_str()),
        }
    }
    if privileged(form) {
        arguments.push("--privileged".to_owned());
    }
    arguments
}

fn privileged(form: &Lkp) -> bool {
    form.containers.as_ref().is_some_and(|c| c.privileged)
}

/// `--set` of everything that the job file sets, with what messages have brought.
///
/// # Errors
/// Job: a word was not brought by any message.
pub(super) fn set(form: &Lkp, state: &NodeState) -> Result<Vec<String>, Failure> {
    let mut values = defaults(form);
    for (name, value) in &form.set {
        let value = match &value.value {
            SetValue::One(value) => value.clone(),
            SetValue::Many(values) => Value::Seq(values.clone()),
            SetValue::Learned(word) => Value::Str(learned(word, state)?.to_owned()),
        };
        values.insert(name.clone(), value);
    }
    let mut arguments = Vec::new();
    for (name, value) in values {
        option(&mut arguments, "set", format!("{name}: {}", inline(&value)));
    }
    Ok(arguments)
}

fn learned<'a>(word: &str, state: &'a NodeState) -> Result<&'a str, Failure> {
    let found = state.learned.values().rev().find_map(|data| data.get(word));
    found.map(|value| value.trim()).ok_or_else(|| {
        Failure::new(
            Class::Job,
            format!(
                "`${word}` in `set` is not known: no message of this role's `protocols` has brought `{word}`"
            ),
        )
    })
}

/// A value on one line of YAML.
fn inline(value: &Value) -> String {
    match value {
        Value::Seq(values) => {
            let all: Vec<String> = values.iter().map(inline).collect();
            format!("[{}]", all.join(", "))
        }
        Value::Str(text) if is_plain(text) => text.clone(),
        // A JSON string is a YAML string.
        Value::Str(text) => serde_json::Value::from(text.as_str()).to_string(),
        other => serde_yaml::to_string(other)
            .unwrap_or_default()
            .trim()
            .to_owned(),
    }
}

/// Whether a text means itself without quotes, in YAML as PyYAML and Ruby read it.
fn is_plain(text: &str) -> bool {
    let letters = |c: char| c.is_ascii_alphanumeric() || "_./%-".contains(c);
    let word = text.to_ascii_lowercase();
    let taken = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(letters)
        && !taken.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_what_they_are() {
        let text = |t: &str| Value::Str(t.to_owned());
        let cases = [
            (text("pipe"), "pipe"),
            (text("100%"), "\"100%\""),
            (text("no"), "\"no\""),
            (text("a: b"), "\"a: b\""),
            (text("it's \"so\""), r#""it's \"so\"""#),
            (Value::Int(5), "5"),
            (Value::Bool(false), "false"),
            (Value::Seq(vec![Value::Int(1), text("8")]), "[1, \"8\"]"),
        ];
        for (value, wanted) in cases {
            assert_eq!(inline(&value), wanted);
        }
    }
}
