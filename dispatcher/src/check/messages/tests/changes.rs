//! What changes behind the reader's back: variables, arguments, functions and commands that are others than they seem.

use super::forms::of;
use super::{exchange, findings, job};

#[test]
fn what_may_have_changed_is_unknown() {
    let mut wrong = Vec::new();
    for (step, expected) in [
        // Arithmetic and parameters that assign.
        ("i=1; : $((i += 1)); lava-send m$i", "?"),
        ("i=1; ((i++)); lava-send m$i", "?"),
        ("i=1; j=$((i + 1)); lava-send m$i", "send m1"),
        ("i=; : ${i:=x}; lava-send \"m$i\"", "?"),
        ("i=1; let i++; lava-send m$i", "?"),
        ("i=a; printf -v i b; lava-send m$i", "?"),
        // Fields are not always split at blanks.
        ("IFS=,; ids=p,q; for i in $ids; do lava-send $i; done", "?"),
        ("IFS=,; id=p; lava-send $id", "send p"),
        (
            "id=p,q; while IFS= read -r l; do :; done < f; lava-send $id",
            "send p,q",
        ),
        // Arguments.
        ("set m n; lava-send $1", "?"),
        ("set -o pipefail -e; lava-send m", "send m"),
        ("sh -c 'lava-send $1' x m", "send m"),
        ("f() { lava-send $2; }; f $(hostname -I) m", "?"),
        ("f() { lava-send $2; }; f \"$(hostname -I)\" m", "send m"),
        ("f() { lava-send $1; }; f m $(hostname -I)", "send m"),
        ("f() { lava-send \"$@\"; }; f m k=v", "?"),
        // What functions declare ends with them.
        (
            "x=out; f() { local x=in; lava-send $x; }; f; lava-send $x",
            "send in, send out",
        ),
        ("x=out; f() { local x; x=in; }; f; lava-send $x", "send out"),
        ("x=out; f() { x=in; }; f; lava-send $x", "send in"),
        // Texts and files that nobody knows.
        ("id=a; eval \"id=$(cat f)\"; lava-send $id", "?"),
        ("f() { lava-wait x; }; . ./lib.sh; f", "?"),
        ("f() { lava-wait x; }; unset -f f; f", "?"),
        // A trap runs functions, also later ones.
        ("trap bye EXIT; bye() { lava-send x; }", "?"),
        ("trap 'rm -rf tmp; exit 1' INT", ""),
        // Programs that the script has made.
        ("cp tell /usr/local/bin/; tell x; echo done", "?"),
        ("printf 'lava-send x' > /usr/bin/tell; tell", "?"),
        ("cat /usr/share/x /etc/y; tell", ""),
        ("awk 'BEGIN { c = \"lava-\" \"send m\"; system(c) }'", "?"),
        ("ip -o a | awk -F'|' '{print $2}'", ""),
        // Patterns.
        (
            "p='a*'; case ab in $p) lava-send m;; *) lava-wait x;; esac",
            "send m?, wait x?",
        ),
        ("p='a*'; if [[ ab == $p ]]; then lava-send m; fi", "send m?"),
        // Helpers that take no more words, and ids that they change.
        ("lava-wait x y || true", "?"),
        ("lava-sync x y || true", "?"),
        ("lava-wait-all x a b || true", "?"),
        ("lava-send \"a\nb\"", "?"),
    ] {
        let read = of(&[step]);
        if read != expected {
            wrong.push((step, read, expected));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What one test has put into the system's folders, later tests of all roles may use.
#[test]
fn programs_that_an_earlier_test_installed_are_unknown() {
    let of = |first: &str| {
        findings(&[
            ("a", &[first]),
            ("b", &["tell done"]),
            ("c", &["lava-wait x"]),
        ])
    };
    assert!(of("cp tell /usr/bin/tell").is_empty());
    assert_eq!(of("cp tell /tmp/tell")[0].code, "J060");
}

#[test]
fn too_many_words_are_told_as_unknown() {
    let exchange = exchange(&job(&[("a", &["lava-sync x y"]), ("b", &["lava-sync x"])]));
    assert_eq!(exchange.unknown()[0].why, "lava-sync has too many words");
    assert!(exchange.findings().iter().all(|f| f.code != "J062"));
}
