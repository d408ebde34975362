//! `wait`: until a device is there. Nothing is polled: the kernel tells.
//!
//! In: `wait: {usb: {serial: "123"}}`, `{serial: /dev/ttyACM0}`, `{storage: {label: MBED}}` or `{path: /dev/…}`. A device
//! that is there already is enough, unless `fresh: true`. The step's time is the only limit.

mod path;
mod ready;
mod sysfs;
mod uevent;

use std::path::{Path, PathBuf};

use serde::Deserialize;

use self::sysfs::{Match, Sysfs};
use super::words::{self, Words};
use crate::engine::node::NodeRun;
use crate::failure::Failure;
use crate::journal::event::NoteLevel;

/// What to wait for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Raw")]
pub struct Wait {
    /// The device.
    pub device: Device,
    /// One that is there already does not count: it must come again.
    pub fresh: bool,
}

/// A device, by what it is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Device {
    /// A file, for example `/dev/ttyUSB0`.
    Path(String),
    /// A USB device.
    Usb(Usb),
    /// A serial port of a USB device.
    UsbSerial(Usb),
    /// A file system on a disk, by its label.
    Label(String),
    /// A file system on a disk, by its UUID.
    Uuid(String),
}

/// A USB device, as its descriptors tell. At least one must be given; all that are given must fit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usb {
    /// Serial number.
    pub serial: Option<String>,
    /// Vendor's number in hexadecimal, for example `0d28`.
    pub vendor: Option<String>,
    /// Product's number in hexadecimal, for example `0204`.
    pub product: Option<String>,
    /// What it calls itself.
    pub name: Option<String>,
    /// Kernel driver of its serial port, for example `cdc_acm`.
    pub driver: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    path: Option<String>,
    usb: Option<Usb>,
    serial: Option<Serial>,
    storage: Option<Storage>,
    #[serde(default)]
    fresh: bool,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "`serial` is the path of a port, or says by what the USB device is known: any of `serial`, `vendor`, `product`, `name`, `driver`"
)]
enum Serial {
    Path(String),
    Usb(Usb),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Storage {
    label: Option<String>,
    uuid: Option<String>,
}

impl TryFrom<Raw> for Wait {
    type Error = &'static str;

    fn try_from(raw: Raw) -> Result<Self, Self::Error> {
        let device = match (raw.path, raw.usb, raw.serial, raw.storage) {
            (Some(path), None, None, None) | (None, None, Some(Serial::Path(path)), None) => {
                Device::Path(path)
            }
            (None, Some(usb), None, None) => Device::Usb(usb),
            (None, None, Some(Serial::Usb(usb)), None) => Device::UsbSerial(usb),
            (None, None, None, Some(disk)) => match (disk.label, disk.uuid) {
                (Some(label), None) => Device::Label(label),
                (None, Some(uuid)) => Device::Uuid(uuid),
                _ => return Err("give `label` or `uuid` of the storage"),
            },
            _ => return Err("give one of `path`, `usb`, `serial` and `storage`"),
        };
        match &device {
            Device::Path(path) if !path.starts_with(['/', '{']) => {
                Err("a device's path begins with `/`")
            }
            Device::Usb(usb) | Device::UsbSerial(usb) if *usb == Usb::default() => {
                Err("say by what the USB device is known")
            }
            _ => Ok(Self {
                device,
                fresh: raw.fresh,
            }),
        }
    }
}

impl Usb {
    fn filled(&self, words: &Words) -> Self {
        let fill = |text: &Option<String>| text.as_ref().map(|text| words::fill(text, words));
        Self {
            serial: fill(&self.serial),
            vendor: fill(&self.vendor),
            product: fill(&self.product),
            name: fill(&self.name),
            driver: fill(&self.driver),
        }
    }
}

/// Waits; says where the device is.
pub(super) async fn run(
    wait: &Wait,
    step: &crate::plan::Step,
    node: &NodeRun,
) -> Result<(), Failure> {
    let words = node.words(&step.namespace);
    let found = for_device(&wait.device, wait.fresh, &words).await;
    let found = found.map_err(|why| Failure::new(step.class, why))?;
    node.note(NoteLevel::Info, format!("found {}", found.display()));
    Ok(())
}

async fn for_device(device: &Device, fresh: bool, words: &Words) -> Result<PathBuf, String> {
    let by = |folder: &str, name: &str| {
        let name = path::udev_name(&words::fill(name, words));
        Path::new("/dev/disk").join(folder).join(name)
    };
    let file = match device {
        Device::Path(path) => PathBuf::from(words::fill(path, words)),
        Device::Label(label) => by("by-label", label),
        Device::Uuid(uuid) => by("by-uuid", uuid),
        Device::Usb(usb) => {
            let wanted = Match::Usb(usb.filled(words));
            return uevent::wait_for(&Sysfs::default(), &wanted, fresh).await;
        }
        Device::UsbSerial(usb) => {
            let wanted = Match::Serial(usb.filled(words));
            return uevent::wait_for(&Sysfs::default(), &wanted, fresh).await;
        }
    };
    path::wait_for(&file, fresh)
        .await
        .map_err(|e| format!("cannot watch for {}: {e}", file.display()))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_device_is_read_and_nothing_else() {
        let read = |yaml: &str| serde_yaml::from_str::<Wait>(yaml).map_err(|e| e.to_string());
        let device = |yaml: &str| read(yaml).unwrap().device;
        assert_eq!(device("{path: /dev/x}"), Device::Path("/dev/x".into()));
        assert_eq!(device("{serial: /dev/x}"), Device::Path("/dev/x".into()));
        assert_eq!(
            device("{storage: {label: MBED}}"),
            Device::Label("MBED".into())
        );
        let usb = Usb {
            vendor: Some("0d28".into()),
            ..Usb::default()
        };
        assert_eq!(
            device("{usb: {vendor: 0d28}, fresh: true}"),
            Device::Usb(usb.clone())
        );
        assert_eq!(device("{serial: {vendor: 0d28}}"), Device::UsbSerial(usb));
        for wrong in [
            "{}",
            "{usb: {}}",
            "{usb: {colour: red}}",
            "{path: dev}",
            "{storage: {}}",
            "{path: /a, serial: /b}",
        ] {
            read(wrong).unwrap_err();
        }
    }
}
