//! Interactive tests: steps that talk to other roles.

use super::exchange;
use crate::check::messages::Exchange;

/// A job whose role `a` runs these steps of a dialogue, and whose role `b` does nothing.
fn job(steps: &[&str]) -> String {
    let mut text = String::from(
        "job_name: test\nvisibility: public\ntimeouts:\n  job: {minutes: 5}\nprotocols:\n  lava-multinode:\n    roles:\n      \
         a: {count: 1, device_type: ssh}\n      b: {count: 1, device_type: ssh}\nactions:\n\
         - deploy: {role: [a, b], to: ssh}\n- boot: {role: [a, b], method: ssh, prompts: ['#']}\n\
         - test:\n    role: [a]\n    interactive:\n    - name: talk\n      prompts: ['=> ']\n      script:\n",
    );
    for step in steps {
        text.push_str(&format!("      - {{{step}}}\n"));
    }
    text
}

/// `wait-all done b at script[1].lava-wait-all as "done"`
fn told(text: &str, exchange: &Exchange) -> Vec<String> {
    let told = exchange.calls().iter().map(|call| {
        let place = call
            .place
            .path
            .replace("actions[2].test.interactive[0].", "");
        let words = call.words().replace("lava-", "");
        let id = call.id_span.map(|span| &text[span.start..span.end]);
        let keys = call.keys.as_ref().map(|keys| keys.join("+"));
        let keys = keys.map_or(String::new(), |keys| format!(" with [{keys}]"));
        format!("{words}{keys} at {place} as {id:?}")
    });
    told.collect()
}

#[test]
fn steps_that_call() {
    for (step, expected) in [
        (
            "lava-send: ready",
            r#"send ready with [] at script[0].lava-send as Some("ready")"#,
        ),
        (
            "lava-send: 'ready ip={ip} port=1'",
            r#"send ready with [ip+port] at script[0].lava-send as Some("ready")"#,
        ),
        (
            "lava-wait: \"ready\"",
            r#"wait ready at script[0].lava-wait as Some("ready")"#,
        ),
        (
            "lava-wait-all: done",
            r#"wait-all done at script[0].lava-wait-all as Some("done")"#,
        ),
        (
            "lava-wait-all: done role=b",
            r#"wait-all done b at script[0].lava-wait-all as Some("done")"#,
        ),
        (
            "lava-sync: both",
            r#"sync both at script[0].lava-sync as Some("both")"#,
        ),
        // Keys ask for nothing here, and only a wait for all knows roles.
        (
            "lava-wait: ready role=b",
            r#"wait ready at script[0].lava-wait as Some("ready")"#,
        ),
        // Of several, one is done.
        (
            "lava-sync: d, lava-wait-all: c, lava-wait: b, lava-send: a",
            r#"send a with [] at script[0].lava-send as Some("a")"#,
        ),
        (
            "lava-sync: d, lava-wait-all: c, lava-wait: b",
            r#"wait b at script[0].lava-wait as Some("b")"#,
        ),
        (
            "lava-sync: d, lava-wait-all: c",
            r#"wait-all c at script[0].lava-wait-all as Some("c")"#,
        ),
        // The id is made when the script runs; where it is written in another way it is known, and not renamed.
        (
            "lava-send: 'at-{ip}'",
            r#"send ? with [] at script[0].lava-send as Some("at-{ip}")"#,
        ),
        (
            "lava-send: \"\\x72eady\"",
            r#"send ready with [] at script[0].lava-send as None"#,
        ),
    ] {
        let text = job(&[step]);
        assert_eq!(told(&text, &exchange(&text)), [expected], "{step}");
    }
}

/// A delay comes before everything else, and what is typed is no call.
#[test]
fn steps_that_do_not_call() {
    for step in ["delay: 1, lava-send: ready", "command: lava-send ready"] {
        let text = job(&[step]);
        assert_eq!(
            told(&text, &exchange(&text)),
            <[String; 0]>::default(),
            "{step}"
        );
    }
}

#[test]
fn steps_are_played_in_their_order() {
    let text = job(&["lava-wait: x", "lava-send: 'y k=v'"]);
    let findings = exchange(&text).findings();
    let told = findings.iter().map(|f| (f.code, f.path.as_str()));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            ("J060", "actions[2].test.interactive[0].script[0].lava-wait"),
            ("J065", "actions[2].test.interactive[0].script[1].lava-send"),
        ]
    );
    // What cannot be read may be anything.
    let text = job(&["lava-send: '{id}'"]) + &wait("b");
    assert_eq!(exchange(&text).findings(), []);
}

fn wait(role: &str) -> String {
    format!(
        "- test:\n    role: [{role}]\n    interactive:\n    - {{name: t, prompts: ['=> '], script: [{{lava-wait: x}}]}}\n"
    )
}
