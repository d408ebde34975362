//! USB devices and their serial ports as `/sys` shows them.

use std::fs;
use std::path::{Path, PathBuf};

use super::Usb;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Match {
    /// The USB device itself.
    Usb(Usb),
    /// A serial port of such a device.
    Serial(Usb),
}

/// Where `/sys` is.
#[derive(Debug, Clone)]
pub(super) struct Sysfs(PathBuf);

impl Default for Sysfs {
    fn default() -> Self {
        Self("/sys".into())
    }
}

impl Sysfs {
    #[cfg(test)]
    pub(super) fn at(root: &Path) -> Self {
        Self(root.to_owned())
    }

    /// A device that fits and is there now.
    pub(super) fn find(&self, wanted: &Match) -> Option<PathBuf> {
        let folder = match wanted {
            Match::Usb(_) => "bus/usb/devices",
            Match::Serial(_) => "class/tty",
        };
        let entries = fs::read_dir(self.0.join(folder)).ok()?;
        let mut all: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        all.sort();
        all.into_iter().find_map(|entry| self.fits(&entry, wanted))
    }

    /// The folder of a device that the kernel tells of as `/devices/…`.
    pub(super) fn told(&self, path: &str) -> Option<PathBuf> {
        let inside = path.strip_prefix('/')?;
        let leaves = inside.split('/').any(|part| part == "..");
        (!leaves).then(|| self.0.join(inside))
    }

    /// What is at this folder, if it fits: the folder of a USB device, the `/dev` file of a serial port.
    pub(super) fn fits(&self, folder: &Path, wanted: &Match) -> Option<PathBuf> {
        match wanted {
            Match::Usb(usb) => is(folder, usb).then(|| folder.to_owned()),
            Match::Serial(usb) => {
                let port = folder.file_name()?;
                // Of all ports only those of a real device have this link.
                let device = fs::canonicalize(folder.join("device")).ok()?;
                let root = fs::canonicalize(&self.0).ok()?;
                let owner = device
                    .ancestors()
                    .take_while(|at| at.starts_with(&root))
                    .find(|at| at.join("idVendor").is_file())?;
                let driver = fs::read_link(device.join("driver")).ok();
                let driver = driver.as_deref().and_then(Path::file_name);
                let fits = usb.driver.is_none() || usb.driver.as_deref() == driver?.to_str();
                (fits && is(owner, usb)).then(|| Path::new("/dev").join(port))
            }
        }
    }
}

/// Whether the USB device of this folder is the one.
fn is(folder: &Path, usb: &Usb) -> bool {
    let has = |file: &str, wanted: &Option<String>, same: fn(&str, &str) -> bool| match wanted {
        None => true,
        Some(wanted) => fs::read_to_string(folder.join(file))
            .is_ok_and(|found| same(found.trim_end_matches('\n'), wanted)),
    };
    let number =
        |found: &str, wanted: &str| found.eq_ignore_ascii_case(wanted.trim_start_matches("0x"));
    folder.join("idVendor").is_file()
        && has("serial", &usb.serial, |a, b| a == b)
        && has("product", &usb.name, |a, b| a == b)
        && has("idVendor", &usb.vendor, number)
        && has("idProduct", &usb.product, number)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// A board with a serial port, plugged into a made-up `/sys`.
    pub(in super::super) fn plug(root: &Path, serial: &str) -> PathBuf {
        let board = root.join("devices/pci0/usb1/1-2");
        let port = board.join("1-2:1.1/tty/ttyACM0");
        fs::create_dir_all(&port).unwrap();
        for (file, text) in [
            ("idVendor", "0d28"),
            ("idProduct", "0204"),
            ("serial", serial),
            ("product", "DAPLink CMSIS-DAP"),
        ] {
            fs::write(board.join(file), format!("{text}\n")).unwrap();
        }
        for folder in ["bus/usb/devices", "class/tty", "bus/usb/drivers/cdc_acm"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        symlink(
            "../../../../../../bus/usb/drivers/cdc_acm",
            board.join("1-2:1.1/driver"),
        )
        .unwrap();
        symlink("../..", port.join("device")).unwrap();
        symlink(&board, root.join("bus/usb/devices/1-2")).unwrap();
        symlink(&port, root.join("class/tty/ttyACM0")).unwrap();
        fs::create_dir_all(root.join("class/tty/tty0")).unwrap();
        board
    }

    pub(in super::super) fn by_serial(serial: &str) -> Usb {
        Usb {
            serial: Some(serial.to_owned()),
            ..Usb::default()
        }
    }

    #[test]
    fn a_board_is_found_by_what_it_says_of_itself() {
        let dir = tempfile::tempdir().unwrap();
        let sysfs = Sysfs::at(dir.path());
        assert_eq!(sysfs.find(&Match::Usb(by_serial("0240"))), None);
        plug(dir.path(), "0240");
        let at = dir.path().join("bus/usb/devices/1-2");
        let usb = |usb| sysfs.find(&Match::Usb(usb));
        assert_eq!(usb(by_serial("0240")), Some(at.clone()));
        assert_eq!(usb(by_serial("024")), None);
        let numbers = Usb {
            vendor: Some("0x0D28".into()),
            product: Some("0204".into()),
            name: Some("DAPLink CMSIS-DAP".into()),
            ..Usb::default()
        };
        assert_eq!(usb(numbers.clone()), Some(at));
        let other = Usb {
            vendor: Some("1366".into()),
            ..numbers.clone()
        };
        assert_eq!(usb(other), None);
        let port = |driver: &str| {
            let driver = Some(driver.to_owned());
            let numbers = numbers.clone();
            sysfs.find(&Match::Serial(Usb { driver, ..numbers }))
        };
        assert_eq!(port("cdc_acm"), Some("/dev/ttyACM0".into()));
        assert_eq!(port("ftdi_sio"), None);
    }
}
