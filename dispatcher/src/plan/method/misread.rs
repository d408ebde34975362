//! What is wrong with a step list that a device has for a method, all at once and each in its place.
//!
//! In: the list as the device says it. Out: what a plan would refuse it for, by the path below the list. What a list comes
//! to depends on the job and is told by plans.

use std::sync::LazyLock;

use job_schema::suggest::nearest;
use job_schema::yaml::Value;
use serde_json::json;

use super::item::{Item, Raw};
use super::{embedded, fill};

/// Parts that Rust makes.
const NATIVE: [&str; 2] = ["overlay", "download"];

/// The kinds that are read when a step is planned.
const KINDS: [&str; 6] = ["host", "power", "wait", "mount", "copy", "unmount"];

/// Something in a step list that cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Misread {
    /// The keys, and places in lists, that lead to it from the list.
    pub(crate) path: Vec<String>,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do.
    pub(crate) help: Option<String>,
}

/// All that keeps a step list from being planned.
pub(crate) fn misread(steps: &Value) -> Vec<Misread> {
    let mut reader = Reader::default();
    reader.list(steps);
    if let (Value::Seq(entries), true) = (steps, reader.found.is_empty()) {
        let always = |entry: &&Value| {
            let has = |key| matches!(entry, Value::Map(map) if map.contains_key(key));
            has("step") && !has("when") && !has("each")
        };
        match entries.iter().filter(always).count() {
            0 if entries.is_empty() => reader.tell("a step list has exactly one step at the top, this one is empty"),
            0 | 1 => {}
            count => reader.tell(format!(
                "a step list has exactly one step at the top, this one has {count}: put them below one, under its `steps`"
            )),
        }
    }
    reader.found
}

/// The keys of an entry, as they are written.
fn keys() -> &'static [String] {
    static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let schema = schemars::schema_for!(Raw);
        let properties = schema
            .get("properties")
            .and_then(serde_json::Value::as_object);
        properties
            .into_iter()
            .flat_map(|it| it.keys().cloned())
            .collect()
    });
    &KEYS
}

#[derive(Default)]
struct Reader {
    path: Vec<String>,
    found: Vec<Misread>,
}

impl Reader {
    fn tell(&mut self, message: impl Into<String>) {
        self.tell_with(message, None);
    }

    fn tell_with(&mut self, message: impl Into<String>, help: Option<String>) {
        let path = self.path.clone();
        let message = message.into();
        self.found.push(Misread {
            path,
            message,
            help,
        });
    }

    /// Does something at a place below this one.
    fn at(&mut self, key: impl Into<String>, look: impl FnOnce(&mut Self)) {
        self.path.push(key.into());
        look(self);
        self.path.pop();
    }

    fn list(&mut self, steps: &Value) {
        let Value::Seq(entries) = steps else {
            return self.tell("`steps` is a list of entries, each with `step` or `use`");
        };
        for (place, entry) in entries.iter().enumerate() {
            self.at(place.to_string(), |it| it.entry(entry));
        }
    }

    fn entry(&mut self, entry: &Value) {
        let Value::Map(map) = entry else {
            return self.tell("an entry of a step list is a mapping, with `step` or `use`");
        };
        let before = self.found.len();
        for (key, value) in map {
            self.at(key, |it| match (key.as_str(), value) {
                ("steps", steps) => it.list(steps),
                (key, value) => it.pair(key, value),
            });
        }
        // What stands below has been told; of the entry itself only how its keys go together is left.
        let mut alone = map.clone();
        if alone.contains_key("steps") {
            alone.insert("steps".to_owned(), Value::Seq(Vec::new()));
        }
        if self.found.len() == before
            && let Err(why) = serde_json::from_value::<Item>(json!(alone))
        {
            let first = map.keys().next().cloned();
            match first {
                Some(key) => self.at(key, |it| it.tell(why.to_string())),
                None => self.tell(why.to_string()),
            }
        }
    }

    /// A key of an entry and what is under it.
    fn pair(&mut self, key: &str, value: &Value) {
        let known = keys();
        if !known.iter().any(|one| one == key) {
            let near = nearest(key, known.iter().map(String::as_str));
            let help = near.map(|near| format!("did you mean `{near}`?"));
            return self.tell_with(format!("an entry of a step list has no key `{key}`"), help);
        }
        if let Err(why) = serde_json::from_value::<Raw>(json!({ key: value })) {
            return self.tell(format!("`{key}`: {why}"));
        }
        match value {
            Value::Str(part) if key == "use" => self.part(part),
            _ if !KINDS.contains(&key) => {}
            _ => {
                if let Err(why) = fill::readable(key, &json!(value)) {
                    self.tell(why);
                }
            }
        }
    }

    fn part(&mut self, part: &str) {
        let known = || embedded::part_names().chain(NATIVE);
        if known().any(|one| one == part) {
            return;
        }
        let help = match nearest(part, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are: {}", known().collect::<Vec<_>>().join(", ")),
        };
        self.tell_with(format!("there is no part `{part}` to use"), Some(help));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_told_in_its_place() {
        let deep = "[{step: a, steps: [{use: overlay}, {steps: [{step: b, wait: {usbb: {}}}]}]}]";
        for (yaml, place, why) in [
            ("x", "", "a list of entries"),
            ("[]", "", "is empty"),
            ("[a]", "0", "is a mapping"),
            ("[{}]", "0", "one of `step`"),
            ("[{step: a}]", "0.step", "says neither"),
            ("[{step: a, hosts: x}]", "0.hosts", "no key `hosts`"),
            (
                "[{step: a, host: sync, when: {hass: x}}]",
                "0.when",
                "`when`: ",
            ),
            (
                "[{step: a, host: sync, lasting: soon}]",
                "0.lasting",
                "`lasting`: ",
            ),
            (
                "[{step: a, host: sync, lasting: 0}]",
                "0.step",
                "a limit is",
            ),
            ("[{step: a, power: hard-reset}]", "0.power", "`power`: "),
            ("[{step: a, host: [sync, 7]}]", "0.host", "an entry with"),
            ("[{step: a, host: \"echo 'a\"}]", "0.host", "echo"),
            ("[{step: a, host: '{{#if a}}'}]", "0.host", "cannot be read"),
            ("[{step: a, host: [[a, {add: 1}]]}]", "0.host", "with `add`"),
            (
                "[{step: a, not_yet: [{when: 7, why: x}], nothing: x}]",
                "0.not_yet",
                "`not_yet`: ",
            ),
            ("[{use: reset-devise}]", "0.use", "no part"),
            (
                "[{step: a, steps: {use: b}}]",
                "0.steps",
                "a list of entries",
            ),
            (
                "[{step: a, nothing: x}, {step: b, nothing: x}]",
                "",
                "this one has 2",
            ),
            (deep, "0.steps.1.steps.0.wait", "unknown field `usbb`"),
        ] {
            let found = misread(&job_schema::parse_value(yaml).unwrap());
            let [one] = &found[..] else {
                panic!("{yaml}: {found:?}")
            };
            assert_eq!(one.path.join("."), place, "{yaml}: {}", one.message);
            assert!(one.message.contains(why), "{yaml}: {}", one.message);
        }
    }

    #[test]
    fn what_depends_on_the_job_is_left_to_plans() {
        let steps = "
        - step: a
          retries: true
          steps:
          - {use: reset-device, when: {unset_or: job.reset}}
          - {step: b, wait: {path: '/dev/{{device.board_id}}'}}
          - {step: c, host: [sync, [a, {when: job.reset, add: [b]}], [d, '{firmware}']]}
        ";
        assert_eq!(misread(&job_schema::parse_value(steps).unwrap()), []);
    }
}
