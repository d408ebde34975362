use super::*;
use crate::journal::mask::Masker;

fn run(
    store: &Store,
    metadata: serde_json::Value,
    device: &str,
    job: &str,
) -> (RunDir, crate::journal::writer::JournalWriter) {
    let (dir, journal) = store.create_run(Masker::default()).unwrap();
    fs::write(dir.job(), job).unwrap();
    journal
        .append_all([
            Event::RunStarted {
                run: dir.id().to_owned(),
                job_name: "lkp\u{1b}".into(),
                job_file: String::new(),
                version: String::new(),
                pid: 7,
                metadata,
            },
            Event::NodeAssigned {
                node: "n".into(),
                role: "n".into(),
                job_id: "1".into(),
                device: device.into(),
                device_type: "ssh".into(),
                host: None,
                essential: false,
                log: String::new(),
            },
            Event::StepStarted {
                node: "n".into(),
                level: "3.1".into(),
                name: "lkp-run".into(),
                timeout: 1.0,
                attempt: 1,
            },
        ])
        .unwrap();
    (dir, journal)
}

#[test]
fn the_last_run_of_cases_on_a_device_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(folder.path()).unwrap();
    let ours = |command: &str| serde_json::json!({ METADATA: command });
    let none = serde_json::Value::Null;
    let by_hand = "actions:\n- test:\n    lkp: {jobs: [x]}\n";
    let (first, _) = run(&store, ours("run"), "rack1", "");
    let (second, _) = run(&store, none.clone(), "rack2", by_hand);
    run(&store, none, "rack1", "job_name: not lkp\n");
    run(&store, ours("init"), "rack1", "");
    let (_, still) = run(&store, ours("run"), "rack1", "");
    let last = last_results(&store, &["rack1", "rack2", "rack3"]).unwrap();
    let id = |device: &str| last.get(device).map(|(head, _)| head.run.id().to_owned());
    assert_eq!(id("rack1").as_deref(), Some(first.id()));
    assert_eq!(id("rack2").as_deref(), Some(second.id()));
    assert_eq!(id("rack3"), None);

    let running = running(&store).unwrap();
    assert_eq!(running.len(), 1);
    assert_eq!(
        (running[0].pid, running[0].job_name.as_str()),
        (7, "lkp\\x1b")
    );
    assert_eq!(
        doing(&running[0]).unwrap()["rack1"].step.as_deref(),
        Some("3.1 lkp-run")
    );
    drop(still);
}
