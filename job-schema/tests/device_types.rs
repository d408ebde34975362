//! The device types that come with `dispatch` are what the schema of a lab's files says.

#![allow(clippy::unwrap_used, reason = "tests panic")]

use std::fs;
use std::path::Path;

#[test]
fn shipped_types_fit_the_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = fs::read_to_string(root.join("device.schema.json")).unwrap();
    let schema = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut seen = 0;
    for entry in fs::read_dir(root.join("../device-types")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "yaml") {
            continue;
        }
        let value = job_schema::parse_value(&fs::read_to_string(&path).unwrap()).unwrap();
        let value = serde_json::to_value(value).unwrap();
        let wrong: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(wrong, [""; 0], "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 20);
}
