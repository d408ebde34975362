//! What PyYAML 6.0's safe loader makes of each text.

use super::{Scalar, plain, tagged};

#[test]
fn plain_scalars_mean_what_pyyaml_reads() {
    use Scalar::{Bool, Float, Int, Null};
    let text = |s: &str| Scalar::Str(s.to_owned());
    let table = [
        ("", Null),
        ("yes", Bool(true)),
        ("Yes", Bool(true)),
        ("YES", Bool(true)),
        ("y", text("y")),
        ("n", text("n")),
        ("No", Bool(false)),
        ("on", Bool(true)),
        ("Off", Bool(false)),
        ("oFF", text("oFF")),
        ("true", Bool(true)),
        ("TRUE", Bool(true)),
        ("tRUE", text("tRUE")),
        ("null", Null),
        ("Null", Null),
        ("~", Null),
        ("nul", text("nul")),
        ("0", Int(0)),
        ("00", Int(0)),
        ("07", Int(7)),
        ("08", text("08")),
        ("0755", Int(493)),
        ("-0755", Int(-493)),
        ("+0755", Int(493)),
        ("0o755", text("0o755")),
        ("0b101", Int(5)),
        ("0b12", text("0b12")),
        ("0x1F", Int(31)),
        ("-0xff", Int(-255)),
        ("0xG", text("0xG")),
        ("1_000", Int(1000)),
        ("1__0", Int(10)),
        ("_1", text("_1")),
        ("12:30", Int(750)),
        ("12:60", text("12:60")),
        ("1:5:9", Int(3909)),
        ("190:20:30", Int(685230)),
        ("190:20:30.15", Float(685230.15)),
        ("-1:30", Int(-90)),
        ("+1:30", Int(90)),
        ("1e3", text("1e3")),
        ("1.e3", text("1.e3")),
        ("1.5e+3", Float(1500.0)),
        ("1.5e3", text("1.5e3")),
        ("1.5E-3", Float(0.0015)),
        (".5", Float(0.5)),
        ("-.5", text("-.5")),
        ("._5", text("._5")),
        ("5.", Float(5.0)),
        ("5._", Float(5.0)),
        ("1.2.3", text("1.2.3")),
        (".inf", Float(f64::INFINITY)),
        ("-.inf", Float(-f64::INFINITY)),
        ("+.INF", Float(f64::INFINITY)),
        (".iNf", text(".iNf")),
        ("-", text("-")),
        ("+", text("+")),
        (".", text(".")),
        ("1.0", Float(1.0)),
        ("100000000000000000000", text("100000000000000000000")),
        ("0xFFFFFFFFFFFFFFFFFF", text("4722366482869645213695")),
        ("-9223372036854775808", Int(i64::MIN)),
        ("9223372036854775807", Int(i64::MAX)),
        ("9223372036854775808", text("9223372036854775808")),
        ("0_7", Int(7)),
        ("0_8", text("0_8")),
        ("0_", Int(0)),
        ("-0", Int(0)),
        ("1_0.5_0", Float(10.5)),
        ("1.0e+400", Float(f64::INFINITY)),
        ("1:2:3.4_5", Float(3723.45)),
        ("2001-01-01", text("2001-01-01")),
        ("01:30", text("01:30")),
        ("<", text("<")),
        ("<<<", text("<<<")),
        ("==", text("==")),
    ];
    for (written, expected) in table {
        assert_eq!(plain(written.to_owned()), Ok(expected), "{written}");
    }
}

#[test]
fn numbers_that_pyyaml_stumbles_over_are_errors() {
    for written in ["0b_", "0x_"] {
        let message = plain(written.to_owned()).expect_err(written);
        assert!(message.contains(written), "{message}");
    }
    assert!(plain("7".repeat(5000)).is_err());
}

#[test]
fn not_a_number_is_a_float() {
    let Ok(Scalar::Float(f)) = plain(".NaN".to_owned()) else {
        panic!(".NaN is a float");
    };
    assert!(f.is_nan());
}

#[test]
fn tags_decide_before_the_text() {
    let read = |tag, text: &str| tagged(tag, text.to_owned());
    assert_eq!(read("str", "12"), Some(Ok(Scalar::Str("12".to_owned()))));
    assert_eq!(read("int", "0x10"), Some(Ok(Scalar::Int(16))));
    assert_eq!(read("float", "1e3"), Some(Ok(Scalar::Float(1000.0))));
    assert_eq!(read("bool", "YES"), Some(Ok(Scalar::Bool(true))));
    assert_eq!(read("int", "0o17"), Some(Ok(Scalar::Int(15))));
    assert!(matches!(read("int", "01:30"), Some(Err(_))));
    assert!(matches!(read("bool", "perhaps"), Some(Err(_))));
    assert_eq!(read("omap", "x"), None);
}
