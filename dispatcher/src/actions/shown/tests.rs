//! Each kind of step as it is shown.

use super::*;

fn device() -> Device {
    let rendered = "{commands: {hard_reset: [pdu off --key hunter2, pdu on], pre_power_command: usb on, power_on: pdu on}}";
    let rendered = job_schema::parse_value(rendered).unwrap();
    Device {
        name: "board-1".to_owned(),
        device_type: "board".to_owned(),
        tags: Vec::new(),
        config: crate::inventory::device::Config {
            rendered: std::sync::Arc::new(rendered),
            ..Default::default()
        },
        imagined: false,
    }
}

#[test]
fn every_kind_is_shown_as_data_and_in_lines_without_secrets() {
    let device = device();
    let shown = Shown {
        device: &device,
        masker: Masker::new(["hunter2", "a 'b'"]).ok(),
    };
    let cases = [
        (
            json!({"host": [["dfu-util", "--serial", "hunter2", "{firmware}"], ["sh", "-c", "x a 'b'"]]}),
            json!({"host": [["dfu-util", "--serial", "[MASKED]", "{firmware}"], ["sh", "-c", "x [MASKED]"]]}),
            vec![
                "$ dfu-util --serial '[MASKED]' '{firmware}'",
                "$ sh -c 'x [MASKED]'",
            ],
        ),
        (
            json!({"power": "hard_reset"}),
            json!({"power": {"hard_reset": [["pdu", "off", "--key", "[MASKED]"], ["pdu", "on"]]}}),
            vec!["$ pdu off --key '[MASKED]'", "$ pdu on"],
        ),
        (
            json!({"power": "power_on"}),
            json!({"power": {"power_on": [["usb", "on"], ["pdu", "on"]]}}),
            vec!["$ usb on", "$ pdu on"],
        ),
        (
            json!({"power": "recovery_mode"}),
            json!({"power": {"recovery_mode": []}}),
            vec!["the device has no commands.recovery_mode that can be run"],
        ),
        (
            json!({"power": "power_off"}),
            json!({"power": {"power_off": []}}),
            vec![],
        ),
        (
            json!({"wait": {"usb": {"serial": "hunter2", "vendor": "0d28"}, "fresh": true}}),
            json!({"wait": {"usb": {"serial": "[MASKED]", "vendor": "0d28"}, "fresh": true}}),
            vec![
                "wait for the USB device with serial [MASKED], vendor 0d28, one that comes from now on",
            ],
        ),
        (
            json!({"wait": {"serial": {"driver": "cdc_acm"}}}),
            json!({"wait": {"serial": {"driver": "cdc_acm"}}}),
            vec!["wait for the serial port on USB with driver cdc_acm"],
        ),
        (
            json!({"wait": {"storage": {"label": "MBED"}}}),
            json!({"wait": {"storage": {"label": "MBED"}}}),
            vec!["wait for the disk with label MBED"],
        ),
        (
            json!({"wait": {"serial": "/dev/ttyACM0\u{1b}"}}),
            json!({"wait": {"path": "/dev/ttyACM0\u{1b}"}}),
            vec!["wait for /dev/ttyACM0\\x1b"],
        ),
        (
            json!({"mount": {"device": "/dev/sdb1", "as": "fw", "type": "vfat"}}),
            json!({"mount": {"device": "/dev/sdb1", "as": "fw", "type": "vfat"}}),
            vec!["mount /dev/sdb1 as fw, type vfat"],
        ),
        (
            json!({"copy": {"into": "fw", "files": [{"download": "firmware"}, {"text": "hunter2\n", "as": "a.txt"}]}}),
            json!({"copy": {"into": "fw", "files": [{"download": "firmware"}, {"text": "[MASKED]\n", "as": "a.txt"}]}}),
            vec![
                "copy {firmware} to fw",
                "write `[MASKED]\\n` to fw as a.txt",
            ],
        ),
        (
            json!({"unmount": "fw"}),
            json!({"unmount": "fw"}),
            vec!["unmount fw"],
        ),
    ];
    for (step, data, lines) in cases {
        let step: tool::Step = serde_json::from_value(step).unwrap();
        let does = shown.does(&StepKind::Tool(step)).unwrap();
        assert_eq!(does.data, data);
        assert_eq!(does.lines, lines);
    }
}
