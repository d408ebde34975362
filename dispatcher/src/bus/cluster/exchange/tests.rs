use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::member::tests::members;
use super::*;

/// Plays lines like `guest says finished`, `1 host waits ready`, `guest ends` / `guest breaks`; writes the answers behind
/// an arrow.
fn play(who: &[&str], tests: usize, script: &[&str]) -> String {
    play_with(&members(who), tests, script)
}

fn play_with(members: &[Member], tests: usize, script: &[&str]) -> String {
    let mut exchange = Exchange::new(members.into(), tests);
    let seat = |name: &str| members.iter().position(|m| m.name == name).unwrap();
    let mut out = String::new();
    for line in script {
        let words: Vec<&str> = line.split(' ').collect();
        let input = match words[..] {
            [who, "says", what] => Input::Say {
                seat: seat(who),
                saying: match what {
                    "write_state" => Saying::WriteState,
                    "finished" => Saying::Finished,
                    "failed" => Saying::Failed,
                    "abort" => Saying::Abort,
                    _ => panic!("{what}"),
                },
            },
            [ticket, who, "waits", what] => Input::Ask {
                seat: seat(who),
                ticket: Ticket(ticket.parse().unwrap()),
                wait: match what {
                    "ready" => Wait::Ready,
                    "finish" => Wait::Finish,
                    _ => panic!("{what}"),
                },
            },
            [ticket, "withdrawn"] => Input::Withdraw {
                ticket: Ticket(ticket.parse().unwrap()),
            },
            [who, end @ ("ends" | "breaks")] => Input::Ended {
                seat: seat(who),
                well: end == "ends",
                why: end.to_owned(),
            },
            _ => panic!("{line}"),
        };
        out.push_str(line);
        for (ticket, answer) in exchange.step(input) {
            out.push_str(&format!(" -> {} {answer:?}", ticket.0));
        }
        out.push('\n');
    }
    if let Some(abort) = exchange.abort() {
        out.push_str(&format!("aborted by {}\n", abort.reason));
    }
    if exchange.is_over() {
        out.push_str("over\n");
    }
    out
}

#[test]
fn a_server_and_a_client() {
    let script = [
        "host says finished",
        "host says write_state",
        "1 host waits ready",
        "guest says write_state",
        "2 guest waits ready",
        "3 host waits finish",
        "guest says finished",
        "host ends",
        "guest ends",
    ];
    insta::assert_snapshot!(play(&["server:host", "client:guest"], 1, &script), @r"
    host says finished
    host says write_state
    1 host waits ready
    guest says write_state -> 1 Ready
    2 guest waits ready -> 2 Ready
    3 host waits finish
    guest says finished -> 3 Finish
    host ends
    guest ends
    over
    ");
}

#[test]
fn a_second_daemon_waits_again() {
    let script = [
        "host says write_state",
        "guest says write_state",
        "1 host waits finish",
        "guest says finished",
        "host says finished",
        "2 host waits finish",
    ];
    insta::assert_snapshot!(play(&["server:host", "client:guest"], 1, &script), @r"
    host says write_state
    guest says write_state
    1 host waits finish
    guest says finished -> 1 Finish
    host says finished
    2 host waits finish -> 2 Finish
    ");
}

#[test]
fn all_tests_of_all_clients() {
    let mut all = members(&["server:host", "client:a", "client:b"]);
    all[2].runs = 2;
    let script = [
        "1 host waits finish",
        // Before the meeting point it is a daemon.
        "a says finished",
        "a says write_state",
        "b says write_state",
        "2 a waits ready",
        "host says write_state",
        "b says write_state",
        "a says finished",
        "a says finished",
        "b says finished",
        "b says finished",
        "b says finished",
        "b says finished",
    ];
    insta::assert_snapshot!(play_with(&all, 2, &script), @r"
    1 host waits finish
    a says finished
    a says write_state
    b says write_state
    2 a waits ready
    host says write_state
    b says write_state -> 2 Ready
    a says finished
    a says finished
    b says finished
    b says finished
    b says finished
    b says finished -> 1 Finish
    ");
}

#[test]
fn a_client_that_ends_with_fewer_tests_has_finished() {
    let script = [
        "host says write_state",
        "guest says write_state",
        "1 host waits finish",
        "guest says finished",
        "guest ends",
    ];
    insta::assert_snapshot!(play(&["server:host", "client:guest"], 2, &script), @r"
    host says write_state
    guest says write_state
    1 host waits finish
    guest says finished
    guest ends -> 1 Finish
    ");
}

#[test]
fn nodes_that_are_both_do_not_wait_for_each_other() {
    let script = [
        "a says write_state",
        "b says write_state",
        "c says write_state",
        "1 c waits finish",
        "2 a waits finish",
        "3 b waits finish",
        "a says finished",
        "b says finished",
    ];
    let who = ["server+client:a", "server+client:b", "server:c"];
    insta::assert_snapshot!(play(&who, 1, &script), @r"
    a says write_state
    b says write_state
    c says write_state
    1 c waits finish
    2 a waits finish
    3 b waits finish -> 2 Finish -> 3 Finish
    a says finished
    b says finished -> 1 Finish
    ");
}

#[test]
fn an_abort_is_told_to_all_at_once_and_later() {
    let who = ["server:host", "client:guest"];
    let table = [
        ("guest says failed", "guest: a program of its job failed"),
        (
            "guest says abort",
            "guest: its job gave up waiting for the others",
        ),
        ("guest breaks", "guest: breaks"),
        ("guest ends", "guest: ends"),
    ];
    for (cause, reason) in table {
        let script = [
            "host says write_state",
            "1 host waits ready",
            "2 host waits finish",
            cause,
            "3 host waits ready",
            "4 guest waits finish",
            // The first reason stays.
            "host says failed",
        ];
        let expected = format!(
            "host says write_state\n1 host waits ready\n2 host waits finish\n{cause} -> 1 Abort -> 2 Abort\n\
             3 host waits ready -> 3 Abort\n4 guest waits finish -> 4 Abort\nhost says failed\naborted by {reason}\n"
        );
        assert_eq!(play(&who, 1, &script), expected);
    }
}

#[test]
fn an_end_after_its_part_is_no_abort() {
    let script = [
        "host says write_state",
        "a says write_state",
        "b says write_state",
        "a says finished",
        "a breaks",
        "a ends",
        "1 host waits finish",
        "2 a waits ready",
        "b says finished",
        "host breaks",
        "b breaks",
    ];
    let who = ["server:host", "client:a", "client:b"];
    insta::assert_snapshot!(play(&who, 1, &script), @r"
    host says write_state
    a says write_state
    b says write_state
    a says finished
    a breaks
    a ends
    1 host waits finish
    2 a waits ready -> 2 Abort
    b says finished -> 1 Finish
    host breaks
    b breaks
    over
    ");
}

#[test]
fn a_server_that_ends_early_aborts() {
    let script = [
        "host says write_state",
        "guest says write_state",
        "host ends",
        "1 guest waits ready",
    ];
    insta::assert_snapshot!(play(&["server:host", "client:guest"], 1, &script), @r"
    host says write_state
    guest says write_state
    host ends
    1 guest waits ready -> 1 Abort
    aborted by host: ends
    ");
}

#[test]
fn a_withdrawn_wait_is_not_answered() {
    let script = [
        "1 guest waits ready",
        "1 withdrawn",
        "guest says write_state",
    ];
    insta::assert_snapshot!(play(&["client:guest"], 1, &script), @r"
    1 guest waits ready
    1 withdrawn
    guest says write_state
    ");
}

fn inputs(seats: usize) -> impl Strategy<Value = Vec<Input>> {
    let saying = prop_oneof![
        8 => Just(Saying::WriteState),
        8 => Just(Saying::Finished),
        1 => Just(Saying::Failed),
        1 => Just(Saying::Abort),
    ];
    let wait = prop_oneof![Just(Wait::Ready), Just(Wait::Finish)];
    let input = prop_oneof![
        8 => (0..seats, saying).prop_map(|(seat, saying)| Input::Say { seat, saying }),
        6 => (0..seats, wait).prop_map(|(seat, wait)| Input::Ask { seat, ticket: Ticket(0), wait }),
        1 => (0..20_u64).prop_map(|n| Input::Withdraw { ticket: Ticket(n) }),
        1 => (0..seats, any::<bool>()).prop_map(|(seat, well)| Input::Ended { seat, well, why: String::new() }),
    ];
    proptest::collection::vec(input, 0..40)
}

proptest! {
    #[test]
    fn nobody_waits_for_members_that_have_ended(
        parts in proptest::collection::vec(prop_oneof![Just("server"), Just("client"), Just("server+client")], 1..4),
        tests in 0..3_usize,
        mut script in inputs(1),
        seats in proptest::collection::vec(0..4_usize, 40),
        well in any::<bool>(),
    ) {
        let words: Vec<String> = parts.iter().enumerate().map(|(n, part)| format!("{part}:n{n}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let count = words.len();
        for (index, input) in script.iter_mut().enumerate() {
            match input {
                Input::Say { seat, .. } | Input::Ended { seat, .. } => *seat = seats[index] % count,
                Input::Ask { seat, ticket, .. } => (*seat, *ticket) = (seats[index] % count, Ticket(index as u64)),
                Input::Withdraw { .. } => {}
            }
        }
        script.extend((0..count).map(|seat| Input::Ended { seat, well, why: "ended".to_owned() }));
        let mut exchange = Exchange::new(members(&words).into(), tests);
        let mut waiting = BTreeSet::new();
        for input in script {
            match &input {
                Input::Ask { ticket, .. } => { waiting.insert(*ticket); }
                Input::Withdraw { ticket } => { waiting.remove(ticket); }
                Input::Say { .. } | Input::Ended { .. } => {}
            }
            for (ticket, answer) in exchange.step(input) {
                prop_assert!(waiting.remove(&ticket), "{ticket:?} answered twice or after it was withdrawn");
                prop_assert!(exchange.abort().is_none() || answer == Answer::Abort);
            }
        }
        prop_assert!(exchange.is_over());
        prop_assert!(waiting.is_empty(), "still waiting: {waiting:?}");
    }
}
