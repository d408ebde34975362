use super::*;
use std::sync::mpsc;

use common::processes::{Identity, wait_until};

/// A process that was killed takes a moment to be gone.
const AT_ONCE: Duration = Duration::from_secs(10);

fn sh(script: &str) -> Vec<String> {
    ["sh", "-c", script].map(ToOwned::to_owned).to_vec()
}

async fn run(programs: &Programs, script: &str) -> (ExitStatus, String) {
    let mut said = Vec::new();
    let environment = [("LAVA_JOB_ID", "7001")];
    let status = programs
        .run(&sh(script), &environment, |piece| {
            said.extend_from_slice(piece);
        })
        .await
        .unwrap();
    (status, String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn both_streams_come_in_order_with_the_environment_and_no_input() {
    let script = "echo $LAVA_JOB_ID; echo err >&2; cat; echo end; exit 3";
    let (status, said) = run(&Programs::default(), script).await;
    assert_eq!(
        (status.code(), said.as_str()),
        (Some(3), "7001\nerr\nend\n")
    );
}

#[tokio::test]
async fn a_program_that_is_not_there_is_an_error() {
    let words = ["/no/such/program".to_owned()];
    let result = Programs::default().run(&words, &[], |_| {}).await;
    assert_eq!(result.unwrap_err().kind(), io::ErrorKind::NotFound);
    Programs::default().run(&[], &[], |_| {}).await.unwrap_err();
}

/// Starts a script that prints process ids, gives it up once they are there, and waits for its end.
async fn given_up(script: &str, count: usize) -> Vec<Identity> {
    let programs = Programs::default();
    let (sender, ids) = mpsc::channel();
    let running = tokio::spawn({
        let (programs, words) = (programs.clone(), sh(script));
        async move {
            let mut text = String::new();
            let said = |piece: &[u8]| {
                text.push_str(&String::from_utf8_lossy(piece));
                while let Some((line, rest)) = text.split_once('\n') {
                    let found = Identity::of(line.parse().unwrap());
                    sender.send(found.unwrap()).unwrap();
                    text = rest.to_owned();
                }
            };
            programs.run(&words, &[], said).await
        }
    });
    let ids = tokio::task::spawn_blocking(move || ids.iter().take(count).collect::<Vec<_>>());
    let ids = ids.await.unwrap();
    assert_eq!(ids.len(), count);
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    programs.ended().await;
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_up_ends_with_its_whole_group() {
    let ids = given_up("echo $$; sleep 600 & echo $!; sleep 600 & echo $!; wait", 3).await;
    for id in ids {
        assert!(wait_until(AT_ONCE, || !id.lives()), "{id:?} is left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_listen_is_killed() {
    // The leader goes when it is asked to, and leaves one that does not.
    let script = "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 600; done' & echo $$; wait";
    for id in given_up(script, 2).await {
        assert!(wait_until(AT_ONCE, || !id.lives()), "{id:?} is left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_program_waits_until_the_last_one_has_ended() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("order").display().to_string();
    let programs = Programs::default();
    let script =
        format!("trap 'echo first >> {file}; exit' TERM; echo ready; while :; do sleep 0.01; done");
    let (ready, is_ready) = tokio::sync::oneshot::channel();
    let running = tokio::spawn({
        let programs = programs.clone();
        async move {
            let mut ready = Some(ready);
            let said = |_: &[u8]| {
                let _ = ready.take().map(|ready| ready.send(()));
            };
            programs.run(&sh(&script), &[], said).await
        }
    });
    is_ready.await.unwrap();
    running.abort();
    let _ = running.await;
    run(&programs, &format!("echo second >> {file}")).await;
    assert_eq!(std::fs::read_to_string(file).unwrap(), "first\nsecond\n");
}
