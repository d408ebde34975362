//! The bus against an independent, obvious model, on random programs.
//!
//! `cargo test` runs a few thousand programs; `BUS_CASES=1000000 cargo test --release --test bus_model` a million.

mod model;
mod program;
mod search;

use std::time::Instant;

use proptest::prelude::*;

use program::{Dice, Run, Tally};

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_model_and_shrinks(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut bytes = bytes.into_iter();
        let mut dice = Dice::new(move || u64::from(bytes.next().unwrap_or(0)));
        let outcome = Run::new(&mut dice, true).play(&mut dice, &mut Tally::default());
        prop_assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    }
}

#[test]
fn agrees_with_the_model_on_many_programs() {
    let cases = match std::env::var("BUS_CASES") {
        Ok(cases) => cases.parse().expect("BUS_CASES is a number"),
        Err(_) => 3_000_u64,
    };
    let started = Instant::now();
    let mut tally = Tally::default();
    for case in 1..=cases {
        let mut dice = Dice::seeded(case);
        let replayed = case % 16 == 0;
        if let Err(why) = Run::new(&mut dice, replayed).play(&mut dice, &mut tally) {
            panic!("program {case}: {why}");
        }
    }
    eprintln!("{cases} programs in {:.1?}: {tally:?}", started.elapsed());
    assert!(tally.exercises_everything(), "{tally:?}");
}
