//! `boot:`, one file per `method:`.

pub mod grub;
pub mod ssh;

use crate::finding::Severity;
use crate::read::{Keys, Place, Report, method_word};

/// A boot block.
#[derive(Debug, Clone, PartialEq)]
pub struct Boot {
    /// `prompts`: regular expressions; one of them ends the wait for a shell.
    pub prompts: Vec<String>,
    /// `auto_login`.
    pub auto_login: Option<AutoLogin>,
    /// `method`, and what belongs to it.
    pub method: Method,
}

/// `auto_login:` of a boot block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoLogin {
    /// `login_prompt`: regular expression.
    pub login_prompt: String,
    /// `username`.
    pub username: String,
    /// `password_prompt`: regular expression.
    pub password_prompt: Option<String>,
    /// `password`.
    pub password: Option<String>,
    /// `login_commands`: typed after the login, one at a time.
    pub login_commands: Vec<String>,
}

/// `method:` of a boot block.
#[derive(Debug, Clone, PartialEq)]
pub enum Method {
    /// `method: ssh`
    Ssh(ssh::Ssh),
    /// `method: grub-efi`
    GrubEfi(grub::Grub),
}

/// What LAVA can boot with and this version cannot.
const NOT_YET: &[&str] = &[
    "avh",
    "barebox",
    "bootloader",
    "cmsis-dap",
    "depthcharge",
    "dfu",
    "docker",
    "fastboot",
    "fvp",
    "gdb",
    "grub",
    "ipxe",
    "jlink",
    "kexec",
    "minimal",
    "monitor",
    "musca",
    "new_connection",
    "nodebooter",
    "openocd",
    "pyocd",
    "qdl",
    "qemu",
    "qemu-iso",
    "qemu-nfs",
    "recovery",
    "schroot",
    "u-boot",
    "uefi",
    "uefi-menu",
    "uuu",
];

/// `parameters` of every boot block: texts of a console that this version does not wait for.
const MESSAGES: &[&str] = &[
    "bootloader-final-message",
    "kernel-start-message",
    "shutdown-message",
];

/// Reads the keys of a boot block, except those of every block.
pub(crate) fn read(keys: &mut Keys, report: &mut Report) -> Option<Boot> {
    let method = keys.need("method", report);
    let word = method.and_then(|m| {
        method_word(
            &m,
            "method",
            "a boot method",
            &["ssh", "grub-efi"],
            NOT_YET,
            report,
        )
    });
    let parameters = keys.get("parameters");
    let method = match word {
        Some("ssh") => ssh::read(parameters.as_ref(), report).map(Method::Ssh),
        Some(_) => grub::read(keys, report).map(Method::GrubEfi),
        None => {
            keys.ignore_rest();
            None
        }
    };
    let prompts = keys.get("prompts").and_then(|p| prompts(&p, report));
    let auto_login = keys.get("auto_login").and_then(|a| auto_login(&a, report));
    keys.ignore(&["connection", "ignore_kernel_messages"]);
    keys.no_effect(
        &["failure_message", "soft_reboot", "transfer_overlay"],
        report,
    );
    Some(Boot {
        prompts: prompts.unwrap_or_default(),
        auto_login,
        method: method?,
    })
}

fn prompts(place: &Place, report: &mut Report) -> Option<Vec<String>> {
    if let Some(prompt) = place.node.as_str() {
        report
            .warning("J004", &place.path, place.span(), "`prompts` should be a list")
            .help("it is taken as one prompt; LAVA would take every single character for a prompt: write `- ` before it");
        return Some(vec![prompt.to_owned()]);
    }
    place.strings(report)
}

fn auto_login(place: &Place, report: &mut Report) -> Option<AutoLogin> {
    let mut keys = place.keys(report)?;
    let login_prompt = keys
        .need("login_prompt", report)
        .and_then(|p| p.string(report));
    let username = keys.need("username", report).and_then(|u| u.string(report));
    let password_prompt = keys.get("password_prompt").and_then(|p| p.string(report));
    let password = match &password_prompt {
        Some(_) => keys.need("password", report),
        None => keys.get("password"),
    };
    let password = password.and_then(|p| p.string(report));
    if password.is_some() && password_prompt.is_none() {
        keys.need("password_prompt", report);
    }
    let login_commands = keys.get("login_commands").and_then(|c| c.strings(report));
    keys.done(Severity::Warning, report);
    Some(AutoLogin {
        login_prompt: login_prompt?,
        username: username?,
        password_prompt,
        password,
        login_commands: login_commands.unwrap_or_default(),
    })
}
