//! What the bus says: answers and reasons, word by word.

use std::time::{Duration, Instant};

use dispatcher::bus::{Data, End, Group, Input, MemberId, MemberInfo, Output, Ticket, Wait};

const HOST: MemberId = MemberId(0);
const GUEST_1: MemberId = MemberId(1);
const GUEST_2: MemberId = MemberId(2);

fn member(name: &str, role: &str, expects: Option<&str>) -> MemberInfo {
    MemberInfo {
        name: name.to_owned(),
        role: role.to_owned(),
        job_id: "1".to_owned(),
        expects: expects.map(str::to_owned),
        essential: role == "host",
    }
}

/// A host and its guests, which wait for it or not.
fn group(guests: usize, expects: Option<&str>) -> Group {
    let guests = (1..=guests).map(|guest| member(&format!("guest-{guest}"), "guest", expects));
    let (group, out) = Group::new(
        std::iter::once(member("host", "host", None))
            .chain(guests)
            .collect(),
    );
    assert_eq!(out, []);
    group
}

fn send(member: MemberId, id: &str) -> Input {
    let data = Data::from([("ip".to_owned(), "10.0.0.2".to_owned())]);
    let id = id.to_owned();
    Input::Send { member, id, data }
}

fn wait(member: MemberId, ticket: u64, wait: Wait) -> Input {
    let (ticket, alone) = (Ticket(ticket), true);
    Input::Wait {
        member,
        ticket,
        wait,
        alone,
    }
}

fn any(id: &str) -> Wait {
    Wait::Any(id.to_owned())
}

fn all(id: &str, role: Option<&str>) -> Wait {
    let (id, role) = (id.to_owned(), role.map(str::to_owned));
    Wait::All { id, role }
}

fn sync(id: &str) -> Wait {
    Wait::Sync(id.to_owned())
}

fn ended(member: MemberId, complete: bool, why: &str) -> Input {
    let why = why.to_owned();
    let end = End { complete, why };
    Input::Ended { member, end }
}

fn reasons(out: Vec<Output>) -> Vec<String> {
    let reason = |output| match output {
        Output::Hopeless { ticket, reason } => format!("{}: {reason}", ticket.0),
        Output::StartHopeless { member, reason } => format!("start of {}: {reason}", member.0),
        Output::CancelGroup { because, reason } => format!("cancel for {}: {reason}", because.0),
        Output::Answer { .. } | Output::Start { .. } => panic!("{output:?} is no reason"),
    };
    out.into_iter().map(reason).collect()
}

#[test]
fn an_answer_has_what_every_sender_said_last() {
    let mut group = group(1, None);
    assert_eq!(group.step(wait(GUEST_1, 7, any("ipv4"))), []);
    assert_eq!(
        group.waiting_on(Ticket(7)).as_deref(),
        Some("lava-wait ipv4: from host")
    );
    let out = group.step(send(HOST, "ipv4"));
    let [
        Output::Answer {
            ticket: Ticket(7),
            said,
        },
    ] = out.as_slice()
    else {
        panic!("{out:?}");
    };
    let [(HOST, data)] = said.as_ref() else {
        panic!("{said:?}");
    };
    assert_eq!(data["ip"], "10.0.0.2");
    assert_eq!(group.waiting_on(Ticket(7)), None);
}

#[test]
fn a_barrier_tells_who_is_missing() {
    let mut group = group(2, None);
    assert_eq!(group.step(wait(HOST, 1, sync("clients"))), []);
    assert_eq!(
        group.waiting_on(Ticket(1)).as_deref(),
        Some("lava-sync clients: guest-1, guest-2 not there yet")
    );
}

#[test]
fn a_start_comes_with_the_message_of_the_host() {
    let mut group = group(2, Some("host"));
    assert_eq!(
        group.start_waiting_on(GUEST_1).as_deref(),
        Some("start: lava_start from host")
    );
    let starts = [
        Output::Start { member: GUEST_1 },
        Output::Start { member: GUEST_2 },
    ];
    assert_eq!(group.step(send(HOST, "lava_start")), starts);
}

#[test]
fn a_host_that_ends_takes_all_hope_at_once() {
    let mut group = group(2, Some("host"));
    let out = group.step(ended(
        HOST,
        false,
        "ended at step 3.1 lava-test-shell (JobError)",
    ));
    assert_eq!(
        reasons(out),
        [
            "cancel for 0: the role host is essential, and host ended at step 3.1 lava-test-shell (JobError)",
            "start of 1: guest-1 starts only after host sent 'lava_start', and host ended at step 3.1 lava-test-shell (JobError)",
            "start of 2: guest-2 starts only after host sent 'lava_start', and host ended at step 3.1 lava-test-shell (JobError)",
        ]
    );
}

#[test]
fn a_message_that_only_an_ended_member_could_send() {
    let mut group = group(1, None);
    assert_eq!(group.step(wait(GUEST_1, 1, any("ipv4"))), []);
    assert_eq!(
        reasons(group.step(ended(HOST, true, "finished"))),
        [
            "1: guest-1 waits for 'ipv4' (lava-wait); only host could send it, and host ended: finished"
        ]
    );
}

#[test]
fn a_deadlock_names_its_cycle() {
    let mut group = group(2, None);
    assert_eq!(group.step(wait(HOST, 1, all("a", Some("guest")))), []);
    // guest-2 runs, but it cannot send 'a' for guest-1.
    assert_eq!(
        reasons(group.step(wait(GUEST_1, 2, sync("b")))),
        [
            "1: deadlock: host waits for 'a' from guest-1 (lava-wait-all), guest-1 waits in lava-sync 'b' for host",
            "2: deadlock: guest-1 waits in lava-sync 'b' for host, host waits for 'a' from guest-1 (lava-wait-all)",
        ]
    );
}

#[test]
fn a_role_that_does_not_exist_is_told_at_once() {
    let mut group = group(1, None);
    assert_eq!(
        reasons(group.step(wait(HOST, 1, all("a", Some("gest"))))),
        [
            "1: host waits for 'a' from the role 'gest' (lava-wait-all), and the group has only the roles host, guest"
        ]
    );
    let (_, out) = Group::new(vec![member("guest", "guest", Some("hots"))]);
    assert_eq!(
        reasons(out),
        [
            "start of 0: guest starts only after the role 'hots' has sent 'lava_start', and the group has only the roles guest"
        ]
    );
}

#[test]
fn a_member_that_does_more_than_it_claimed_is_hope() {
    let mut group = group(1, None);
    assert_eq!(group.step(wait(HOST, 1, any("a"))), []);
    assert_eq!(group.step(send(HOST, "b")), []);
    assert_eq!(group.step(wait(GUEST_1, 2, all("c", None))), []);
}

#[test]
fn large_groups_and_hostile_ids_make_short_sentences() {
    let mut group = group(100, None);
    let id = format!("a\nb{}", "x".repeat(65_000));
    for guest in 1..=100 {
        let out = group.step(wait(MemberId(guest), guest as u64, sync(&id)));
        assert_eq!(out, []);
    }
    let out = reasons(group.step(wait(HOST, 0, all(&id, None))));
    assert_eq!(out.len(), 101);
    assert_eq!(
        out[0],
        "0: deadlock: host waits for 'a\\nbxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' from guest-1, guest-2, guest-3 and 97 more \
         (lava-wait-all), guest-1 waits in lava-sync 'a\\nbxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' for host"
    );
    assert!(out.iter().all(|reason| reason.len() < 420), "{out:?}");
}

/// Debug builds are about twenty times slower than the millisecond that a step may take.
#[test]
fn a_thousand_members_are_fast() {
    let limit = Duration::from_millis(if cfg!(debug_assertions) { 100 } else { 2 });
    let mut group = group(1_000, Some("host"));
    let mut times = Vec::new();
    let mut timed = |group: &mut Group, input| {
        let started = Instant::now();
        let out = group.step(input);
        times.push(started.elapsed());
        out
    };
    assert_eq!(timed(&mut group, send(HOST, "lava_start")).len(), 1_000);
    for member in 0..=1_000 {
        timed(
            &mut group,
            wait(MemberId(member), member as u64, sync("clients")),
        );
    }
    for member in 0..=1_000 {
        timed(&mut group, send(MemberId(member), "done"));
        timed(
            &mut group,
            wait(MemberId(member), member as u64, all("done", None)),
        );
    }
    for member in 0..1_000 {
        timed(
            &mut group,
            wait(
                MemberId(member),
                member as u64,
                all(&member.to_string(), None),
            ),
        );
    }
    times.sort_unstable();
    let (median, most) = (times[times.len() / 2], times[times.len() - 1]);
    eprintln!("{} steps: median {median:?}, most {most:?}", times.len());
    assert!(median < limit, "median {median:?}, most {most:?}");
}
