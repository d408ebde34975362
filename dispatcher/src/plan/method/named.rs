//! Lists of a device that a job calls by name: the commands of a boot loader, the choices in a menu.
//!
//! In: the path of such a list, whose last segment in braces leads to the job's word: `method.{job.commands}.commands`.
//! Out: why the device has no list of that name, with the names that it has.

use job_schema::suggest::nearest;
use job_schema::yaml::Value;

use super::scope::{Scope, child, segments};
use crate::text;

/// Names in one line.
const SHOWN: usize = 20;

/// Why a name is none; nothing where there is such a list, or where the block says no name.
pub(super) fn wrong(path: &str, scope: &Scope<'_>, device: &str, method: &str) -> Option<String> {
    let segments: Vec<&str> = segments(path).collect();
    let of_job = |s: &&str| s.starts_with('{') && s.ends_with('}');
    let place = segments.iter().rposition(of_job).filter(|at| *at > 0)?;
    let word = &segments[place][1..segments[place].len() - 1];
    let Some(Value::Str(word)) = scope.get(word) else {
        return None;
    };
    let above = segments[..place].join(".");
    let below = &segments[place + 1..];
    let is_list = |value: &Value| {
        let found = below.iter().try_fold(value, |value, key| child(value, key));
        matches!(found, Some(Value::Seq(_)))
    };
    let names: Vec<&str> = match scope.get(&above) {
        Some(Value::Map(map)) => {
            let lists = map.iter().filter(|(_, value)| is_list(value));
            lists.map(|(name, _)| name.as_str()).collect()
        }
        _ => Vec::new(),
    };
    if names.contains(&word.as_str()) {
        return None;
    }
    let owner = match scope.spelled(&above) {
        of_method if of_method == "method" => method.to_owned(),
        path => path.rsplit('.').next().unwrap_or_default().to_owned(),
    };
    Some(format!(
        "device {device} has no commands `{}` for {owner}; {}",
        text::name(word),
        has(word, &names)
    ))
}

/// `did you mean `nfs`? It has nfs, usb`
fn has(word: &str, names: &[&str]) -> String {
    let some = names[..names.len().min(SHOWN)].join(", ");
    let more = match names.len() > SHOWN {
        true => ", …",
        false => "",
    };
    match nearest(word, names.iter().copied()) {
        _ if names.is_empty() => "it has none".to_owned(),
        Some(near) => format!("did you mean `{near}`? It has {some}{more}"),
        None => format!("it has {some}{more}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_none_are_told_with_those_that_are() {
        let root = |scope: Scope<'static>, name: &str, yaml: &str| {
            scope.with(name, job_schema::parse_value(yaml).unwrap())
        };
        let device = "{boot: {u-boot: {parameters: {}, nfs: {commands: [a]}, ramdisk: {commands: [b]}, odd: {commands: x}}, ipxe: {}}}";
        let scope = root(Scope::default(), "device", device);
        let scope = root(scope, "method", "{parameters: {}, menu: [{select: {}}]}");
        let of = |loader: &str, commands: &str| {
            let scope = root(scope.clone(), "with", &format!("{{loader: {loader}}}"));
            root(scope, "job", &format!("{{commands: {commands}}}"))
        };
        let set = "device.boot.{with.loader}.{job.commands}.commands";
        for (path, loader, commands, why) in [
            (set, "u-boot", "nfs", None),
            (set, "u-boot", "[nfs]", None),
            (set, "u-boot", "null", None),
            (
                set,
                "u-boot",
                "ramdsk",
                Some(
                    "device d has no commands `ramdsk` for u-boot; did you mean `ramdisk`? It has nfs, ramdisk",
                ),
            ),
            (
                set,
                "u-boot",
                "odd",
                Some("device d has no commands `odd` for u-boot; it has nfs, ramdisk"),
            ),
            (
                set,
                "ipxe",
                "nfs",
                Some("device d has no commands `nfs` for ipxe; it has none"),
            ),
            (
                "method.{job.commands}",
                "x",
                "parameters",
                Some("device d has no commands `parameters` for uefi-menu; it has menu"),
            ),
            ("method.{job.commands}", "x", "menu", None),
            ("{job.commands}", "x", "menu", None),
            ("job.commands", "x", "menu", None),
        ] {
            let said = wrong(path, &of(loader, commands), "d", "uefi-menu");
            assert_eq!(said.as_deref(), why, "{path} {commands}");
        }
    }
}
