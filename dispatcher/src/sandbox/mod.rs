//! The embedded lab: nodes on this very Linux machine, for somebody who has no lab.
//!
//! In comes a [`LabConfig`] and a [`NodeSpec`] per node; out come addresses of ordinary SSH devices and a dialer
//! ([`Lab::dial`]) that reaches them, because their private network cannot be seen from outside.
//!
//! ```text
//! dispatcher ──control socket──▶ lab (user, mount, pid, net namespaces; one bridge)
//!                                 ├──node socket──▶ node (mount, pid, uts, ipc, net namespaces; eth0)
//!                                 │                  └─ pid 1: reaps, and the SSH server as its child
//!                                 └──node socket──▶ node ...
//! ```
//!
//! Everything hangs on the control socket: when the dispatcher ends, in whatever way, the lab's pid 1 reads the end of
//! file and exits, and the kernel takes every process, mount and interface of the lab with it. Nothing is on disk: all
//! that a node writes is on a tmpfs of its own mount namespace.
//!
//! What can go wrong: the system forbids namespaces to ordinary users ([`probe`] says what to do), or a directory of
//! the machine cannot be layered (the error, or [`NodeHandle::left_out`], names it).
//!
//! A sandbox keeps accidents away from the machine: it is not a wall against a program that wants out, above all when
//! the dispatcher runs as root.

mod advice;
mod error;
mod forward;
mod internal;
mod lab;
mod lab_init;
mod mounts;
mod namespaces;
mod net;
mod node;
mod pump;
mod rootfs;
mod server;
mod session;
mod signals;
mod wire;

pub use advice::probe;
pub use error::SandboxError;
pub use internal::run_internal;
pub use lab::{Lab, LabConfig, NodeHandle, NodeSpec};
