//! Prints `dispatch`'s figures beside those of its peers: LAVA's own dispatcher, LKP called by hand, `scp`; on real OpenSSH
//! machines and in the embedded lab.
//!
//! `cargo run --release -p dispatch-bench [-- [--runs N] [NAME...]]`, as root, with `openssh-server` installed and
//! `dispatch` built in the same profile. Every row is the median of ten runs, with the least and the greatest and the
//! share of the machine's processors that was busy meanwhile, whoever used them. `LKP_TESTS=<lkp-tests>` adds the row with the
//! real LKP.

mod cases;
mod figure;
mod lava;
mod lkp;
mod load;
mod plan;
mod table;
mod usage;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_some_and(|word| word == usage::WRAP) {
        return usage::wrap(&words[1..]);
    }
    let mut runs = 10;
    if words.first().is_some_and(|word| word == "--runs") {
        let count = words.get(1).and_then(|count| count.parse().ok());
        let Some(count @ 1..) = count else {
            eprintln!("--runs needs a number of at least 1");
            return ExitCode::from(2);
        };
        runs = count;
        words.drain(..2);
    }
    let cases = cases::all();
    let unknown = words
        .iter()
        .find(|word| !cases.iter().any(|case| case.name == **word));
    if let Some(unknown) = unknown {
        let names: Vec<&str> = cases.iter().map(|case| case.name).collect();
        eprintln!(
            "no row is called '{unknown}'; there are {}",
            names.join(", ")
        );
        return ExitCode::from(2);
    }
    println!("{}", table::HEAD);
    for case in cases {
        if words.is_empty() || words.iter().any(|word| word == case.name) {
            for line in table::lines(&case, runs) {
                println!("{line}");
            }
        }
    }
    println!("\n{}", lava::SOURCE);
    ExitCode::SUCCESS
}
