use super::super::member::tests::members;
use super::*;

const SOON: Duration = Duration::from_millis(1);
const NEVER: Duration = Duration::from_secs(3600);

fn hub(who: &[&str], patience: Duration) -> Arc<Hub> {
    Hub::with_patience("net", members(who), patience).unwrap()
}

/// Lets a whole case go well.
async fn good_case(hub: &Arc<Hub>) {
    let (host, guest) = (hub.begin(0, "iperf", 1), hub.begin(1, "iperf", 1));
    assert!(hub.say(0, Saying::WriteState));
    let host_asks = hub.ask(0, Wait::Ready);
    let guest_comes = async {
        assert!(hub.say(1, Saying::WriteState));
        hub.ask(1, Wait::Ready).await
    };
    let ready = Some(Answer::Ready);
    assert_eq!(tokio::join!(host_asks, guest_comes), (ready, ready));
    let host_asks = hub.ask(0, Wait::Finish);
    let guest_tests = async {
        assert!(hub.say(1, Saying::Finished));
    };
    assert_eq!(
        tokio::join!(host_asks, guest_tests),
        (Some(Answer::Finish), ())
    );
    assert_eq!(guest.end(PartEnd::Over), None);
    assert_eq!(host.end(PartEnd::Over), None);
}

#[tokio::test]
async fn the_same_case_again_and_again() {
    let hub = hub(&["server:host", "client:guest"], NEVER);
    for _ in 0..3 {
        good_case(&hub).await;
    }
    assert!(hub.lock().exchanges.is_empty(), "what is over is forgotten");
}

#[tokio::test]
async fn a_node_that_is_ahead_waits_in_the_next_run() {
    let hub = hub(&["server:host", "client:guest"], SOON);
    let (host, guest) = (hub.begin(0, "a", 1), hub.begin(1, "a", 1));
    hub.say(0, Saying::WriteState);
    hub.say(1, Saying::WriteState);
    hub.say(1, Saying::Finished);
    assert_eq!(host.end(PartEnd::Over), None);
    let again = hub.begin(0, "a", 1);
    hub.say(0, Saying::WriteState);
    assert_eq!(
        hub.ask(0, Wait::Ready).await,
        None,
        "the guest is not there yet"
    );
    // What the guest does late in the first run has no effect on the second.
    hub.say(1, Saying::Failed);
    assert_eq!(guest.end(PartEnd::Over), None);
    let guest = hub.begin(1, "a", 1);
    hub.say(1, Saying::WriteState);
    assert_eq!(hub.ask(0, Wait::Ready).await, Some(Answer::Ready));
    hub.say(1, Saying::Finished);
    assert_eq!(again.end(PartEnd::Over), None);
    assert_eq!(guest.end(PartEnd::Over), None);
}

#[tokio::test]
async fn a_wait_in_vain_is_a_retry_and_is_forgotten() {
    let hub = hub(&["server:host", "client:guest"], SOON);
    let _part = hub.begin(0, "a", 1);
    assert_eq!(hub.ask(0, Wait::Ready).await, None);
    assert!(hub.lock().waiters.is_empty());
}

#[tokio::test]
async fn a_stopped_run_aborts_the_others_with_a_reason() {
    let hub = hub(&["server:host", "client:guest"], NEVER);
    let (host, guest) = (hub.begin(0, "a", 1), hub.begin(1, "a", 1));
    let asks = hub.ask(1, Wait::Ready);
    let (answer, ()) = tokio::join!(asks, async { drop(host) });
    assert_eq!(answer, Some(Answer::Abort));
    assert_eq!(
        guest.end(PartEnd::Over).as_deref(),
        Some("host: its run of the case was stopped")
    );
    good_case(&hub).await;
}

#[tokio::test]
async fn a_member_that_left_aborts_what_runs_and_what_comes() {
    let hub = hub(&["server:host", "client:guest"], NEVER);
    let guest = hub.begin(1, "a", 1);
    let (answer, ()) = tokio::join!(hub.ask(1, Wait::Ready), async {
        hub.leave("host", "its SSH connection was lost");
        hub.leave("host", "its LKP tests were stopped");
        hub.leave("nobody", "?");
    });
    assert_eq!(answer, Some(Answer::Abort));
    let reason = Some("host: its SSH connection was lost");
    assert_eq!(guest.end(PartEnd::Over).as_deref(), reason);
    let guest = hub.begin(1, "b", 1);
    assert_eq!(hub.ask(1, Wait::Ready).await, Some(Answer::Abort));
    let why = PartEnd::Broken("ran out of its 300 s".to_owned());
    assert_eq!(guest.end(why).as_deref(), reason);
    assert!(hub.lock().exchanges.is_empty());
}

#[tokio::test]
async fn between_cases_there_is_nothing_to_wait_for() {
    let hub = hub(&["server:host", "client:guest"], NEVER);
    assert_eq!(hub.ask(0, Wait::Finish).await, Some(Answer::Abort));
    assert!(!hub.say(0, Saying::Failed));
}
