//! What words in the commands of a boot loader stand for, as far as block and device say it: addresses, boot command, the
//! disk of an installed system. An empty value means that the job has no such file.
//!
//! In: a boot block, the deploy blocks of its namespace before it, the device. Out: the lines that are left, with these
//! words filled in. The rules are LAVA's (`bootloader-overlay`).

use job_schema::Action;
use job_schema::yaml::Value;

use super::condition::truth;
use super::scope::child;
use crate::actions::tool::words::{self, Words};
use crate::plan::context::Context;

/// What of a block and its device words can stand for.
pub(super) struct Known<'a> {
    context: &'a Context<'a>,
}

/// The words of one boot loader.
#[derive(Debug, Default)]
pub(super) struct OfLoader {
    words: Words,
    /// What stands in place of the line `{APPLY_DTBO_COMMANDS}`.
    overlays: Vec<String>,
}

impl OfLoader {
    /// The lines with their words filled in. A line with a word for a file that the job does not have is left out.
    pub(super) fn fill(&self, lines: Vec<String>) -> Vec<String> {
        let mut filled = Vec::new();
        for line in lines {
            filled.extend(words::fill_line(&line, &self.words));
            if line == "{APPLY_DTBO_COMMANDS}" {
                let overlays = self.overlays.iter();
                filled.extend(overlays.filter_map(|line| words::fill_line(line, &self.words)));
            }
        }
        filled
    }

    fn set(&mut self, word: &str, value: Option<String>) {
        self.words
            .insert(word.to_owned(), value.unwrap_or_default());
    }
}

impl<'a> Known<'a> {
    pub(super) fn new(context: &'a Context<'a>) -> Self {
        Self { context }
    }

    /// The words of a boot loader; without one, none is known.
    pub(super) fn of(&self, loader: Option<&str>) -> OfLoader {
        let mut known = OfLoader::default();
        let Some(loader) = loader else {
            return known;
        };
        for (word, file) in [("KERNEL", "kernel"), ("DTB", "dtb"), ("TEE", "tee")] {
            self.file(&mut known, word, file, self.has_file(file));
        }
        let ramdisk = self.has_file("ramdisk") || self.has_file("initrd");
        for word in ["RAMDISK", "INITRD"] {
            self.file(&mut known, word, "ramdisk", ramdisk);
        }
        if !self.has_file("preseed") {
            known.set("PRESEED_CONFIG", None);
        }
        if !(self.has_file("preseed") && ramdisk) {
            known.set("PRESEED_LOCAL", None);
        }
        known.set(
            "LAVA_MAC",
            self.device(&[
                "actions",
                "boot",
                "methods",
                loader,
                "parameters",
                "lava_mac",
            ]),
        );
        known.set("ROOT", self.of_media("root_uuid"));
        known.set("ROOT_PART", self.of_media("boot_part"));
        known.set("DTB_BASE_ADDR", None);
        known.set("DTB_BASE_RESIZE", None);
        known.set("APPLY_DTBO_COMMANDS", None);
        if !self.has_file("nfsrootfs")
            && let Some(place) = self.deployed(&["persistent_nfs", "address"])
            && let Some((server, folder)) = place.as_shell_text().as_deref().and_then(split_nfs)
        {
            known.set("NFS_SERVER_IP", Some(server));
            known.set("NFSROOTFS", Some(folder));
        }
        if let Some(command) = self.boot_command() {
            self.addresses(&mut known, loader, command);
        }
        known
    }

    /// The word of a file: what the block says of it for an installed system, nothing when there is none, else it stays.
    fn file(&self, known: &mut OfLoader, word: &str, file: &str, deployed: bool) {
        match self.media() {
            Some(_) => known.set(word, self.of_media(file)),
            None if deployed => {}
            None => known.set(word, None),
        }
    }

    /// `{KERNEL_ADDR}` and its like, and `{BOOTX}`.
    fn addresses(&self, known: &mut OfLoader, loader: &str, command: &str) {
        let at = |file| self.device(&["parameters", command, file]);
        let (Some(kernel), Some(dtb), Some(ramdisk)) = (at("kernel"), at("dtb"), at("ramdisk"))
        else {
            return;
        };
        let tee = at("tee");
        self.device_tree_overlays(known, loader, &dtb, at("dtbo"));
        let header = self.device(&["actions", "deploy", "parameters", "add_header"]);
        let raw = header.as_deref() == Some("raw");
        let initrd = self.has_file("initrd");
        let unusable = loader == "u-boot" && !raw && header.as_deref() != Some("u-boot");
        let ramdisk = match self.has_file("ramdisk") || initrd || self.of_media("ramdisk").is_some()
        {
            true if !unusable => ramdisk,
            _ => "-".to_owned(),
        };
        let size = if initrd || raw { ":${initrd_size}" } else { "" };
        let first = match &tee {
            Some(tee) if self.has_file("tee") => tee,
            _ => &kernel,
        };
        let boot = format!("{command} {first} {ramdisk}{size} {dtb}");
        known.set("BOOTX", Some(boot));
        known.set("KERNEL_ADDR", Some(kernel));
        known.set("DTB_ADDR", Some(dtb));
        known.set("RAMDISK_ADDR", Some(ramdisk));
        known.set("TEE_ADDR", tee);
    }

    /// The lines that apply overlays of the device tree, once per overlay.
    fn device_tree_overlays(
        &self,
        known: &mut OfLoader,
        loader: &str,
        dtb: &str,
        dtbo: Option<String>,
    ) {
        let Some(Value::Seq(overlays)) = self.deployed(&["dtbo"]) else {
            return;
        };
        let path = [
            "actions",
            "boot",
            "methods",
            loader,
            "parameters",
            "apply_dtbo_commands",
        ];
        let lines = match self.context.spec.device.config.at(&path) {
            Some(Value::Seq(lines)) => lines.iter().filter_map(Value::as_shell_text).collect(),
            _ => Vec::new(),
        };
        for number in 0..overlays.len() {
            let word = format!("{{DTBO{number}}}");
            known
                .overlays
                .extend(lines.iter().map(|line| line.replace("{DTBO}", &word)));
        }
        known.set("DTB_BASE_ADDR", Some(dtb.to_owned()));
        known.set(
            "DTB_BASE_RESIZE",
            self.device(&["parameters", "dtb_base_resize"]),
        );
        known.set("DTBO_ADDR", dtbo);
    }

    /// `bootm`, `bootz` or `booti`, by the kernel's type and the addresses that the device has.
    fn boot_command(&self) -> Option<&'static str> {
        let device = &self.context.spec.device.config;
        let kind = match self.media() {
            Some(_) => self.of_media("kernel_type")?,
            None => {
                device.at(&["actions", "boot", "methods", "u-boot"])?;
                device.at(&["actions", "deploy", "parameters"])?;
                self.deployed(&["kernel", "type"])?.as_shell_text()?
            }
        };
        let has = |command| device.at(&["parameters", command]).is_some();
        Some(match kind.as_str() {
            "zimage" if has("bootz") => "bootz",
            "image" if has("booti") => "booti",
            _ => "bootm",
        })
    }

    /// The disk that holds the system, when `commands` names one.
    fn media(&self) -> Option<&Value> {
        let raw = &self.context.block.raw;
        let Some(Value::Str(commands)) = child(raw, "commands") else {
            return None;
        };
        let method = child(raw, "method")?.as_shell_text()?;
        matches!(method.as_str(), "u-boot" | "grub" | "grub-efi").then_some(())?;
        let device = &self.context.spec.device.config;
        device.at(&["parameters", "media", commands])
    }

    /// What the block says of the system on a disk.
    fn of_media(&self, key: &str) -> Option<String> {
        self.media()?;
        child(&self.context.block.raw, key)?
            .as_shell_text()
            .filter(|text| !text.is_empty())
    }

    /// Whether a deploy block before this one brings a file of this name.
    fn has_file(&self, file: &str) -> bool {
        self.deployed(&[file]).is_some_and(truth) || self.deployed(&["images", file]).is_some()
    }

    /// What the deploy blocks of the namespace before this one say, the last that says it.
    fn deployed(&self, path: &[&str]) -> Option<&'a Value> {
        let context = self.context;
        let before = context
            .blocks
            .iter()
            .take_while(|block| !std::ptr::eq(**block, context.block));
        before
            .filter(|block| matches!(block.action, Action::Deploy(_)))
            .filter(|block| block.namespace == context.block.namespace)
            .filter_map(|block| {
                path.iter()
                    .try_fold(&block.raw, |value, key| child(value, key))
            })
            .last()
    }

    fn device(&self, path: &[&str]) -> Option<String> {
        self.context.spec.device.config.at(path)?.as_shell_text()
    }
}

/// `192.0.2.1:/srv/root`
fn split_nfs(place: &str) -> Option<(String, String)> {
    let (server, folder) = place.split_once(':')?;
    // Braces stand for what only the lab knows.
    (!place.contains('{')).then_some(())?;
    Some((server.to_owned(), folder.to_owned()))
}
