use super::*;
use job_schema::yaml::Value as Plain;

fn scope(yaml: &str) -> Scope<'static> {
    let roots: Value = serde_yaml::from_str(yaml).unwrap();
    let Plain::Map(roots) = crate::inventory::yaml_text::of_json(&roots) else {
        panic!("a mapping")
    };
    let empty = Scope::default();
    roots
        .into_iter()
        .fold(empty, |scope, (name, value)| scope.with(&name, value))
}

const BOARD: &str = "
device: {board_id: '04A1', commands: {power_off: ''}}
method: {program: 'program {KERNEL} {OTHER}', parameters: {command: dfu-util, options: [--alt, 'a b'], address: 134217728}}
earlier: {files: {kernel: {image_arg: '--download {kernel}'}, readme: {url: x}}}
odd: {value: 'a b''; \"$(c)\\'}
";

fn known(word: &str) -> bool {
    ["image", "kernel"].contains(&word)
}

fn filled(data: &str) -> Result<String, String> {
    let data: Value = serde_yaml::from_str(data).unwrap();
    value(&data, &scope(BOARD)).map(|v| v.to_string())
}

#[test]
fn templates_are_filled_and_words_stay() {
    let cases = [
        ("'{{device.board_id}} {image}'", r#""04A1 {image}""#),
        (
            "{usb: {serial: '{{device.board_id}}'}, fresh: true}",
            r#"{"fresh":true,"usb":{"serial":"04A1"}}"#,
        ),
        (
            "'{{words method.program earlier.files}}'",
            r#""program {kernel} {OTHER}""#,
        ),
        ("'{{word device.board_id}}'", r#""{04A1}""#),
        ("'{{hex method.parameters.address}}'", r#""0x8000000""#),
        ("['a{{#if device.commands.power_off}}b{{/if}}']", r#"["a"]"#),
        (
            "[{each: {in: method.parameters.options, as: o}, add: ['{{o}}']}]",
            r#"["--alt","a b"]"#,
        ),
        (
            "[{each: {in: earlier.files, as: file}, when: file.value.image_arg, add: ['{{file.value.image_arg}}', z]}, y]",
            r#"["--download {kernel}","z","y"]"#,
        ),
        (
            r#"[a, {words: "{{earlier.files.kernel.image_arg}} 'x y'"}]"#,
            r#"["a","--download","{kernel}","x y"]"#,
        ),
        (
            "'{{device.usb_vendor_id}}'",
            "`device.usb_vendor_id` is not there",
        ),
    ];
    for (data, wanted) in cases {
        assert_eq!(filled(data).unwrap_or_else(|e| e), wanted, "{data}");
    }
}

#[test]
fn what_is_no_step_says_why() {
    let read = |key: &str, data: Value| step(key, &data, &scope(BOARD), &known);
    let power = read("power", json!("hard_reset")).unwrap();
    assert_eq!(power.word(), "power");
    let why = read("power", json!("explode")).unwrap_err();
    assert!(why.contains("explode"), "{why}");
    let why = read("host", json!([{"add": [], "whenn": "x"}])).unwrap_err();
    assert!(why.contains("whenn"), "{why}");
}

fn command(data: &Value) -> String {
    match step("host", data, &scope(BOARD), &known) {
        Ok(tool::Step::Host(commands)) => json!(commands.0).to_string(),
        Ok(other) => panic!("{other:?}"),
        Err(why) => why,
    }
}

#[test]
fn a_value_in_a_line_stays_one_word_whatever_it_holds() {
    for (line, words) in [
        ("tool {{odd.value}} -x", r#"["tool","a b'; \"$(c)\\","-x"]"#),
        (
            "tool --to='{{odd.value}}' \"{{odd.value}}\"",
            r#"["tool","--to=a b'; \"$(c)\\","a b'; \"$(c)\\"]"#,
        ),
        (
            "tool {{{method.parameters.options.1}}}",
            r#"["tool","a","b"]"#,
        ),
        ("tool {{method.parameters.options.1}}", r#"["tool","a b"]"#),
        (
            "tool {image} ${HOME} { print } {a,b}",
            r#"["tool","{image}","${HOME}","{","print","}","{a,b}"]"#,
        ),
    ] {
        assert_eq!(command(&json!([line])), format!("[{words}]"), "{line}");
        assert_eq!(command(&json!(line)), format!("[{words}]"), "{line}");
    }
}

#[test]
fn commands_that_could_do_nothing_say_so() {
    for (data, why) in [
        (json!([]), "there is no command to run"),
        (
            json!([{"each": {"in": "nobody", "as": "x"}, "add": ["{{x}}"]}]),
            "there is no command to run",
        ),
        (json!([[]]), "a command to run is empty"),
        (json!(["tool 'x"]), "`tool 'x`: a quote is never closed"),
        (
            json!(["tool {flash}"]),
            "`{flash}` stands for nothing: no deploy block up to here downloads such a file",
        ),
    ] {
        assert_eq!(command(&data), why);
    }
    let copy = |files: Value| {
        step(
            "copy",
            &json!({"into": "fw", "files": files}),
            &scope(BOARD),
            &known,
        )
    };
    assert_eq!(copy(json!([])).unwrap_err(), "there is no file to copy");
    assert_eq!(
        copy(json!([{"download": "x"}])).unwrap_err(),
        "no deploy block up to here downloads x"
    );
    copy(json!([{"download": "image"}])).unwrap();
}
