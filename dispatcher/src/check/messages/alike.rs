//! Whether two ids may be one that was mistyped.

/// Longer ids are nobody's slip of the pen.
const LONGEST: usize = 64;
/// Ids of so many letters may differ by two edits.
const LONG: usize = 9;
/// Shorter ids differ by one edit because there are so few.
const SHORT: usize = 4;

/// Whether a slip of the pen makes one of the other: one edit (a letter too few, too many, another one, or two in the
/// wrong order), two in long ids. `round1` and `round2` are two things, and so are `node-a` and `node-b`; with `strict`
/// `tx` and `rx` are too.
pub(super) fn one_slip(a: &str, b: &str, strict: bool) -> bool {
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    let edits = if short >= LONG { 2 } else { 1 };
    a != b
        && short > 0
        && long <= LONGEST
        && long - short <= 4 * edits
        && (long >= SHORT || !strict)
        && within(a, b, edits)
        && !counted(a, b)
}

/// Whether so many edits make one of the other. All ids of a job are compared, so this must not cost anything: what is
/// the same is skipped, and only the places that differ are tried.
fn within(a: &str, b: &str, edits: usize) -> bool {
    let (mut a, mut b) = (a.chars(), b.chars());
    loop {
        let (rest_a, rest_b) = (a.as_str(), b.as_str());
        match (a.next(), b.next()) {
            (None, None) => return true,
            (one, other) if one == other => {}
            _ if edits == 0 => return false,
            (one, other) => {
                let (after_a, after_b) = (a.as_str(), b.as_str());
                let swapped = one.is_some()
                    && other.is_some()
                    && (a.next(), b.next()) == (other, one)
                    && within(a.as_str(), b.as_str(), edits - 1);
                return swapped
                    || within(after_a, rest_b, edits - 1)
                    || within(rest_a, after_b, edits - 1)
                    || within(after_a, after_b, edits - 1);
            }
        }
    }
}

/// Whether the two are numbered: they differ in digits only, or in a part that is one letter.
pub(super) fn counted(a: &str, b: &str) -> bool {
    let shape = |text: &str| {
        let mut shape = String::with_capacity(text.len());
        for char in text.chars() {
            match char {
                '0'..='9' if shape.ends_with('0') => {}
                '0'..='9' => shape.push('0'),
                char => shape.push(char),
            }
        }
        shape
    };
    let parts = |text: &str| {
        text.split(['-', '_', '.', ':'])
            .map(str::to_owned)
            .collect()
    };
    let (one, other): (Vec<String>, Vec<String>) = (parts(a), parts(b));
    let letter = |part: &str| part.chars().count() == 1;
    let same = |(a, b): (&String, &String)| a == b || letter(a) && letter(b);
    let lettered = one != other
        && one.len() > 1
        && one.len() == other.len()
        && one.iter().zip(&other).all(same);
    lettered || shape(a) == shape(b)
}

#[cfg(test)]
mod tests {
    use super::one_slip;

    #[test]
    fn one_edit_is_a_slip_and_a_number_is_none() {
        for (a, b, expected) in [
            ("ready", "redy", true),
            ("ready", "readyy", true),
            ("ready", "raedy", true),
            ("ready", "reafy", true),
            ("ready", "eady", true),
            ("ready", "read-y", true),
            ("ready", "ready", false),
            ("ready", "rxaxdy", false),
            ("ready", "rdae", false),
            ("", "a", false),
            ("client-finished", "cleint-finishd", true),
            ("client-finished", "cleint-finshd", false),
            ("lava_start", "lava-start", true),
            ("round1", "round2", false),
            ("round1", "round12", false),
            ("round-1-up", "round-2-up", false),
            ("round1", "round", true),
            ("round2", "roun2d", true),
            ("node-a", "node-b", false),
            ("node-a", "node-ab", true),
            ("up-a", "dp-a", true),
            ("grün", "grun", true),
        ] {
            assert_eq!(one_slip(a, b, true), expected, "{a} {b}");
            assert_eq!(one_slip(b, a, true), expected, "{b} {a}");
        }
        assert!(!one_slip("tx", "rx", true) && one_slip("tx", "rx", false));
        assert!(!one_slip(&"a".repeat(65), &"a".repeat(64), false));
    }
}
