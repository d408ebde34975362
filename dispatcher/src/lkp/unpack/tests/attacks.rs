//! What a hostile node may pack.

use super::*;

#[test]
fn names_that_lead_outside_are_refused() {
    let place = Place::new();
    let abs = place.at("out/new");
    let abs = abs.to_str().unwrap();
    for (entry, expected) in [
        (file(abs, b"x"), "is absolute"),
        (
            file("/etc/x", b"x"),
            "entry /etc/x of the result archive is absolute",
        ),
        (file("../out/new", b"x"), "has `..` in it"),
        (file("a/../../out/new", b"x"), "has `..` in it"),
        (folder("../new"), "has `..` in it"),
        (folder(".."), "has `..` in it"),
        (file("", b"x"), "has no name"),
        (file("./", b"x"), "has no name"),
        (
            hard("h", "../out/kept"),
            "is a link to a name that has `..`",
        ),
        (
            hard("h", "/etc/passwd"),
            "is a link to a name that is absolute",
        ),
        (hard("h", "h"), "is a link to itself"),
        (
            hard("h", "nothing"),
            "the file that it links to: No such file",
        ),
        (Raw(EntryType::GNUSparse, "s", "", b""), "is a sparse file"),
        (file("bad\x1b[31m/../x", b""), "entry bad\\x1b[31m/../x of"),
    ] {
        let error = place.unpack(&tar(&[entry])).unwrap_err();
        assert!(error.contains(expected), "{expected}: {error}");
        place.untouched();
    }
    assert_eq!(fs::read_dir(place.at("in")).unwrap().count(), 0);
}

#[test]
fn links_and_devices_are_left_out_and_lead_nowhere() {
    let place = Place::new();
    let out = place.at("out");
    let out = out.to_str().unwrap();
    let unpacked = place
        .unpack(&tar(&[
            link("l", out),
            file("l/kept", b"changed"),
            link("m", "../out"),
            file("m/kept", b"changed"),
            hard("n", "l/kept"),
            Raw(EntryType::Fifo, "pipe", "", b""),
            Raw(EntryType::Char, "null", "", b""),
            Raw(EntryType::new(b'Z'), "odd", "", b"data"),
            file("last", b"x"),
        ]))
        .unwrap();
    place.untouched();
    assert_eq!(
        unpacked.skipped,
        [
            "l: a symbolic link",
            "m: a symbolic link",
            "pipe: a named pipe",
            "null: a device",
            "odd: an entry of an unknown type",
        ]
    );
    assert_eq!(fs::read(place.at("in/n")).unwrap(), b"changed");
    assert!(place.at("in/last").is_file() && !place.at("in/pipe").exists());
}

#[test]
fn links_that_were_there_are_not_followed() {
    let place = Place::new();
    symlink(place.at("out"), place.at("in/l")).unwrap();
    symlink(place.at("out/kept"), place.at("in/f")).unwrap();
    fs::hard_link(place.at("out/kept"), place.at("in/h")).unwrap();
    for entry in [
        file("l/kept", b"x"),
        file("l/a/b", b"x"),
        folder("l"),
        folder("l/x"),
    ] {
        let error = place.unpack(&tar(&[entry])).unwrap_err();
        assert!(error.contains("is there and is no folder"), "{error}");
    }
    let error = place.unpack(&tar(&[hard("g", "f")])).unwrap_err();
    assert!(error.contains("the file that it links to"), "{error}");
    place
        .unpack(&tar(&[file("f", b"x"), file("h", b"x")]))
        .unwrap();
    assert!(!place.at("in/f").is_symlink());
    place.untouched();
    let error = place
        .unpack(&tar(&[folder("d"), file("d", b"x")]))
        .unwrap_err();
    assert!(error.contains("a folder of this name is there"), "{error}");
}

#[test]
fn limits() {
    let place = Place::new();
    let unpack_in = |limits: Limits, entries: &[Raw<'_>]| {
        unpack(&tar(entries)[..], &place.at("in"), &limits)
            .unwrap_err()
            .to_string()
    };
    let limits = Limits {
        entries: 2,
        path: 10,
        bytes: 4096,
    };
    let error = unpack_in(limits, &[file("a", b""), file("b", b""), file("c", b"")]);
    assert!(error.contains("more than 2 entries"), "{error}");
    let error = unpack_in(limits, &[file("12345678901", b"")]);
    assert!(error.contains("more than 10 bytes"), "{error}");
    let error = unpack_in(
        limits,
        &[Raw(
            EntryType::GNULongName,
            "././@LongLink",
            "",
            &[b'a'; 3000],
        )],
    );
    assert!(error.contains("has 3000 bytes, 11 are the most"), "{error}");
    let error = unpack_in(limits, &[file("a", &[1; 4000])]);
    assert!(error.contains("more than 4096 bytes"), "{error}");
    let error = unpack_in(limits, &[file("p/q/r/s", b"")]);
    assert!(error.contains("too many folders"), "{error}");
    // Copies are counted as if they had come over the wire.
    let bytes = [1; 2000];
    let error = unpack_in(
        Limits {
            bytes: 8192,
            ..Limits::default()
        },
        &[
            file("a", &bytes),
            hard("b", "a"),
            hard("c", "a"),
            hard("d", "a"),
            hard("e", "a"),
        ],
    );
    assert!(
        error.contains("entry e of") && error.contains("larger than is allowed"),
        "{error}"
    );
    // A header that promises more than any disk has.
    let mut huge = Header::new_gnu();
    huge.set_path("huge").unwrap();
    huge.set_size(u64::MAX >> 1);
    huge.set_cksum();
    let error = place.unpack(huge.as_bytes()).unwrap_err();
    assert!(
        error.contains("entry huge of") && error.contains("cut off"),
        "{error}"
    );
}

fn kind_of(index: u8) -> EntryType {
    [
        EntryType::Regular,
        EntryType::Directory,
        EntryType::Symlink,
        EntryType::Link,
        EntryType::GNULongName,
        EntryType::XHeader,
        EntryType::Fifo,
    ][usize::from(index) % 7]
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]

    /// Few names, so that entries meet each other; whatever comes, nothing beside the folder changes.
    #[test]
    fn nothing_outside_is_touched(
        entries in proptest::collection::vec((0..7_u8, "(a|b|\\.\\.|/|\\.|out|kept|/){1,5}", "(\\.\\./|a|b|out|/kept){0,4}"), 0..8),
        flip in proptest::option::of((0..4000_usize, 0..=255_u8)),
    ) {
        let place = Place::new();
        let raw: Vec<Raw<'_>> = entries.iter().map(|(k, name, link)| Raw(kind_of(*k), name, link, b"23 path=../out/kept\n\0")).collect();
        let mut bytes = tar(&raw);
        if let Some((at, value)) = flip && at < bytes.len() {
            bytes[at] = value;
        }
        let _ = place.unpack(&bytes);
        place.untouched();
        for entry in walk(&place.at("in")) {
            proptest::prop_assert!(!entry.is_symlink(), "{}", entry.display());
        }
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            all.extend(walk(&path));
        }
        all.push(path);
    }
    all
}
