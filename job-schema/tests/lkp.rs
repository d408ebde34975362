//! `test: {lkp: {…}}` as the dispatcher gets it.

use job_schema::action::Action;
use job_schema::parse_job;
use job_schema::test::Test;
use job_schema::test::lkp::{Image, Lkp, Network, Part, Runtime, SetValue, SourceKind, Variant};
use job_schema::yaml::Value;

fn typed(keys: &str) -> Lkp {
    let text = format!(
        "job_name: x\nvisibility: public\ndevice_type: x\ntimeouts: {{job: {{hours: 2}}}}\nactions:\n- test: {{lkp: {{jobs: [hackbench], {keys}}}}}\n"
    );
    let parsed = parse_job("job.yaml", &text);
    let job = parsed
        .job
        .unwrap_or_else(|| panic!("{keys}: {:?}", parsed.findings));
    let Action::Test(Test::Lkp(lkp)) = &job.actions[0].action else {
        panic!("{:?}", job.actions[0]);
    };
    lkp.as_ref().clone()
}

#[test]
fn what_is_not_written_is_the_default() {
    let lkp = typed("");
    assert_eq!(lkp.suite(), "lkp");
    assert_eq!((lkp.count(), lkp.repeat.0), (1, 1));
    assert_eq!((lkp.install, lkp.monitors), (false, false));
    assert_eq!((lkp.source.as_ref(), lkp.timeout), (None, None));
    assert!(lkp.containers.is_none() && lkp.cluster.is_empty() && lkp.set.is_empty());
    let containers = typed("containers: {}").containers.expect("containers");
    assert_eq!(
        (containers.count.0, containers.runtime, containers.network),
        (1, Runtime::Auto, Network::Host)
    );
    assert!(containers.image.is_none() && !containers.privileged);
}

#[test]
fn values_keep_their_kind_and_their_order() {
    let lkp = typed("set: {b: 5, a: [1, x], c: $ip_addr, d: $(id), e: '$', f: ~}");
    let values: Vec<_> = lkp
        .set
        .iter()
        .map(|(key, value)| (key.as_str(), &value.value))
        .collect();
    let text = |text: &str| Value::Str(text.to_owned());
    assert_eq!(
        values,
        [
            ("b", &SetValue::One(Value::Int(5))),
            ("a", &SetValue::Many(vec![Value::Int(1), text("x")])),
            ("c", &SetValue::Learned("ip_addr".to_owned())),
            ("d", &SetValue::One(text("$(id)"))),
            ("e", &SetValue::One(text("$"))),
            ("f", &SetValue::One(Value::Null)),
        ]
    );
    assert_eq!(lkp.set["b"].span.line, 6);
}

#[test]
fn sizes_are_bytes() {
    let sizes = [
        ("512M", 512 << 20),
        ("512m", 512 << 20),
        ("2GiB", 2 << 30),
        ("2GB", 2 << 30),
        ("1T", 1 << 40),
        ("10240K", 10 << 20),
        ("8388608", 8 << 20),
        ("'8388608'", 8 << 20),
    ];
    for (written, bytes) in sizes {
        let lkp = typed(&format!("containers: {{limits: {{memory: {written}}}}}"));
        let limits = lkp.containers.expect("containers").limits;
        assert_eq!(limits.memory, Some(bytes), "{written}");
    }
    let lkp = typed("containers: {limits: {cpus: 1.5}}");
    assert_eq!(lkp.containers.expect("containers").limits.cpus, Some(1.5));
}

#[test]
fn images_are_named_or_made() {
    let image = |written: &str| {
        let lkp = typed(&format!("containers: {{image: {written}}}"));
        lkp.containers
            .expect("containers")
            .image
            .expect("an image")
            .value
    };
    assert_eq!(
        image("localhost/lkp:1"),
        Image::Name("localhost/lkp:1".to_owned())
    );
    assert_eq!(image("{dockerfile: D}"), Image::Dockerfile("D".to_owned()));
    assert_eq!(image("{rootfs: r.tar}"), Image::Rootfs("r.tar".to_owned()));
    let Image::Debootstrap(debian) = image("{debootstrap: {suite: sid, include: [ruby]}}") else {
        panic!("a Debian");
    };
    assert_eq!(
        (debian.suite.as_str(), debian.variant),
        ("sid", Variant::Minbase)
    );
    assert_eq!(debian.include[0].0, "ruby");
}

#[test]
fn the_rest_is_as_written() {
    let lkp = typed(
        "source: 'https://x/l.git', revision: v1, cluster: client, containers: {count: 4, network: none}",
    );
    assert_eq!(
        lkp.source.as_deref().map(|s| SourceKind::of(s)),
        Some(SourceKind::Git)
    );
    assert_eq!(lkp.cluster, [Part::Client]);
    assert_eq!(lkp.count(), 4);
    let network = lkp.containers.expect("containers").network;
    assert_eq!((&network, network.as_str()), (&Network::None, "none"));
}
