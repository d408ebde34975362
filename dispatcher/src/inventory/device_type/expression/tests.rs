use super::*;

#[test]
fn names_are_those_outside_of_quotes() {
    let text = "a {{default power.reset 'x y'}}{{#if (eq arch \"z\")}}{{pick b c='d' e=f}}{{/if}}";
    assert_eq!(
        reads(text),
        [
            "default",
            "power.reset",
            "if",
            "eq",
            "arch",
            "pick",
            "b",
            "f"
        ]
    );
}

#[test]
fn values_keep_their_type_and_text_is_text() {
    let engine = Engine::new(&[]);
    let variables = serde_json::json!({
        "n": 5, "t": "5", "l": [1, "a"], "nothing": null, "no": false, "arch": "arm64", "m": {"n": 1}, "addr": 0x8200_0000_u32,
    });
    let variables = Context::wraps(variables).unwrap();
    let cases = [
        ("{{n}}", "5"),
        ("{{t}}", r#""5""#),
        ("{{l}}", r#"[1,"a"]"#),
        ("{{nothing}}", "null"),
        ("x{{nothing}}", r#""x""#),
        ("{{n}}{{t}}", r#""55""#),
        ("{{default nothing n}}", "5"),
        ("{{default m.other 'x'}}", r#""x""#),
        ("{{default m.n 'x'}}", "1"),
        ("{{default no true}}", "false"),
        ("{{join l '; '}}", r#""1; a""#),
        ("{{eq n 5}}", "true"),
        ("{{concat 'a=' n nothing}}", r#""a=5""#),
        ("{{concat l l}}", r#"[1,"a",1,"a"]"#),
        ("{{when no 'x'}}", "null"),
        ("{{when n (concat t '!')}}", r#""5!""#),
        ("{{pick arch arm64='aarch64'}}", r#""aarch64""#),
        ("{{pick t arm64='aarch64'}}", "null"),
        ("{{pick t 'x' arm64='aarch64'}}", r#""x""#),
        ("{{hex addr}}", r#""0x82000000""#),
        ("{{hex '${loadaddr}'}}", r#""${loadaddr}""#),
        ("{{hex nothing}}", "null"),
        ("{{#if (eq arch 'arm64')}}A{{else}}B{{/if}}", r#""A""#),
        (
            "tftp {KERNEL_ADDR} ${x} {{n}}",
            r#""tftp {KERNEL_ADDR} ${x} 5""#,
        ),
    ];
    for (text, value) in cases {
        let expression = Expression::compile(text).unwrap();
        let found = expression.value(&engine, &variables).unwrap();
        assert_eq!(found.to_string(), value, "{text}");
    }
}

#[test]
fn what_is_not_there_is_named() {
    let engine = Engine::new(&[]);
    let variables = Context::wraps(serde_json::json!({"a": {"key": 1}})).unwrap();
    let cases = [
        ("{{other}}", "there is no variable `other`"),
        ("x {{other}}", "there is no variable `other`"),
        ("{{a.b}}", "there is no variable `a.b`"),
        ("{{a.kez}}", "did you mean `a.key`?"),
        ("{{default otehr 'x'}}", "there is no variable `otehr`"),
        (
            "{{#if (when other 1)}}x{{/if}}",
            "there is no variable `other`",
        ),
        ("{{concat 'x' other}}", "there is no variable `other`"),
        ("{{shout a}}", "there is no helper `shout`"),
    ];
    for (text, says) in cases {
        let expression = Expression::compile(text).unwrap();
        let why = expression.value(&engine, &variables).unwrap_err();
        assert!(why.contains(says), "{text}: {why}");
    }
    assert!(Expression::compile("{{#if a}}x").is_err());
}
