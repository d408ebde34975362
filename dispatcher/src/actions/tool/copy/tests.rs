use super::*;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::Duration;

use crate::actions::tool::mount::Mount;

#[test]
fn disks_and_files_are_read() {
    let read = |yaml: &str| serde_yaml::from_str::<Copy>(yaml).map_err(|e| e.to_string());
    let copy =
        read("{into: fw, files: [{download: a, as: ''}, {text: x, as: reboot.txt}]}").unwrap();
    assert_eq!(copy.disk, Disk::Mounted("fw".into()));
    assert_eq!(copy.files[0].name, None);
    for wrong in [
        "{files: []}",
        "{into: a, device: /dev/b, files: []}",
        "{into: a, files: [{text: x}]}",
        "{into: a, files: [{download: x, text: y, as: z}]}",
        "{into: a, files: [{}]}",
    ] {
        read(wrong).unwrap_err();
    }
}

#[test]
fn no_name_leads_out_of_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let (disk, outside) = (dir.path().join("disk"), dir.path().join("outside"));
    fs::create_dir_all(disk.join("sub")).unwrap();
    fs::write(&outside, "mine").unwrap();
    symlink(&outside, disk.join("file-link")).unwrap();
    symlink(dir.path(), disk.join("folder-link")).unwrap();
    fs::write(disk.join("old"), "longer than the new").unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        disk.join("pipe"),
        FileType::Fifo,
        Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    let root = fs::File::open(&disk).unwrap();
    for name in [
        "../outside",
        "/etc/x",
        "sub/../../outside",
        "..",
        ".",
        "",
        "file-link",
        "folder-link/outside",
        "missing/x",
        "sub",
        "pipe",
        "a\0b",
    ] {
        assert!(create(&root, name).is_err(), "{name:?} was made");
    }
    assert_eq!(fs::read_to_string(&outside).unwrap(), "mine");
    create(&root, "sub/new").unwrap();
    create(&root, "old").unwrap();
    assert_eq!(fs::read_to_string(disk.join("old")).unwrap(), "");
    assert!(disk.join("sub/new").is_file());
}

/// A disk made of a file, gone when dropped.
struct Loop(String);

impl Loop {
    fn of(image: &Path) -> Result<Self, String> {
        let said = Command::new("losetup")
            .args(["--find", "--show"])
            .arg(image)
            .output()
            .map_err(|e| e.to_string())?;
        if !said.status.success() {
            return Err(String::from_utf8_lossy(&said.stderr).into_owned());
        }
        Ok(Self(
            String::from_utf8_lossy(&said.stdout).trim().to_owned(),
        ))
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        let _ = Command::new("losetup").args(["--detach", &self.0]).status();
    }
}

fn disk(test: &str, folder: &Path) -> Option<Loop> {
    use common::need;
    if !need::root(test)
        || !need::program(test, "mkfs.ext4", "e2fsprogs")
        || !need::program(test, "losetup", "mount")
    {
        return None;
    }
    let image = folder.join("disk.img");
    fs::File::create(&image).unwrap().set_len(8 << 20).unwrap();
    let made = Command::new("mkfs.ext4").arg("-q").arg(&image).status();
    assert!(made.unwrap().success());
    Loop::of(&image)
        .map_err(|why| need::not_run(test, &format!("no loop device: {}", why.trim())))
        .ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_is_mounted_written_and_let_go() {
    let test = "tool::copy::a_disk_is_mounted_written_and_let_go";
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = disk(test, dir.path()) else {
        return;
    };
    let mounted = Mount::of(disk.0.clone(), None).await;
    let mount = match mounted {
        Ok(mount) => mount,
        Err(why) => return common::need::not_run(test, &why),
    };
    let table = fs::read_to_string("/proc/self/mounts").unwrap();
    assert!(!table.contains(&disk.0), "it stands at no path: {table}");
    let download = dir.path().join("download");
    fs::write(&download, "for the board").unwrap();
    write(Source::File(download), &mount, "image.bin")
        .await
        .unwrap();
    write(Source::Text("now"), &mount, "reboot.txt")
        .await
        .unwrap();
    let missing = Source::File(dir.path().join("missing"));
    write(missing, &mount, "x").await.unwrap_err();
    write(Source::Text(""), &mount, "../x").await.unwrap_err();
    // While it is mounted nobody else can have the disk for himself.
    let alone = || {
        let flags = OFlags::RDONLY | OFlags::EXCL | OFlags::CLOEXEC;
        rustix::fs::open(disk.0.as_str(), flags, Mode::empty())
    };
    assert!(alone().is_err());
    mount.unmount().await.unwrap();
    // A program that another thread is about to start holds everything until it runs.
    let let_go = || common::processes::wait_until(Duration::from_secs(10), || alone().is_ok());
    assert!(let_go(), "it is unmounted");

    let again = Mount::of(disk.0.clone(), Some("ext4".into()))
        .await
        .unwrap();
    let file = openat(again.root(), c"image.bin", OFlags::RDONLY, Mode::empty()).unwrap();
    let text = io::read_to_string(File::from(file)).unwrap();
    assert_eq!(text, "for the board");
    drop(again);
    assert!(let_go(), "dropped is unmounted");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_disk_is_told() {
    let why = Mount::of("/dev/null".into(), None).await.unwrap_err();
    assert!(why.starts_with("cannot mount /dev/null as vfat"), "{why}");
}
