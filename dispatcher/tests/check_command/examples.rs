//! The examples: jobs that nobody finds anything in.

use std::fs;
use std::path::Path;

use super::Place;

#[test]
fn all_are_clean_even_with_strict() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/jobs");
    let files = fs::read_dir(&folder).unwrap();
    let mut jobs: Vec<String> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .map(|path| path.to_str().unwrap().to_owned())
        .collect();
    jobs.sort();
    assert!(jobs.len() >= 2);
    let mut words = vec!["check", "--strict"];
    words.extend(jobs.iter().map(String::as_str));
    let said = Place::new().run(&words);
    let wanted = format!("nothing wrong in {} files\n", jobs.len());
    assert_eq!((said.code, said.stdout), (0, wanted));
}
