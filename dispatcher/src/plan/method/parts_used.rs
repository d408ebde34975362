//! Which of the parts that methods share a method comes to on a device, for a job that says nothing but the method.
//!
//! In: a method and a rendered device. Out: whether one of some parts is among its steps.

use std::sync::LazyLock;

use indexmap::IndexMap;
use job_schema::yaml::Value;

use super::expand::DEEPEST;
use super::file::{self, MethodFile};
use super::item::{Item, What};
use super::scope::Scope;
use super::{Section, settings_of};

/// The parts, read once: the check of a lab asks for each method of each device.
pub(super) static PARTS: LazyLock<IndexMap<String, Vec<Item>>> =
    LazyLock::new(|| file::parts().unwrap_or_default());

/// Whether a method has a step out of one of these parts. A method without a file has none, nor has one whose steps are the
/// device's own and cannot be read.
pub(crate) fn comes_to(section: Section, method: &str, device: &Value, wanted: &[&str]) -> bool {
    let settings = settings_of(section, method, device);
    let steps = match settings.and_then(file::own_steps) {
        Some(own) => serde_json::from_value(serde_json::json!(own)).ok(),
        None => MethodFile::embedded(section, method)
            .ok()
            .map(|file| file.steps),
    };
    let job = IndexMap::from([("method".to_owned(), Value::Str(method.to_owned()))]);
    let scope = Scope::of_device(device, settings).with("job", Value::Map(job));
    let steps: Vec<Item> = steps.unwrap_or_default();
    among(&steps, &scope, wanted, 0)
}

fn among(items: &[Item], scope: &Scope<'_>, wanted: &[&str], depth: usize) -> bool {
    items.iter().any(|item| {
        let one = |scope: &Scope<'_>| {
            if item.when.as_ref().is_some_and(|when| !when.holds(scope)) {
                return false;
            }
            match &item.what {
                What::Step(step) => among(&step.steps, scope, wanted, depth),
                What::Several(items) => among(items, scope, wanted, depth),
                What::Use(part, _) => {
                    let items = PARTS.get(part).filter(|_| depth < DEEPEST);
                    wanted.contains(&part.as_str())
                        || items.is_some_and(|items| among(items, scope, wanted, depth + 1))
                }
            }
        };
        match &item.each {
            None => one(scope),
            Some(each) => each.scopes(scope).any(|scope| one(&scope)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_below_steps_conditions_and_parts() {
        let console = ["connect-device", "menu-connect"];
        let reset = ["reset-device", "menu-reset"];
        let cases = [
            ("u-boot", "{}", true, true),
            ("grub-efi", "{}", true, true),
            ("uefi-menu", "{}", true, true),
            ("jlink", "{}", true, false),
            ("jlink", "{commands: {hard_reset: pdu}}", true, true),
            ("fastboot", "{}", false, false),
            ("fastboot", "{commands: {hard_reset: pdu}}", true, true),
            ("qemu", "{}", false, false),
            ("of-a-lab", "{}", false, false),
            (
                "of-a-lab",
                "{actions: {boot: {methods: {of-a-lab: {steps: [{step: a, steps: [{use: connect-device}]}]}}}}}",
                true,
                false,
            ),
        ];
        for (method, device, talks, resets) in cases {
            let device = job_schema::parse_value(device).unwrap();
            let has = |wanted: &[&str]| comes_to(Section::Boot, method, &device, wanted);
            assert_eq!((has(&console), has(&reset)), (talks, resets), "{method}");
        }
    }
}
