//! What an honest node packs, and what a line may do to it.

use super::*;

#[test]
fn a_result_comes_through() {
    let place = Place::new();
    let root = "result/iperf/tcp-5/vm/debian/defconfig/none/6.1.0/0";
    let (stats, job) = (format!("{root}/stats.json"), format!("{root}/job.sh"));
    let entries = [
        folder("./"),
        folder("result/"),
        file(&stats, b"{}"),
        file(&job, b"#!/bin/sh\n"),
        file("result/iperf/params.yaml", b"x"),
        file(
            "result/iperf/tcp-5/vm/debian/defconfig/none/6.1.0/notes/y",
            b"x",
        ),
        file("paths/2026-01-01/2026-01-01-root", b"/lkp/result\n"),
        file("./console.log", b""),
    ];
    let unpacked = place.unpack(&tar(&entries)).unwrap();
    assert_eq!(unpacked.result_roots, BTreeSet::from([PathBuf::from(root)]));
    assert_eq!(
        (unpacked.files, unpacked.bytes, unpacked.skipped_count),
        (6, 26, 0)
    );
    assert_eq!(fs::read(place.at("in").join(&stats)).unwrap(), b"{}");
    let mode = |name: &str| {
        fs::metadata(place.at("in").join(name))
            .unwrap()
            .permissions()
            .mode()
    };
    // No bit for another user, and no writing by others, whatever the node says.
    assert_eq!(mode(&job) & 0o7022, 0);
    assert_eq!(mode("result") & 0o7022, 0);
    // The same again, and a new text.
    place.unpack(&tar(&entries)).unwrap();
    place.unpack(&tar(&[file(&stats, b"{ }")])).unwrap();
    assert_eq!(fs::read(place.at("in").join(&stats)).unwrap(), b"{ }");
    place.untouched();
}

#[test]
fn broken_streams_are_errors_wherever_they_end() {
    let place = Place::new();
    let whole = tar(&[folder("d"), file("d/a", &[7; 700]), file("b", b"b")]);
    // Of the two empty blocks at the end the first one tells.
    for end in (0..whole.len() - 512).step_by(64) {
        let error = place.unpack(&whole[..end]).unwrap_err();
        assert!(!error.is_empty(), "{end}");
    }
    let cut = place.unpack(&whole[..1536 + 20]).unwrap_err();
    assert!(
        cut.contains("entry d/a of the result archive is cut off"),
        "{cut}"
    );
    let mut bad = whole.clone();
    bad[0] ^= 1;
    let error = place.unpack(&bad).unwrap_err();
    assert!(
        error.contains("is broken: ") && error.contains("checksum"),
        "{error}"
    );
    assert!(place.unpack(&[1; 5000]).is_err());
}

#[test]
fn every_byte_comes_through() {
    let place = Place::new();
    // A generator with a period far above the size; its bytes look random.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = vec![0; 16 << 20];
    for word in random.chunks_mut(8) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        word.copy_from_slice(&state.to_le_bytes());
    }
    // A NUL in every block.
    random.iter_mut().step_by(512).for_each(|byte| *byte = 0);
    let tar = tar(&[file("console.log", &random), file("nul", &[0; 1500])]);
    unpack(&tar[..], &place.at("in"), &Limits::default()).unwrap();
    assert!(fs::read(place.at("in/console.log")).unwrap() == random);
    assert_eq!(fs::read(place.at("in/nul")).unwrap(), [0; 1500]);
}

/// What the machine's own `tar` packs, in its formats, with long names and hard links.
#[test]
fn archives_of_the_usual_programs_are_read() {
    let place = Place::new();
    let (long, deep) = (
        "x".repeat(120),
        format!("{}/{}", "y".repeat(150), "z".repeat(150)),
    );
    let from = tempfile::tempdir().unwrap();
    let at = |name: &str| from.path().join(name);
    fs::create_dir_all(at(&deep)).unwrap();
    fs::write(at(&long), "long").unwrap();
    fs::write(at(&deep).join("f"), "deep").unwrap();
    fs::hard_link(at(&long), at(&deep).join("g")).unwrap();
    for format in ["gnu", "pax"] {
        let tar = Command::new("tar")
            .args(["-c", "--format", format, "-C"])
            .arg(from.path())
            .arg(".")
            .output()
            .unwrap();
        assert!(tar.status.success(), "{tar:?}");
        let into = place.at("in").join(format);
        let unpacked = unpack(&tar.stdout[..], &into, &Limits::default()).unwrap();
        assert_eq!((unpacked.files, unpacked.skipped_count), (3, 0), "{format}");
        assert_eq!(fs::read(into.join(&long)).unwrap(), b"long");
        assert_eq!(fs::read(into.join(&deep).join("f")).unwrap(), b"deep");
        assert_eq!(fs::read(into.join(&deep).join("g")).unwrap(), b"long");
    }
    // Sparse in either format: an error in words, never a file with other bytes.
    fs::File::create(at("sparse"))
        .unwrap()
        .set_len(1 << 20)
        .unwrap();
    for format in ["gnu", "pax"] {
        let tar = Command::new("tar")
            .args(["-c", "--sparse", "--format", format, "-C"])
            .arg(from.path())
            .arg("sparse")
            .output()
            .unwrap();
        let error = place.unpack(&tar.stdout).unwrap_err();
        assert!(error.contains("--sparse"), "{format}: {error}");
    }
}
