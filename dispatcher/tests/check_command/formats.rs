//! What findings look like in each format.

use serde_json::Value;

use super::{GOOD, Place, bad};

fn printed(format: &str) -> String {
    let place = Place::new().with("a b.yaml", bad()).with("good.yaml", GOOD);
    let said = place.run(&[
        "check",
        "--format",
        format,
        "a b.yaml",
        "good.yaml",
        "gone.yaml",
    ]);
    assert_eq!((said.code, said.stderr.as_str()), (2, ""));
    said.stdout
}

#[test]
fn text() {
    insta::assert_snapshot!(printed("text"));
}

#[test]
fn github() {
    insta::assert_snapshot!(printed("github"));
}

#[test]
fn json() {
    let text = printed("json");
    let rows: Vec<serde_json::Map<String, Value>> = serde_json::from_str(&text).unwrap();
    for row in &rows {
        let keys: Vec<&str> = row.keys().map(String::as_str).collect();
        let mut wanted = [
            "file",
            "group",
            "code",
            "severity",
            "message",
            "path",
            "line",
            "column",
            "end_line",
            "end_column",
            "related",
            "help",
            "fix",
        ];
        wanted.sort_unstable();
        assert_eq!(keys, wanted, "always all keys");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn an_array_without_findings_is_still_an_array() {
    let place = Place::new().with("good.yaml", GOOD);
    let said = place.run(&["check", "--format", "json", "good.yaml"]);
    assert_eq!((said.code, said.stdout.as_str()), (0, "[]\n"));
    assert!(!place.path("state").exists(), "the run store is not opened");
}

#[test]
fn sarif() {
    let mut log: Value = serde_json::from_str(&printed("sarif")).unwrap();
    check_shape(&log);
    for result in log["runs"][0]["results"].as_array_mut().unwrap() {
        // It changes with every new rule, and was checked.
        result.as_object_mut().unwrap().remove("ruleIndex");
    }
    insta::assert_snapshot!(format!("{:#}", log["runs"][0]["results"]));
}

#[test]
fn sarif_without_findings() {
    let place = Place::new().with("good.yaml", GOOD);
    let said = place.run(&["check", "--format", "sarif", "good.yaml"]);
    let log: Value = serde_json::from_str(&said.stdout).unwrap();
    check_shape(&log);
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), 0);
}

/// What the schema of SARIF 2.1.0 and GitHub's code scanning ask for in the parts that are used.
fn check_shape(log: &Value) {
    assert_eq!(log["version"], "2.1.0");
    assert!(
        log["$schema"]
            .as_str()
            .unwrap()
            .ends_with("sarif-2.1.0.json")
    );
    let [run] = log["runs"].as_array().unwrap().as_slice() else {
        panic!("one run");
    };
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "dispatch");
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(!rule[text]["text"].as_str().unwrap().is_empty(), "{rule}");
        }
        assert!(rule["properties"]["tags"].is_array());
    }
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let [location] = result["locations"].as_array().unwrap().as_slice() else {
            panic!("one place: {result}");
        };
        let related = result["relatedLocations"].as_array();
        for location in related.into_iter().flatten().chain([location]) {
            check_location(location);
        }
        for fix in result["fixes"].as_array().into_iter().flatten() {
            assert!(fix["description"]["text"].is_string());
            for change in fix["artifactChanges"].as_array().unwrap() {
                assert!(change["artifactLocation"]["uri"].is_string());
                for replacement in change["replacements"].as_array().unwrap() {
                    check_region(&replacement["deletedRegion"]);
                    assert!(replacement["insertedContent"]["text"].is_string());
                }
            }
        }
    }
}

fn check_location(location: &Value) {
    let place = &location["physicalLocation"];
    let uri = place["artifactLocation"]["uri"].as_str().unwrap();
    assert!(!uri.contains(' '), "{uri}");
    if let Some(region) = place.get("region") {
        check_region(region);
    }
}

fn check_region(region: &Value) {
    for key in ["startLine", "startColumn", "endLine", "endColumn"] {
        assert!(region[key].as_u64().unwrap() >= 1, "{region}");
    }
}
