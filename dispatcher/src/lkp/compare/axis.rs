//! An axis of values: where a number stands on it, and its ticks.

use super::number::Scale;

/// An axis from the least to the greatest number of a metric, with a little room at both ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    /// How its numbers are written.
    pub(super) scale: Scale,
}

impl Axis {
    /// The axis for these finite numbers.
    pub(super) fn of(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        let (low, high) = if low > high { (0.0, 0.0) } else { (low, high) };
        let room = (high * 0.04 - low * 0.04).max(if low == high { low.abs() * 0.01 } else { 0.0 });
        let room = if low == 0.0 && high == 0.0 { 1.0 } else { room };
        // What is never negative needs no room below zero.
        let floor = if low >= 0.0 { 0.0 } else { f64::MIN };
        Self {
            low: (low - room).clamp(floor, f64::MAX),
            high: (high + room).clamp(f64::MIN, f64::MAX),
            scale: Scale::of(low.abs().max(high.abs())),
        }
    }

    /// Where a number stands: 0 at the low end, 1 at the high one.
    pub(super) fn place(&self, value: f64) -> f64 {
        // Halves, because the axis may be longer than the greatest number.
        let length = self.high / 2.0 - self.low / 2.0;
        if length > 0.0 {
            ((value / 2.0 - self.low / 2.0) / length).clamp(0.0, 1.0)
        } else {
            0.5
        }
    }

    /// At most `most` + 1 ticks at round numbers, with their labels; the ends when there are no round ones.
    pub(super) fn ticks(&self, most: usize) -> Vec<(f64, String)> {
        let rough = self.high / most as f64 - self.low / most as f64;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .map(|digit| digit * power)
            .find(|step| *step >= rough)
            .unwrap_or(rough);
        let first = (self.low / step).ceil();
        let ticks: Vec<f64> = (0..=most)
            .map(|i| (first + i as f64) * step)
            .filter(|tick| (self.low..=self.high).contains(tick))
            .collect();
        let round = step.is_normal() && first.abs() < 1e12 && ticks.len() > 1;
        let ticks = if round {
            ticks
        } else {
            vec![self.low, self.high]
        };
        ticks
            .into_iter()
            .map(|tick| (tick, self.scale.tick(tick, step)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64]) -> Vec<String> {
        let axis = Axis::of(values.iter().copied());
        axis.ticks(4).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(labels(&[20_000.0, 21_400.0]), ["20000", "20500", "21000"]);
        assert_eq!(labels(&[0.61, 0.66]), ["0.62", "0.64", "0.66"]);
        assert_eq!(labels(&[12.3e9, 26.5e9]), ["15 G", "20 G", "25 G"]);
        assert_eq!(labels(&[0.0]), ["0.0", "0.5", "1.0"]);
        assert_eq!(labels(&[]), ["0.0", "0.5", "1.0"]);
        assert_eq!(
            labels(&[100.0]),
            ["99.0", "99.5", "100.0", "100.5", "101.0"]
        );
    }

    #[test]
    fn every_number_has_a_place() {
        for values in [
            vec![f64::MIN, f64::MAX],
            vec![f64::MAX],
            vec![5e-324],
            vec![0.0, 5e-324],
            vec![1e300, 1e300 + 1e284],
            vec![-1.0, -1.0],
            vec![1.0, 1.0 + f64::EPSILON],
        ] {
            let axis = Axis::of(values.iter().copied());
            for value in values {
                assert!((0.0..=1.0).contains(&axis.place(value)), "{axis:?}");
            }
            assert!((2..=5).contains(&axis.ticks(4).len()), "{axis:?}");
        }
    }
}
