//! `boot: {method: grub-efi}`: commands typed at a GRUB prompt. Planned; this version cannot run it.

use job_schema::boot::Boot;

use crate::failure::Class;
use crate::plan::draft::Draft;
use crate::plan::node::{Context, export_env};

/// `grub-main-action*[bootloader-from-media, bootloader-overlay, connect-device, reset-device[…], uefi-menu-interrupt,
/// grub-efi-menu-selector, bootloader-interrupt, bootloader-commands, auto-login-action*[login-action], …]`
pub(super) fn plan(boot: &Boot, context: &Context<'_>) -> Draft {
    let reset = if context.spec.device.config.hard_reset {
        "pdu-reboot"
    } else {
        "send-reboot-commands"
    };
    let board = |name| Draft::not_runnable(name).blames(Class::Infrastructure);
    let mut steps = vec![
        board("bootloader-from-media"),
        board("bootloader-overlay"),
        board("connect-device"),
        Draft::group("reset-device", vec![board(reset)]),
        board("uefi-menu-interrupt"),
        board("grub-efi-menu-selector"),
        board("bootloader-interrupt"),
        board("bootloader-commands").lasting(std::time::Duration::from_secs(90)),
    ];
    if !boot.prompts().is_empty() {
        let login = vec![Draft::not_runnable("login-action")];
        steps.push(Draft::group("auto-login-action", login).retrying());
    }
    if context.needs_overlay() {
        steps.push(Draft::not_runnable("expect-shell-connection"));
        steps.push(export_env());
    }
    Draft::group("grub-main-action", steps).retrying()
}
