use super::*;
use crate::journal::event::{Event, NoteLevel};
use crate::journal::reader::JournalReader;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(&folder.path().join("state")).unwrap();
    (folder, store)
}

fn note() -> Event {
    Event::Note {
        node: None,
        level: NoteLevel::Info,
        message: "x".into(),
    }
}

/// Of two installations, too.
#[test]
fn runs_that_start_together_get_ids_of_their_own() {
    let (_folder, store) = store();
    let (_other, elsewhere) = self::store();
    let ids: Vec<String> = std::thread::scope(|scope| {
        let make = || {
            (0..10)
                .map(|place| {
                    let store = if place % 2 == 0 { &store } else { &elsewhere };
                    store
                        .create_run(Masker::default())
                        .unwrap()
                        .0
                        .id()
                        .to_owned()
                })
                .collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(make)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let unique: std::collections::HashSet<&String> = ids.iter().collect();
    assert_eq!(unique.len(), 40);
    assert!(ids.iter().all(|id| is_id(id)));
    assert_eq!(store.list().unwrap().len(), 20);
    assert_eq!(elsewhere.list().unwrap().len(), 20);
}

#[test]
fn folders_are_private() {
    let (_folder, store) = store();
    let (run, _writer) = store.create_run(Masker::default()).unwrap();
    for path in [
        store.root(),
        &store.runs(),
        run.path(),
        &run.tmp(),
        &run.nodes(),
    ] {
        assert_eq!(
            fs::metadata(path).unwrap().permissions().mode() & 0o777,
            0o700,
            "{}",
            path.display()
        );
    }
}

#[test]
fn runs_are_found_by_id_beginning_path_and_latest() {
    let (_folder, store) = store();
    let said = |what: &str| store.find(what).unwrap_err().to_string();
    assert!(said("latest").starts_with("there are no runs in "));
    assert!(said("nonsense").starts_with("there are no runs in "));
    for id in ["1701", "1702", "1802", "9"] {
        fs::create_dir(store.runs().join(id)).unwrap();
        fs::write(store.runs().join(id).join("journal.jsonl"), "").unwrap();
    }
    let found = |what: &str| store.find(what).unwrap().id().to_owned();
    assert_eq!(found("latest"), "1802");
    assert_eq!(found("1702"), "1702");
    assert_eq!(found("18"), "1802");
    assert_eq!(found("9"), "9");
    let folder = store.runs().join("1701");
    assert_eq!(found(folder.to_str().unwrap()), "1701");
    assert_eq!(
        found(folder.join("journal.jsonl").to_str().unwrap()),
        "1701"
    );
    assert_eq!(
        said("17"),
        "'17' could be any of 2 runs: 1702, 1701; give more digits, or 'latest'"
    );
    assert!(
        said("5").starts_with("no run is called '5';"),
        "{}",
        said("5")
    );
    assert!(
        said("5").ends_with("The last runs: 1802, 1702, 1701, 9"),
        "{}",
        said("5")
    );
    assert!(said("\x1b[31m").contains("'\\x1b[31m'"));
    assert!(
        said(store.root().to_str().unwrap())
            .ends_with("is not the folder of a run: it has no journal.jsonl")
    );
    assert!(store.find("17").unwrap_err().is_usage());
}

#[test]
fn a_dead_run_is_closed_and_a_living_one_left_alone() {
    let (_folder, store) = store();
    let (living, writer) = store.create_run(Masker::default()).unwrap();
    writer.append(note()).unwrap();
    let (dead, dead_writer) = store.create_run(Masker::default()).unwrap();
    dead_writer.append(note()).unwrap();
    drop(dead_writer);
    let mut journal = File::options().append(true).open(dead.journal()).unwrap();
    journal.write_all(b"{\"at\":\"20").unwrap();
    fs::write(dead.tmp().join("key"), "x").unwrap();
    let unborn = store.runs().join("12");
    fs::create_dir(&unborn).unwrap();

    assert_eq!(living.state().unwrap(), RunState::Running);
    assert_eq!(dead.state().unwrap(), RunState::Killed);
    let recovered = store.recover().unwrap();
    assert_eq!(
        recovered.iter().map(|one| one.run.id()).collect::<Vec<_>>(),
        [dead.id()]
    );
    assert!(recovered[0].trouble.is_none());
    assert_eq!(dead.state().unwrap(), RunState::Ended);
    assert_eq!(living.state().unwrap(), RunState::Running);
    assert!(!dead.tmp().exists() && living.tmp().exists() && !unborn.exists());
    let mut reader = JournalReader::open(&dead.journal()).unwrap();
    let last = reader.by_ref().last().unwrap().unwrap();
    assert!(
        matches!(last.event, Event::RunEnded { failure: Some(failure) } if failure.class == crate::failure::Class::Infrastructure)
    );
    assert_eq!(reader.damaged(), 1);
    assert!(store.recover().unwrap().is_empty(), "once is enough");

    writer.append(Event::RunEnded { failure: None }).unwrap();
    assert_eq!(living.state().unwrap(), RunState::Ended);
}
