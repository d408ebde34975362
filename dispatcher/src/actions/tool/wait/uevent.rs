//! What the kernel tells of devices that come: netlink messages of the family `KOBJECT_UEVENT`.

use std::io;
use std::path::PathBuf;

use rustix::io::Errno;
use rustix::net::netlink::{self, SocketAddrNetlink};
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recvfrom, socket_with};

use super::ready::Queue;
use super::sysfs::{Match, Sysfs};

/// The group that the kernel itself talks to; udev's own (2) has another form, and tells later.
const KERNEL: u32 = 1;
/// The kernel's messages are at most 2 KiB of variables and a path.
const LONGEST: usize = 8 << 10;

/// Comes back when a device that fits is there; if `fresh`, when one has come.
///
/// # Errors
/// Says why the kernel does not tell.
pub(super) async fn wait_for(
    sysfs: &Sysfs,
    wanted: &Match,
    fresh: bool,
) -> Result<PathBuf, String> {
    let refused = |e: io::Error| {
        format!(
            "the kernel does not tell of devices here (netlink: {e}); run dispatch on the machine itself, or in a \
             container that shares its network"
        )
    };
    let listener = Listener::open().map_err(refused)?;
    // Looked for after the listening has begun, so nothing is missed in between.
    if let Some(found) = sysfs.find(wanted).filter(|_| !fresh) {
        return Ok(found);
    }
    loop {
        let found = match listener.next().await.map_err(refused)? {
            Told::Came(path) => sysfs.told(&path).and_then(|at| sysfs.fits(&at, wanted)),
            Told::Lost if fresh => None,
            Told::Lost => sysfs.find(wanted),
        };
        if let Some(found) = found {
            return Ok(found);
        }
    }
}

/// What was told.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    /// Something is new at this path of `/sys`.
    Came(String),
    /// There was more than the queue holds.
    Lost,
}

struct Listener(Queue);

impl Listener {
    fn open() -> io::Result<Self> {
        let socket = socket_with(
            AddressFamily::NETLINK,
            SocketType::DGRAM,
            SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
            Some(netlink::KOBJECT_UEVENT),
        )?;
        bind(&socket, &SocketAddrNetlink::new(0, KERNEL))?;
        Ok(Self(Queue::of(socket)?))
    }

    async fn next(&self) -> io::Result<Told> {
        let mut message = vec![0; LONGEST];
        loop {
            let received = self
                .0
                .read(|queue| recvfrom(queue, &mut message[..], RecvFlags::empty()));
            match received.await {
                Ok((filled, _, from)) => {
                    let sender = from.and_then(|from| SocketAddrNetlink::try_from(from).ok());
                    // Programs may send to the group as well: only the kernel is believed.
                    if sender.is_some_and(|sender| sender.pid() == 0)
                        && let Some(path) = read(&message[..filled])
                    {
                        return Ok(Told::Came(path));
                    }
                }
                Err(e) => match Errno::from_io_error(&e) {
                    Some(Errno::NOBUFS) => return Ok(Told::Lost),
                    Some(Errno::INTR) => {}
                    _ => return Err(e),
                },
            }
        }
    }
}

/// The path of what has come: `add@/devices/…`, then `KEY=value` pairs, all ended by a zero byte.
fn read(message: &[u8]) -> Option<String> {
    let variable = |key: &str| {
        let mut pairs = message.split(|&b| b == 0).skip(1);
        pairs.find_map(|pair| {
            std::str::from_utf8(pair)
                .ok()?
                .strip_prefix(key)?
                .strip_prefix('=')
        })
    };
    // A device is bound to its driver after it was added, and only then has what the driver made of it.
    matches!(variable("ACTION")?, "add" | "bind" | "change" | "online")
        .then(|| variable("DEVPATH").map(ToOwned::to_owned))?
}

#[cfg(test)]
mod tests {
    use super::super::sysfs::tests::{by_serial, plug};
    use super::*;

    #[test]
    fn messages_are_read() {
        let add = b"add@/devices/x\0ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=usb\0SEQNUM=1\0";
        assert_eq!(read(add).as_deref(), Some("/devices/x"));
        assert_eq!(read(b"remove@/d\0ACTION=remove\0DEVPATH=/d\0"), None);
        assert_eq!(read(b"libudev\0\xfe\xed\xca\xfe"), None);
        assert_eq!(read(b""), None);
    }

    fn listens(test: &str) -> bool {
        let refused = Listener::open().err();
        if let Some(e) = &refused {
            common::need::not_run(test, &format!("the kernel does not tell: {e}"));
        }
        refused.is_none()
    }

    #[tokio::test]
    async fn a_board_that_is_there_is_found_at_once() {
        if listens("tool::wait::uevent::a_board_that_is_there_is_found_at_once") {
            let dir = tempfile::tempdir().unwrap();
            plug(dir.path(), "77");
            let wanted = Match::Usb(by_serial("77"));
            let found = wait_for(&Sysfs::at(dir.path()), &wanted, false).await;
            assert!(found.unwrap().ends_with("bus/usb/devices/1-2"));
        }
    }

    /// The kernel repeats its message about a device when somebody writes to its `uevent` file.
    #[tokio::test]
    async fn the_kernel_tells_of_what_comes() {
        let test = "tool::wait::uevent::the_kernel_tells_of_what_comes";
        if !listens(test) {
            return;
        }
        let listener = Listener::open().unwrap();
        let (name, uevent) = (
            "/devices/virtual/mem/null",
            "/sys/devices/virtual/mem/null/uevent",
        );
        if let Err(e) = std::fs::write(uevent, "add") {
            common::need::not_run(test, &format!("{uevent}: {e}"));
            return;
        }
        let told = async { while listener.next().await.unwrap() != Told::Came(name.to_owned()) {} };
        // Network namespaces that are not the machine's first may hear nothing.
        if tokio::time::timeout(std::time::Duration::from_secs(5), told)
            .await
            .is_err()
        {
            common::need::not_run(test, "the kernel says nothing in this network namespace");
        }
    }
}
