//! What devices do not say that methods need.
//!
//! In: a method and a rendered device. Out: what the device lacks whatever the job, in words.

use job_schema::yaml::Value;

use super::file::{self, Need};
use super::scope::Scope;
use super::{Section, embedded, settings_of};

/// What a device lacks for a method, whatever the job.
#[derive(Debug, Default)]
pub(crate) struct Lacks {
    /// In words.
    pub(crate) needs: Vec<String>,
    /// It says nothing at all of what the method needs.
    pub(crate) unmentioned: bool,
}

/// What a method needs of a device and the rendered `device` does not say. Nothing too for a method that has no file, and
/// for one whose steps are the device's own.
pub(crate) fn lacking(section: Section, method: &str, device: &Value) -> Lacks {
    let settings = settings_of(section, method, device);
    if settings.is_some_and(|s| file::own_steps(s).is_some()) {
        return Lacks::default();
    }
    let Ok(file) = embedded::method(section, method) else {
        return Lacks::default();
    };
    let lacks = |need: &Need, scope: &Scope<'_>| need.that.settled(scope) == Some(false);
    let scope = Scope::of_device(device, settings);
    let (unmet, other): (Vec<_>, Vec<_>) = file.needs.iter().partition(|need| lacks(need, &scope));
    if unmet.is_empty() {
        return Lacks::default();
    }
    // LAVA's templates write keys without a value, which says nothing.
    let said = filled(device);
    let scope = Scope::of_device(&said, settings_of(section, method, &said));
    let met = |need: &&Need| need.that.settled(&scope) == Some(true);
    Lacks {
        unmentioned: !other.iter().any(met),
        needs: unmet.iter().map(|need| need.or.clone()).collect(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Str(text) => text.is_empty(),
        Value::Seq(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => false,
    }
}

/// A value without its keys that are empty, or have only such below them.
fn filled(value: &Value) -> Value {
    match value {
        Value::Map(map) => {
            let filled = map.iter().map(|(key, value)| (key.clone(), filled(value)));
            Value::Map(filled.filter(|(_, value)| !is_empty(value)).collect())
        }
        other => other.clone(),
    }
}
