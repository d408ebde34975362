use insta::assert_snapshot;

use super::*;
use crate::inventory::lab::Entry;

fn lab() -> Vec<Entry> {
    vec![
        Entry::for_tests("board-1", "ssh", &["arch=arm64", "flaky"]),
        Entry::for_tests("board-2", "ssh", &["arch=arm64"]),
        Entry::for_tests("rack1", "ssh", &["arch=x86", "kvm"]),
        Entry::for_tests("rack2", "ssh", &["arch=x86", "kvm", "big"]),
        Entry::for_tests("rack3", "ssh", &["arch=x86", "kvm"]),
        Entry::for_tests("sandbox-1", "sandbox", &["embedded"]),
    ]
}

fn asked(on: &str, busy: &[&str], purpose: Purpose) -> String {
    let lab = lab();
    let held = |entry: &Entry| {
        let busy = busy.contains(&entry.name.as_str());
        busy.then(|| "in use by run 17".to_owned())
    };
    let busy: Vec<Option<String>> = lab.iter().map(held).collect();
    match Selection::parse(on).and_then(|on| on.choose(&lab, &busy, purpose)) {
        Ok(chosen) => {
            let names: Vec<&str> = chosen.iter().map(|i| lab[*i].name.as_str()).collect();
            names.join(" ")
        }
        Err(error) => format!("ERROR {error}"),
    }
}

fn table(on: &[&str], busy: &[&str], purpose: Purpose) -> String {
    let lines = on
        .iter()
        .map(|on| format!("{on:<28} {}", asked(on, busy, purpose)));
    lines.collect::<Vec<String>>().join("\n")
}

#[test]
fn devices_by_name_tag_type_and_count() {
    let on = [
        "all",
        "*",
        "rack1",
        "kvm",
        "arch=arm64 & !flaky",
        "!flaky & arch=arm64",
        "rack1, board-2",
        "rack?",
        "b*1",
        "type=sandbox|board-1",
        "(big | flaky) & !rack2",
        "!(kvm|type=ssh)",
        "2*kvm",
        "2",
        "2 * rack*",
        "3*kvm & !big | flaky",
        "1*kvm, rack1",
        "1*kvm,1*big",
        "name=rack1",
        "tag=kvm",
        "all & !absent",
        "all, rack1",
        "!!rack1",
        "2*all",
    ];
    assert_snapshot!(table(&on, &[], Purpose::Run), @r#"
    all                          board-1 board-2 rack1 rack2 rack3 sandbox-1
    *                            board-1 board-2 rack1 rack2 rack3 sandbox-1
    rack1                        rack1
    kvm                          rack1 rack2 rack3
    arch=arm64 & !flaky          board-2
    !flaky & arch=arm64          board-2
    rack1, board-2               board-2 rack1
    rack?                        rack1 rack2 rack3
    b*1                          board-1
    type=sandbox|board-1         board-1 sandbox-1
    (big | flaky) & !rack2       board-1
    !(kvm|type=ssh)              sandbox-1
    2*kvm                        rack1 rack2
    2                            board-1 board-2
    2 * rack*                    rack1 rack2
    3*kvm & !big | flaky         board-1 rack1 rack3
    1*kvm, rack1                 rack1 rack2
    1*kvm,1*big                  rack1 rack2
    name=rack1                   rack1
    tag=kvm                      rack1 rack2 rack3
    all & !absent                board-1 board-2 rack1 rack2 rack3 sandbox-1
    all, rack1                   board-1 board-2 rack1 rack2 rack3 sandbox-1
    !!rack1                      rack1
    2*all                        board-1 board-2
    "#);
}

#[test]
fn what_is_in_use_is_not_taken() {
    let on = [
        "rack1",
        "kvm",
        "kvm & state=idle",
        "2*kvm",
        "3*kvm",
        "state=busy",
        "1*kvm, big",
        "all",
        "4*kvm",
        "2*kvm, 1*big",
    ];
    assert_snapshot!(table(&on, &["rack1"], Purpose::Run), @r#"
    rack1                        ERROR rack1 is in use by run 17; wait for it, stop it with `dispatch lkp stop`, or leave out what is in use with `& state=idle`
    kvm                          ERROR rack1 is in use by run 17; wait for it, stop it with `dispatch lkp stop`, or leave out what is in use with `& state=idle`
    kvm & state=idle             rack2 rack3
    2*kvm                        rack2 rack3
    3*kvm                        ERROR --on, `3*kvm`: it asks for 3, the lab has 3, of which 2 can be had (rack1 is in use by run 17)
    state=busy                   ERROR rack1 is in use by run 17; wait for it, stop it with `dispatch lkp stop`, or leave out what is in use with `& state=idle`
    1*kvm, big                   rack2 rack3
    all                          ERROR rack1 is in use by run 17; wait for it, stop it with `dispatch lkp stop`, or leave out what is in use with `& state=idle`
    4*kvm                        ERROR --on, `4*kvm`: it asks for 4, the lab has 3, of which 2 can be had (rack1 is in use by run 17)
    2*kvm, 1*big                 ERROR --on, `1*big`: the other counts leave too few devices for it
    "#);
    assert_snapshot!(table(&["rack1", "3*kvm", "state=busy", "2*kvm, 2*big"], &["rack1"], Purpose::Look), @r#"
    rack1                        rack1
    3*kvm                        rack1 rack2 rack3
    state=busy                   rack1
    2*kvm, 2*big                 ERROR --on, `2*big`: it asks for 2, the lab has 1
    "#);
}

#[test]
fn mistakes_are_told_with_their_column() {
    let on = [
        "",
        "rack1 &",
        "rack1 rack2",
        "(rack1",
        "rack1)",
        "0*kvm",
        "99999*kvm",
        "3*",
        ",",
        "rack9",
        "kvn",
        "tag=rack1",
        "all & !flakey",
        "state=gone",
        "type=shh",
        "name=zzzzzzz",
        "rack1; reboot",
        "../x",
        "all &\u{1b}[31m",
        "big & flaky",
    ];
    assert_snapshot!(table(&on, &[], Purpose::Run), @r#"
                                 ERROR --on, column 1: expected a name, a tag, `all`, `!` or `(`, found the end
    rack1 &                      ERROR --on, column 8: expected a name, a tag, `all`, `!` or `(`, found the end
    rack1 rack2                  ERROR --on, column 7: expected `,`, `&`, `|` or the end, found `rack2`
    (rack1                       ERROR --on, column 7: expected `&`, `|` or `)`, found the end
    rack1)                       ERROR --on, column 6: expected `,`, `&`, `|` or the end, found `)`
    0*kvm                        ERROR --on, column 1: expected a count from 1 to 10000, found `0*kvm`
    99999*kvm                    ERROR --on, column 1: expected a count from 1 to 10000, found `99999*kvm`
    3*                           ERROR --on, column 3: expected a name, a tag, `all`, `!` or `(`, found the end
    ,                            ERROR --on, column 1: expected a name, a tag, `all`, `!` or `(`, found `,`
    rack9                        ERROR --on, column 1: `rack9` is the name or a tag of no device of the lab; did you mean `rack3`?
    kvn                          ERROR --on, column 1: `kvn` is the name or a tag of no device of the lab; did you mean `kvm`?
    tag=rack1                    ERROR --on, column 1: `rack1` is a tag of no device of the lab; there are: arch=arm64, arch=x86, big, embedded, flaky, kvm
    all & !flakey                ERROR --on, column 8: `flakey` is the name or a tag of no device of the lab; did you mean `flaky`?
    state=gone                   ERROR --on, column 1: expected `state=idle` or `state=busy`, found `state=gone`
    type=shh                     ERROR --on, column 1: `shh` is the type of no device of the lab; did you mean `ssh`?
    name=zzzzzzz                 ERROR --on, column 1: `zzzzzzz` is the name of no device of the lab; there are: board-1, board-2, rack1, rack2, rack3, sandbox-1
    rack1; reboot                ERROR --on, column 8: expected `,`, `&`, `|` or the end, found `reboot`
    ../x                         ERROR --on, column 1: `../x` is the name or a tag of no device of the lab; there are: arch=arm64, arch=x86, big, board-1, board-2, embedded, flaky, kvm, rack1, rack2, and 2 more
    all &[31m                   ERROR --on, column 6: expected a name, a tag, `all`, `!` or `(`, found `\x1b`
    big & flaky                  ERROR --on, `big & flaky`: no device of the lab fits
    "#);
    let deep = "!(".repeat(10_000);
    assert!(Selection::parse(&deep).is_err());
    assert!(Selection::parse(&"x,".repeat(10_000)).is_err());
}

proptest::proptest! {
    #[test]
    fn whatever_is_written_is_an_answer(on in "[a-z0-9 !&|(),*?=]{0,40}") {
        asked(&on, &["rack2"], Purpose::Run);
    }
}
