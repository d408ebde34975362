//! Keys for booting what an earlier deploy put on a disk of the machine, the secondary media.

use job_schema_derive::Keys;

use crate::read::{Place, Read, Report};
use crate::yaml::Data;

/// Where things are on a disk of the machine. They count when `commands` names a set that the device has for its media.
#[derive(Debug, Clone, PartialEq, Eq, Default, Keys)]
pub struct SecondaryMedia {
    /// The kernel's path on the boot partition, for example `boot/vmlinuz`.
    #[keys(unlisted, soft)]
    pub kernel: Option<String>,
    /// The ramdisk's path on the boot partition. Default: there is none.
    #[keys(unlisted, soft)]
    pub ramdisk: Option<String>,
    /// The device tree's path on the boot partition. Default: there is none.
    #[keys(unlisted, soft)]
    pub dtb: Option<String>,
    /// The UUID of the root file system.
    #[keys(unlisted, soft)]
    pub root_uuid: Option<String>,
    /// The number of the boot partition, for example `1`.
    #[keys(unlisted, soft)]
    pub boot_part: Option<PartNumber>,
}

/// The number of a partition, written as a number or as a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartNumber(pub String);

impl Read for PartNumber {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        match place.node.data() {
            Data::Int(number) => Some(Self(number.to_string())),
            _ => place.str(report).map(|text| Self(text.to_owned())),
        }
    }
}
