//! Logging in to a machine by SSH, and leaving again.

use std::path::Path;

use job_schema::Severity;
use tokio::time::timeout;

use super::{Answer, LIMIT, Trouble};
use crate::bring_up::machine;
use crate::failure::Failure;
use crate::inventory::Device;
use crate::inventory::device::Ssh;
use crate::transport::ssh::Link;

const PATH: &str = "actions.deploy.methods.ssh.host";

/// `None`: it is not reached by an address of its own.
pub(super) async fn log_in(device: &Device, known_hosts: &Path) -> Option<Answer> {
    let ssh = device.config.ssh.as_ref()?;
    if ssh.host.is_empty() || device.config.sandbox.is_some() {
        return None;
    }
    let tried = timeout(LIMIT, try_machine(ssh, &device.name, known_hosts)).await;
    Some(match tried {
        Ok(Ok(())) => Ok(format!("ssh {}@{} port {}", ssh.user, ssh.host, ssh.port)),
        Ok(Err(failure)) => Err(trouble(failure.message)),
        Err(_) => Err(trouble(format!(
            "no login at {} port {} within {} seconds",
            ssh.host,
            ssh.port,
            LIMIT.as_secs()
        ))),
    })
}

fn trouble(message: String) -> Trouble {
    Trouble::new("D040", Severity::Error, PATH, message)
}

async fn try_machine(ssh: &Ssh, device: &str, known_hosts: &Path) -> Result<(), Failure> {
    let system = |e: std::io::Error| {
        Failure::new(
            crate::failure::Class::Infrastructure,
            format!("cannot keep the host keys for this try: {e}"),
        )
    };
    // A first key is pinned by a run and not by a try: the pins are a copy that goes away.
    let folder = tempfile::tempdir().map_err(system)?;
    let pins = folder.path().join("known_hosts");
    if known_hosts.exists() {
        std::fs::copy(known_hosts, &pins).map_err(system)?;
    }
    let link = Link::open(&machine(ssh, device, pins)?).await?;
    link.close().await;
    Ok(())
}
