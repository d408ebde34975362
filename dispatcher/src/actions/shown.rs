//! What steps will do on the dispatcher's machine, for those who read a plan.
//!
//! In: a node and its planned steps. Out: per step its commands, the device that it waits for, the files that it copies, as
//! data and in lines. Values of the job's secrets are masked. Words in braces are known when the step runs.

use serde_json::{Map, Value, json};

use super::finalize;
use super::tool::copy::{Content, Copy, Disk};
use super::tool::host::typed;
use super::tool::mount::MountDevice;
use super::tool::power::Power;
use super::tool::wait::{Device as Awaited, Usb, Wait};
use super::tool::{self, host};
use crate::inventory::Device;
use crate::journal::mask::Masker;
use crate::plan::{NodeSpec, StepKind};
use crate::text::escape;

/// What a step will do.
#[derive(Debug, Clone, PartialEq)]
pub struct Does {
    /// As a step list says it: `{"host": [["sync"]]}`.
    pub data: Value,
    /// For people: a line per command, wait or file.
    pub lines: Vec<String>,
}

/// Shows what the steps of one node will do.
#[derive(Debug)]
pub struct Shown<'a> {
    device: &'a Device,
    /// None: there are too many secrets to look for, so nothing is shown.
    masker: Option<Masker>,
}

impl<'a> Shown<'a> {
    /// For the steps of a node.
    #[must_use]
    pub fn of(spec: &'a NodeSpec) -> Self {
        Self {
            device: &spec.device,
            masker: Masker::new(spec.secrets.values()).ok(),
        }
    }

    /// What a step of a method, or the end of power, will do; nothing for other kinds.
    #[must_use]
    pub fn does(&self, kind: &StepKind) -> Option<Does> {
        self.masker.as_ref()?;
        match kind {
            StepKind::Tool(what) => Some(self.tool(what)),
            StepKind::Finalize(finalize::Step::PowerOff) => Some(self.power(Power::PowerOff)),
            StepKind::Group
            | StepKind::NotRunnable(_)
            | StepKind::Deploy(_)
            | StepKind::Boot(_)
            | StepKind::Test(_)
            | StepKind::Command(_)
            | StepKind::Finalize(_) => None,
        }
    }

    /// A text without secrets.
    #[must_use]
    pub fn hidden(&self, text: &str) -> String {
        let Some(masker) = &self.masker else {
            return String::new();
        };
        let mut text = text.to_owned();
        masker.mask(&mut text);
        text
    }

    /// The same for all texts in `data`.
    pub fn hide(&self, data: &mut Value) {
        match data {
            Value::String(text) => *text = self.hidden(text),
            Value::Array(list) => list.iter_mut().for_each(|one| self.hide(one)),
            Value::Object(map) => map.values_mut().for_each(|one| self.hide(one)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn tool(&self, what: &tool::Step) -> Does {
        match what {
            tool::Step::Host(host::Commands(commands)) => self.host(commands),
            tool::Step::Power(power) => self.power(*power),
            tool::Step::Wait(wait) => self.wait(wait),
            tool::Step::Mount(mount) => self.mount(mount),
            tool::Step::Copy(copy) => self.copy(copy),
            tool::Step::Unmount(name) => {
                let name = self.hidden(name);
                Does {
                    lines: vec![format!("unmount {}", escape(&name))],
                    data: json!({"unmount": name}),
                }
            }
        }
    }

    fn host(&self, commands: &[Vec<String>]) -> Does {
        let commands = self.commands(commands);
        Does {
            lines: commands.iter().map(|argv| line(argv)).collect(),
            data: json!({"host": commands}),
        }
    }

    fn power(&self, power: Power) -> Does {
        let commands = self.commands(&power.commands(self.device));
        let lines = match &commands[..] {
            [] if power.is_needed() => {
                vec![format!(
                    "the device has no commands.{} that can be run",
                    power.word()
                )]
            }
            commands => commands.iter().map(|argv| line(argv)).collect(),
        };
        Does {
            lines,
            data: json!({"power": {power.word(): commands}}),
        }
    }

    fn wait(&self, wait: &Wait) -> Does {
        let (key, data, what) = match &wait.device {
            Awaited::Path(path) => {
                let path = self.hidden(path);
                ("path", json!(path), path)
            }
            Awaited::Usb(usb) => self.usb("usb", "USB device", usb),
            Awaited::UsbSerial(usb) => self.usb("serial", "serial port on USB", usb),
            Awaited::Label(label) => self.disk("label", label),
            Awaited::Uuid(uuid) => self.disk("uuid", uuid),
        };
        let mut wanted = Map::from_iter([(key.to_owned(), data)]);
        let mut line = format!("wait for {}", escape(&what));
        if wait.fresh {
            wanted.insert("fresh".to_owned(), true.into());
            line.push_str(", one that comes from now on");
        }
        Does {
            data: json!({"wait": wanted}),
            lines: vec![line],
        }
    }

    fn usb(&self, key: &'static str, what: &str, usb: &Usb) -> (&'static str, Value, String) {
        let known = [
            ("serial", &usb.serial),
            ("vendor", &usb.vendor),
            ("product", &usb.product),
            ("name", &usb.name),
            ("driver", &usb.driver),
        ];
        let known = known.into_iter().filter_map(|(name, value)| {
            let value = self.hidden(value.as_ref()?);
            Some((name, value))
        });
        let known: Vec<(&str, String)> = known.collect();
        let words: Vec<String> = known.iter().map(|(k, v)| format!("{k} {v}")).collect();
        let data: Map<String, Value> = known
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        (
            key,
            data.into(),
            format!("the {what} with {}", words.join(", ")),
        )
    }

    fn disk(&self, by: &str, name: &str) -> (&'static str, Value, String) {
        let name = self.hidden(name);
        let what = format!("the disk with {by} {name}");
        ("storage", json!({by: name}), what)
    }

    fn mount(&self, mount: &MountDevice) -> Does {
        let device = self.hidden(&mount.device);
        let name = self.hidden(&mount.name);
        let mut line = format!("mount {} as {}", escape(&device), escape(&name));
        let mut data = json!({"device": device, "as": name});
        if let Some(kind) = &mount.kind {
            let kind = self.hidden(kind);
            line.push_str(&format!(", type {}", escape(&kind)));
            data["type"] = kind.into();
        }
        Does {
            data: json!({"mount": data}),
            lines: vec![line],
        }
    }

    fn copy(&self, copy: &Copy) -> Does {
        let (key, disk) = match &copy.disk {
            Disk::Mounted(name) => ("into", self.hidden(name)),
            Disk::Device(device) => ("device", self.hidden(device)),
        };
        let (mut lines, mut files) = (Vec::new(), Vec::new());
        for file in &copy.files {
            let (mut data, what) = match &file.content {
                Content::Download(key) => {
                    let key = self.hidden(key);
                    (json!({"download": key}), format!("copy {{{key}}}"))
                }
                Content::Text(text) => {
                    let text = self.hidden(text);
                    (json!({"text": text}), format!("write `{text}`"))
                }
            };
            let mut line = format!("{} to {}", escape(&what), escape(&disk));
            if let Some(name) = &file.name {
                let name = self.hidden(name);
                line.push_str(&format!(" as {}", escape(&name)));
                data["as"] = name.into();
            }
            lines.push(line);
            files.push(data);
        }
        Does {
            data: json!({"copy": {key: disk, "files": files}}),
            lines,
        }
    }

    fn commands(&self, commands: &[Vec<String>]) -> Vec<Vec<String>> {
        commands
            .iter()
            .map(|argv| argv.iter().map(|word| self.hidden(word)).collect())
            .collect()
    }
}

/// `$ dfu-util --download {firmware}`
fn line(argv: &[String]) -> String {
    format!("$ {}", escape(&typed(argv)))
}

#[cfg(test)]
mod tests;
