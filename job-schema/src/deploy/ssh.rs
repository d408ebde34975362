//! `deploy: {to: ssh}`: copy the overlay to a machine that is up and has an SSH server.

use crate::read::Keys;

/// `deploy: {to: ssh}`. It has no keys of its own: the machine keeps the system it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ssh;

/// Reads the keys of `to: ssh`: LAVA documents some and uses none.
pub(crate) fn read(keys: &mut Keys) -> Ssh {
    keys.ignore(&["firmware", "kernel", "rootfs", "modules"]);
    Ssh
}
