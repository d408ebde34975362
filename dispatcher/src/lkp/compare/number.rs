//! Numbers as people read them.

/// A power of a thousand that suits the numbers of one metric, and its SI prefix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Scale {
    /// As they are.
    Plain,
    /// Divided by the number; the prefix follows.
    Prefix(f64, &'static str),
    /// Too great or too small for a prefix.
    Scientific,
}

const PREFIXES: [(f64, &str); 11] = [
    (1e24, "Y"),
    (1e21, "Z"),
    (1e18, "E"),
    (1e15, "P"),
    (1e12, "T"),
    (1e9, "G"),
    (1e6, "M"),
    (1e3, "k"),
    (1e-3, "m"),
    (1e-6, "µ"),
    (1e-9, "n"),
];

impl Scale {
    /// The scale for numbers of which this is the greatest, sign aside.
    pub(crate) fn of(greatest: f64) -> Self {
        let greatest = greatest.abs();
        if greatest == 0.0 || (1e-2..1e5).contains(&greatest) {
            return Self::Plain;
        }
        if greatest >= 1e27 {
            return Self::Scientific;
        }
        PREFIXES
            .into_iter()
            .find(|(factor, _)| greatest >= *factor)
            .map_or(Self::Scientific, |(factor, prefix)| {
                Self::Prefix(factor, prefix)
            })
    }

    /// A number with four digits that count.
    pub(crate) fn number(self, value: f64) -> String {
        let scaled = self.scaled(value);
        let digits = if scaled == 0.0 {
            0.0
        } else {
            scaled.abs().log10().floor()
        };
        self.with_decimals(value, (3.0 - digits).clamp(0.0, 6.0) as usize)
    }

    /// A tick of an axis, told apart from the next one, which is `step` away.
    pub(super) fn tick(self, value: f64, step: f64) -> String {
        let step = self.scaled(step).abs();
        let digits = if step.is_normal() {
            (-step.log10().floor()).clamp(0.0, 6.0)
        } else {
            0.0
        };
        self.with_decimals(value, digits as usize)
    }

    fn scaled(self, value: f64) -> f64 {
        match self {
            Self::Plain | Self::Scientific => value,
            Self::Prefix(factor, _) => value / factor,
        }
    }

    fn with_decimals(self, value: f64, decimals: usize) -> String {
        // Zero has no sign for people.
        let scaled = self.scaled(value) + 0.0;
        match self {
            Self::Plain => format!("{scaled:.decimals$}"),
            Self::Prefix(_, prefix) => format!("{scaled:.decimals$} {prefix}"),
            Self::Scientific => format!("{scaled:.3e}"),
        }
    }
}

/// A change: `+1.2 %`, `x 35` when it is more than tenfold, `from 0` when there is nothing to be a part of.
pub(super) fn change(change: Option<f64>) -> String {
    match change {
        None => "from 0".to_owned(),
        Some(part) if part > 9.0 && part < 1e6 => format!("x {:.0}", part + 1.0),
        Some(part) if part.abs() >= 1e6 => format!("{:+.1e} %", part * 100.0),
        Some(part) => format!("{:+.1} %", part * 100.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_digits_and_a_prefix() {
        for (value, expected) in [
            (0.0, "0.000"),
            (21_457.3, "21457"),
            (99.5, "99.50"),
            (26.5e9, "26.50 G"),
            (-123_456.0, "-123.5 k"),
            (0.000_42, "420.0 µ"),
            (1.7e308, "1.700e308"),
            (5e-324, "4.941e-324"),
        ] {
            assert_eq!(Scale::of(value).number(value), expected);
        }
    }

    #[test]
    fn changes_read_well() {
        for (part, expected) in [
            (Some(0.0), "+0.0 %"),
            (Some(-0.0634), "-6.3 %"),
            (Some(34.0), "x 35"),
            (Some(1e300), "+1.0e302 %"),
            (None, "from 0"),
        ] {
            assert_eq!(change(part), expected);
        }
    }
}
