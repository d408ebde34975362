//! What PyYAML 6.0's safe loader makes of each text.

use super::{Scalar, plain, tagged};

#[test]
fn plain_scalars_mean_what_pyyaml_reads() {
    use Scalar::{BigInt, Bool, Date, Float, Int, Null, Text};
    let big = |digits: &str| BigInt(digits.to_owned());
    let table = [
        ("", Null),
        ("yes", Bool(true)),
        ("Yes", Bool(true)),
        ("YES", Bool(true)),
        ("y", Text),
        ("n", Text),
        ("No", Bool(false)),
        ("on", Bool(true)),
        ("Off", Bool(false)),
        ("oFF", Text),
        ("true", Bool(true)),
        ("TRUE", Bool(true)),
        ("tRUE", Text),
        ("null", Null),
        ("Null", Null),
        ("~", Null),
        ("nul", Text),
        ("0", Int(0)),
        ("00", Int(0)),
        ("07", Int(7)),
        ("08", Text),
        ("0755", Int(493)),
        ("-0755", Int(-493)),
        ("+0755", Int(493)),
        ("0o755", Text),
        ("0b101", Int(5)),
        ("0b12", Text),
        ("0x1F", Int(31)),
        ("-0xff", Int(-255)),
        ("0xG", Text),
        ("1_000", Int(1000)),
        ("1__0", Int(10)),
        ("_1", Text),
        ("12:30", Int(750)),
        ("12:60", Text),
        ("1:5:9", Int(3909)),
        ("190:20:30", Int(685230)),
        ("190:20:30.15", Float(685230.15)),
        ("-1:30", Int(-90)),
        ("+1:30", Int(90)),
        ("1e3", Text),
        ("1.e3", Text),
        ("1.5e+3", Float(1500.0)),
        ("1.5e3", Text),
        ("1.5E-3", Float(0.0015)),
        (".5", Float(0.5)),
        ("-.5", Text),
        ("._5", Text),
        ("5.", Float(5.0)),
        ("5._", Float(5.0)),
        ("1.2.3", Text),
        (".inf", Float(f64::INFINITY)),
        ("-.inf", Float(-f64::INFINITY)),
        ("+.INF", Float(f64::INFINITY)),
        (".iNf", Text),
        ("-", Text),
        ("+", Text),
        (".", Text),
        ("1.0", Float(1.0)),
        ("100000000000000000000", big("100000000000000000000")),
        ("0xFFFFFFFFFFFFFFFFFF", big("4722366482869645213695")),
        ("-9223372036854775808", Int(i64::MIN)),
        ("9223372036854775807", Int(i64::MAX)),
        ("9223372036854775808", big("9223372036854775808")),
        ("0_7", Int(7)),
        ("0_8", Text),
        ("0_", Int(0)),
        ("-0", Int(0)),
        ("1_0.5_0", Float(10.5)),
        ("1.0e+400", Float(f64::INFINITY)),
        ("1:2:3.4_5", Float(3723.45)),
        ("2001-01-01", Date),
        ("2001-1-1", Text),
        ("2001-01-01T1:02:03", Date),
        ("2001-1-1 \t01:02:03.", Date),
        ("2001-12-14t21:59:43.10-05:00", Date),
        ("2001-12-14 21:59:43.10 -5", Date),
        ("2001-12-14 21:59:43Z", Date),
        ("2001-12-14 21:59", Text),
        ("2001-12-14 21:59:43 +1:5", Text),
        ("2001-12-14T", Text),
        ("2000-02-29", Date),
        ("01:30", Text),
        ("<", Text),
        ("<<<", Text),
        ("==", Text),
    ];
    for (written, expected) in table {
        assert_eq!(plain(written), Ok(expected), "{written}");
    }
}

#[test]
fn numbers_and_dates_that_pyyaml_stumbles_over_are_errors() {
    let dates = [
        "2026-02-29",
        "2026-13-01",
        "0000-01-01",
        "2026-01-01 24:00:00",
        "2026-01-01 10:00:00+24",
    ];
    for written in ["0b_", "0x_"].into_iter().chain(dates) {
        let message = plain(written).expect_err(written);
        assert!(message.contains(written), "{message}");
    }
    assert!(plain(&"7".repeat(5000)).is_err());
}

#[test]
fn not_a_number_is_a_float() {
    let Ok(Scalar::Float(f)) = plain(".NaN") else {
        panic!(".NaN is a float");
    };
    assert!(f.is_nan());
}

#[test]
fn tags_decide_before_the_text() {
    let read = |tag, text: &str| tagged(tag, text);
    assert_eq!(read("str", "12"), Some(Ok(Scalar::Text)));
    assert_eq!(read("int", "0x10"), Some(Ok(Scalar::Int(16))));
    assert_eq!(read("float", "1e3"), Some(Ok(Scalar::Float(1000.0))));
    assert_eq!(read("bool", "YES"), Some(Ok(Scalar::Bool(true))));
    assert_eq!(read("int", "0o17"), Some(Ok(Scalar::Int(15))));
    assert!(matches!(read("int", "01:30"), Some(Err(_))));
    assert!(matches!(read("bool", "perhaps"), Some(Err(_))));
    assert_eq!(read("timestamp", "2026-01-31"), Some(Ok(Scalar::Date)));
    assert!(matches!(read("timestamp", "today"), Some(Err(_))));
    for base64 in ["", "aGk=", "aGk", "a", "aG k=\n", "aGk=!", "ü", "QUJD"] {
        let taken = read("binary", base64) == Some(Ok(Scalar::Binary));
        let expected = !matches!(base64, "aGk" | "a" | "ü");
        assert_eq!(taken, expected, "{base64}");
    }
    assert_eq!(read("omap", "x"), None);
}
