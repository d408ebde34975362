//! Boot loaders: the prompts by which they are stopped and told, their lists of commands, and where kernels are loaded to.

use std::collections::BTreeSet;

use job_schema::Severity;
use job_schema::suggest::nearest;
use job_schema::yaml::Value;

use super::{Rendered, Trouble, listed};
use crate::plan::method::Section;

/// Boot methods that stop a boot loader and type commands.
const TYPED: &[&str] = &["barebox", "grub", "grub-efi", "ipxe", "u-boot"];

/// What is put in the place of words in braces when a job runs.
const WORDS: &[&str] = &[
    "APPLY_DTBO_COMMANDS",
    "BOOTX",
    "DTB",
    "DTBO",
    "DTBO_ADDR",
    "DTB_ADDR",
    "DTB_BASE_ADDR",
    "DTB_BASE_RESIZE",
    "EXTRA_FILES_DIR",
    "INITRD",
    "KERNEL",
    "KERNEL_ADDR",
    "LAVA_DISPATCHER_IP",
    "LAVA_JOB_ID",
    "LAVA_MAC",
    "NBDSERVERIP",
    "NBDSERVERPORT",
    "NFSROOTFS",
    "NFS_SERVER_IP",
    "PRESEED_CONFIG",
    "PRESEED_LOCAL",
    "RAMDISK",
    "RAMDISK_ADDR",
    "ROOT",
    "ROOT_PART",
    "SERVER_IP",
    "TEE",
    "TEE_ADDR",
];
/// Those that need load addresses.
const ADDRESSES: &[&str] = &["BOOTX", "DTB_ADDR", "KERNEL_ADDR", "RAMDISK_ADDR"];
/// The commands that start kernels, each with addresses of its own.
const STARTERS: [&str; 3] = ["bootm", "booti", "bootz"];

pub(super) fn check(device: Rendered<'_>, found: &mut Vec<Trouble>) {
    let mut addressed = Vec::new();
    for (method, settings) in device.methods(Section::Boot) {
        let Value::Map(settings) = settings else {
            continue;
        };
        if settings.is_empty() || settings.contains_key("steps") {
            continue;
        }
        // A sequence of other steps takes the place of typing.
        if TYPED.contains(&method) && !settings.contains_key("sequence") {
            prompts(device, method, found);
        }
        let mut words = BTreeSet::new();
        for (set, value) in settings {
            if let Value::Map(value) = value
                && TYPED.contains(&method)
                && set != "parameters"
            {
                commands(method, set, value.get("commands"), &mut words, found);
            }
        }
        if words.iter().any(|word| ADDRESSES.contains(&word.as_str())) {
            addressed.push(method);
        }
    }
    addresses(device, &addressed, found);
}

fn prompts(device: Rendered<'_>, method: &str, found: &mut Vec<Trouble>) {
    let of = ["actions", "boot", "methods", method, "parameters"];
    let filled = |path: &[&str]| match device.at(path) {
        Some(Value::Str(text)) => !text.is_empty(),
        Some(Value::Seq(list)) => !list.is_empty(),
        _ => false,
    };
    let prompt = [&of[..], &["bootloader_prompt"]].concat();
    if !filled(&prompt) {
        let message = format!(
            "`{method}` has no `bootloader_prompt`: by what is it seen that the boot loader listens?"
        );
        found.push(Trouble::new("D022", Severity::Warning, &prompt, message).of(&[method]));
    }
    let needs = !matches!(
        device.at(&[&of[..], &["needs_interrupt"]].concat()),
        Some(Value::Bool(false))
    );
    let own = [&of[..], &["interrupt_prompt"]].concat();
    let shared = ["constants", method, "interrupt-prompt"];
    if needs && !filled(&own) && !filled(&shared) {
        let message = format!(
            "`{method}` has no `interrupt_prompt`: by what is it seen that the boot loader can be stopped?"
        );
        let trouble = Trouble::new("D022", Severity::Warning, &own, message).of(&[method]);
        found.push(trouble.help(format!(
            "say it in the method's `parameters`, or as `constants: {{{method}: {{interrupt-prompt: TEXT}}}}`"
        )));
    }
}

/// A list of commands; its words in braces are added to `words`.
fn commands(
    method: &str,
    set: &str,
    commands: Option<&Value>,
    words: &mut BTreeSet<String>,
    found: &mut Vec<Trouble>,
) {
    let path = ["actions", "boot", "methods", method, set, "commands"];
    let tell = |message: String| Trouble::new("D024", Severity::Warning, &path, message);
    let list = match commands {
        Some(Value::Seq(list)) if !list.is_empty() => list,
        Some(Value::Seq(_) | Value::Null) | None => {
            let message = format!("the commands `{set}` of `{method}` are none");
            return found.push(
                tell(message).help("a job that asks for them fails: fill the list, or take it out"),
            );
        }
        Some(_) => {
            let message = format!("the commands `{set}` of `{method}` are no list");
            return found.push(tell(message).help("write one command an item"));
        }
    };
    for command in list {
        let Value::Str(command) = command else {
            let message =
                format!("the commands `{set}` of `{method}` have an item that is no text");
            found.push(tell(message).help("put quotes around it: `: ` makes a mapping of a text"));
            continue;
        };
        for word in braced(command) {
            if !WORDS.contains(&word)
                && !word.starts_with("DTBO")
                && let Some(near) = nearest(word, WORDS.iter().copied())
            {
                let message = format!(
                    "the commands `{set}` of `{method}` use `{{{word}}}`, which nothing is put in the place of"
                );
                found.push(tell(message).help(format!("did you mean `{{{near}}}`?")));
            }
            words.insert(word.to_owned());
        }
    }
}

/// `KERNEL` of `tftp {KERNEL} ${size}`: what the boot loader itself fills in has a `$` before it.
fn braced(command: &str) -> impl Iterator<Item = &str> {
    command.match_indices('{').filter_map(|(at, _)| {
        let word = command[at + 1..].split('}').next()?;
        let plain = !word.is_empty()
            && word.len() < command.len() - at - 1
            && word
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        (plain && !command[..at].ends_with('$')).then_some(word)
    })
}

fn addresses(device: Rendered<'_>, methods: &[&str], found: &mut Vec<Trouble>) {
    if methods.is_empty() {
        return;
    }
    let starters: Vec<&str> = STARTERS
        .into_iter()
        .filter(|name| device.at(&["parameters", name]).is_some())
        .collect();
    if starters.is_empty() {
        let message = format!(
            "there are no load addresses: commands of {} use words such as `{{KERNEL_ADDR}}`",
            listed(methods)
        );
        let trouble = Trouble::new("D023", Severity::Warning, &["parameters", "bootm"], message);
        let help = "say `parameters: {bootm: {kernel: '0x…', ramdisk: '0x…', dtb: '0x…'}}`, or the same of booti or bootz";
        found.push(trouble.help(help));
    }
    for starter in starters {
        for key in ["kernel", "ramdisk", "dtb"] {
            let path = ["parameters", starter, key];
            if device.at(&path).is_none() {
                let message = format!("`{starter}` has no address for `{key}`");
                found.push(Trouble::new("D023", Severity::Warning, &path, message));
            }
        }
    }
}
