use super::*;
use indexmap::IndexMap;
use tar::Header;

enum Entry<'a> {
    File(&'a str),
    Folder(&'a str),
    Link(&'a str, &'a str),
    Other(&'a str, EntryType),
}

fn tar(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for entry in entries {
        let (name, kind, link) = match *entry {
            Entry::File(name) => (name, EntryType::Regular, None),
            Entry::Folder(name) => (name, EntryType::Directory, None),
            Entry::Link(name, link) => (name, EntryType::Symlink, Some(link)),
            Entry::Other(name, kind) => (name, kind, Some("there")),
        };
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(0o755);
        header.set_size(0);
        match link {
            Some(link) => builder.append_link(&mut header, name, link).unwrap(),
            None => builder.append_data(&mut header, name, &[][..]).unwrap(),
        }
    }
    builder.into_inner().unwrap()
}

/// Unpacks into `tmp/in`.
fn unpacked(tmp: &Path, entries: &[Entry<'_>]) -> Result<(), String> {
    let folder = tmp.join("in");
    std::fs::create_dir_all(&folder).unwrap();
    unpack_tar(&tar(entries)[..], 0, &folder).map_err(|e| e.to_string())
}

#[test]
fn nothing_is_made_outside() {
    let out = tempfile::tempdir().unwrap();
    let out = out.path().to_str().unwrap();
    let cases: &[&[Entry<'_>]] = &[
        &[Entry::Link("a", out), Entry::File("a/b/f")],
        &[Entry::Link("a", "../out"), Entry::File("a/b/f")],
        &[Entry::Link("x/a", "../../out")],
        // Each link alone seems to stay inside, the second one through the first does not.
        &[
            Entry::Link("x/y/l", "../.."),
            Entry::Link("x/y/m", "l/../.."),
        ],
        &[Entry::Link("l", "."), Entry::Link("x/l", "../l/..")],
        // The depth of a link is that of the folder that it is really in.
        &[
            Entry::Link("x/y/l", "../.."),
            Entry::Link("x/y/l/m", "../.."),
        ],
    ];
    for (index, entries) in cases.iter().enumerate() {
        let tmp = tempfile::tempdir().unwrap();
        let error = unpacked(tmp.path(), entries).unwrap_err();
        assert!(error.contains("outside its folder"), "{index}: {error}");
        assert_eq!(std::fs::read_dir(tmp.path()).unwrap().count(), 1);
    }
    assert_eq!(std::fs::read_dir(out).unwrap().count(), 0);
}

#[test]
fn folders_are_not_made_through_a_link_that_was_there() {
    let tmp = tempfile::tempdir().unwrap();
    let out = tempfile::tempdir().unwrap();
    std::fs::create_dir(tmp.path().join("in")).unwrap();
    std::os::unix::fs::symlink(out.path(), tmp.path().join("in/a")).unwrap();
    let error = unpacked(tmp.path(), &[Entry::File("a/b/f")]).unwrap_err();
    assert!(error.contains("a/b/f would lie outside"), "{error}");
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 0);
}

#[test]
fn links_inside_are_kept() {
    let tmp = tempfile::tempdir().unwrap();
    let entries = [
        Entry::Folder("x/y/"),
        Entry::File("x/f"),
        Entry::Link("x/y/up", "../f"),
        Entry::Link("top", "./x"),
        Entry::File("top/g"),
        Entry::Link("nowhere", "later"),
    ];
    unpacked(tmp.path(), &entries).unwrap();
    let folder = tmp.path().join("in");
    assert!(folder.join("x/y/up").exists() && folder.join("x/g").exists());
    assert!(folder.join("nowhere").is_symlink());
}

#[test]
fn other_entries_are_named() {
    for kind in [EntryType::Link, EntryType::Fifo, EntryType::Char] {
        let tmp = tempfile::tempdir().unwrap();
        let entries = [Entry::File("there"), Entry::Other("odd", kind)];
        let error = unpacked(tmp.path(), &entries).unwrap_err();
        assert!(error.contains("its entry odd is of type"), "{error}");
        assert!(!tmp.path().join("in/odd").exists());
    }
}

#[test]
fn headers_that_are_no_entries_are_understood() {
    let tmp = tempfile::tempdir().unwrap();
    let mut builder = tar::Builder::new(Vec::new());
    let comment = b"19 comment=abcdefg\n";
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::XGlobalHeader);
    header.set_size(comment.len() as u64);
    builder
        .append_data(&mut header, "pax_global_header", &comment[..])
        .unwrap();
    let long = format!("{}/f", "long".repeat(50));
    let mut header = Header::new_gnu();
    header.set_mode(0o644);
    header.set_size(0);
    builder.append_data(&mut header, &long, &[][..]).unwrap();
    builder
        .append_pax_extensions([("path", &b"from-pax"[..])])
        .unwrap();
    let mut header = Header::new_ustar();
    header.set_mode(0o644);
    header.set_size(0);
    builder.append_data(&mut header, "short", &[][..]).unwrap();
    unpack_tar(&builder.into_inner().unwrap()[..], 0, tmp.path()).unwrap();
    let mut names: Vec<_> = std::fs::read_dir(tmp.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["from-pax", "long".repeat(50).as_str()]);
    assert!(tmp.path().join(long).exists());
}

#[tokio::test]
async fn messages_have_the_url_as_written() {
    let secrets = IndexMap::from([("VALUE".to_owned(), "se-cret".to_owned())]);
    let tmp = tempfile::tempdir().unwrap();
    // Nobody listens on port 1.
    for written in [
        "http://u:$VALUE@127.0.0.1:1/$VALUE.tar",
        "http://$VALUE:port/",
        "file:///nowhere/$VALUE.tar",
    ] {
        let source = Source {
            url: Location::new(written, &secrets),
            compression: None,
            strip: 0,
        };
        let failure = fetch(&source, &tmp.path().join("in")).await.unwrap_err();
        assert!(failure.message.contains(written), "{}", failure.message);
        assert!(!format!("{failure:?}").contains("se-cret"), "{failure:?}");
    }
}
