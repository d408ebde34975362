//! A node's two outer processes: the one that makes its namespaces, and its pid 1.
//!
//! The node's socket to the lab is standard input of both. The first reports that the namespaces exist and who pid 1
//! is; pid 1 builds the root file system, hands the socket on to the SSH server and reaps until that server ends.

use std::{
    io,
    os::fd::AsFd,
    process::{Command, Stdio},
};

use rustix::{
    process::{
        Pid, PidfdFlags, Signal, WaitOptions, pidfd_open, set_parent_process_death_signal, wait,
    },
    thread::UnshareFlags,
};

use super::{
    internal::{NODE_INIT, SERVER, THIS_PROGRAM},
    namespaces, rootfs,
    wire::{self, FromNode, ServerLoaded, ServerSetup, ToNode, Wire},
};

/// The process that makes the node's namespaces. It has no thread beside its first one.
pub(super) fn run_outer() -> io::Result<()> {
    let lab = Wire::from_stdin()?;
    let started = (|| {
        namespaces::unshare(
            UnshareFlags::NEWNS
                | UnshareFlags::NEWUTS
                | UnshareFlags::NEWIPC
                | UnshareFlags::NEWNET
                | UnshareFlags::NEWPID,
        )?;
        lab.send(&FromNode::Unshared, None)?;
        let init = Command::new(THIS_PROGRAM).arg(NODE_INIT).spawn()?;
        let process = pidfd_open(Pid::from_child(&init), PidfdFlags::empty())?;
        lab.send(&FromNode::Born, Some(process.as_fd()))?;
        Ok(init)
    })();
    match started {
        Ok(mut init) => init.wait().map(drop),
        Err(error) => failed(&lab, &error, "make the node's namespaces"),
    }
}

/// The node's pid 1. When it ends, the kernel ends all others.
pub(super) fn run_init() -> io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let lab = Wire::from_stdin()?;
    match start_server(&lab) {
        Ok(server) => {
            drop(lab);
            // Orphans of the node become children of pid 1.
            while wait(WaitOptions::empty())?.is_none_or(|(pid, _)| pid != server) {}
            Ok(())
        }
        Err(error) => failed(&lab, &error, "prepare the node"),
    }
}

fn start_server(lab: &Wire) -> io::Result<Pid> {
    let Some((ToNode::Setup(node), _)) = lab.receive()? else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    rustix::system::sethostname(node.name.as_bytes())?;
    // The server is loaded while the machine's own libraries are in reach: the root may be any file system. It waits
    // for its setup; entering the new root takes it along.
    let (ours, theirs) = wire::pair()?;
    let gate = Wire::new(ours);
    let server = Command::new(THIS_PROGRAM)
        .arg(SERVER)
        .stdin(Stdio::from(theirs))
        .spawn()?;
    if gate.receive::<ServerLoaded>()?.is_none() {
        return Err(io::Error::other("its SSH server ended at once"));
    }
    let left_out = rootfs::build_and_enter(&node).map_err(io::Error::other)?;
    let setup = ServerSetup { node, left_out };
    gate.send(&setup, Some(io::stdin().as_fd()))?;
    Ok(Pid::from_child(&server))
}

fn failed(lab: &Wire, error: &io::Error, what: &str) -> io::Result<()> {
    lab.send(
        &FromNode::Failed {
            reason: format!("cannot {what}: {error}"),
        },
        None,
    )?;
    Err(io::Error::other(error.to_string()))
}
