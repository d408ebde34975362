//! The rank test: could chance alone have sorted the samples like this?
//!
//! Wilcoxon's (Mann and Whitney's) rank sum, node by node: samples of one node are ranked among themselves, so that a fast
//! and a slow node do not hide each other's changes, and the rank sums are added. It knows nothing of bell curves, which
//! benchmarks do not follow. Exact (every way to deal the same numbers to the two runs is counted) for small samples,
//! the normal approximation, corrected for ties, beyond.

/// More samples than this are left to the approximation.
const MOST_EXACT: usize = 30;

/// What is compared on one node: the samples of the base, and of the other run.
pub(crate) type Pair = (Vec<f64>, Vec<f64>);

/// What the test says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rank {
    /// How often chance alone gives samples at least as different, if the two runs are alike: 0 to 1.
    pub(crate) p: f64,
    /// Positive when the other run's numbers tend to be the greater ones.
    pub(crate) lean: i64,
}

/// The least `p` that so many samples can have: that of samples which do not overlap at all.
pub(crate) fn least_p(pairs: &[Pair]) -> f64 {
    let mut ways = 1.0_f64;
    for (base, other) in pairs {
        let (n, m) = (base.len(), other.len());
        for i in 1..=n.min(m) {
            ways *= (n + m - n.min(m) + i) as f64 / i as f64;
            if ways > 1e15 {
                return 0.0;
            }
        }
    }
    (2.0 / ways).min(1.0)
}

/// Runs the test over all nodes.
pub(crate) fn test(pairs: &[Pair]) -> Rank {
    let nodes: Vec<Ranked> = pairs.iter().map(|(b, o)| Ranked::of(b, o)).collect();
    let lean = nodes.iter().map(|node| node.sum - node.expected()).sum();
    let samples: usize = nodes.iter().map(|node| node.ranks.len()).sum();
    let p = if samples <= MOST_EXACT {
        exact(&nodes, lean)
    } else {
        approximate(&nodes, lean)
    };
    Rank { p, lean }
}

/// The samples of a node as ranks. Ranks are doubled, so that the mean rank of equal samples is whole.
struct Ranked {
    ranks: Vec<i64>,
    /// How many of them are the other run's.
    others: usize,
    /// The sum of the other run's.
    sum: i64,
    /// Sum of t³ - t over groups of t equal samples.
    ties: f64,
}

impl Ranked {
    fn of(base: &[f64], other: &[f64]) -> Self {
        let mut all: Vec<(f64, bool)> = base.iter().map(|&value| (value, false)).collect();
        all.extend(other.iter().map(|&value| (value, true)));
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut ranked = Self {
            ranks: Vec::with_capacity(all.len()),
            others: other.len(),
            sum: 0,
            ties: 0.0,
        };
        for equal in all.chunk_by(|a, b| a.0 == b.0) {
            let before = ranked.ranks.len();
            let rank = (2 * before + equal.len() + 1) as i64;
            ranked.ranks.extend(std::iter::repeat_n(rank, equal.len()));
            ranked.sum += rank * equal.iter().filter(|(_, other)| *other).count() as i64;
            let t = equal.len() as f64;
            ranked.ties += t * t * t - t;
        }
        ranked
    }

    /// The sum that chance gives on average.
    fn expected(&self) -> i64 {
        (self.others * (self.ranks.len() + 1)) as i64
    }

    /// How many ways of dealing the ranks give each sum.
    fn ways(&self) -> Vec<f64> {
        let most: usize = self.ranks.iter().map(|&rank| rank as usize).sum();
        let mut ways = vec![vec![0.0; most + 1]; self.others + 1];
        ways[0][0] = 1.0;
        let mut so_far = 0;
        for &rank in &self.ranks {
            let rank = rank as usize;
            so_far += rank;
            for taken in (1..=self.others).rev() {
                let (less, more) = ways.split_at_mut(taken);
                for sum in rank..=so_far {
                    more[0][sum] += less[taken - 1][sum - rank];
                }
            }
        }
        ways.swap_remove(self.others)
    }
}

fn exact(nodes: &[Ranked], lean: i64) -> f64 {
    let mut all = vec![1.0];
    for node in nodes {
        let ways = node.ways();
        let mut both = vec![0.0; all.len() + ways.len() - 1];
        for (a, &left) in all.iter().enumerate().filter(|(_, ways)| **ways > 0.0) {
            for (b, &right) in ways.iter().enumerate() {
                both[a + b] += left * right;
            }
        }
        all = both;
    }
    let expected: i64 = nodes.iter().map(Ranked::expected).sum();
    let total: f64 = all.iter().sum();
    let as_far: f64 = all
        .iter()
        .enumerate()
        .filter(|(sum, _)| (*sum as i64 - expected).abs() >= lean.abs())
        .map(|(_, ways)| ways)
        .sum();
    as_far / total
}

fn approximate(nodes: &[Ranked], lean: i64) -> f64 {
    let variance: f64 = nodes
        .iter()
        .filter(|node| node.ranks.len() > 1)
        .map(|node| {
            let all = node.ranks.len() as f64;
            let product = node.others as f64 * (all - node.others as f64);
            // Doubled ranks: four times the variance of the rank sum.
            product / 3.0 * (all + 1.0 - node.ties / (all * (all - 1.0)))
        })
        .sum();
    if variance <= 0.0 {
        return 1.0;
    }
    // Sums are whole numbers, the normal distribution is not: half a (doubled) rank closer.
    let distance = (lean.abs() as f64 - 1.0).max(0.0);
    libm::erfc(distance / (2.0 * variance).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(base: &[f64], other: &[f64]) -> f64 {
        test(&[(base.to_vec(), other.to_vec())]).p
    }

    #[test]
    fn small_samples_are_exact() {
        // Tables of the Mann-Whitney distribution.
        let four = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(p(&four, &[5.0, 6.0, 7.0, 8.0]), 2.0 / 70.0);
        assert_eq!(p(&four, &[4.5, 6.0, 7.0, 3.5]), 4.0 / 70.0);
        assert_eq!(p(&four, &four), 1.0);
        assert_eq!(p(&[1.0], &[2.0]), 1.0);
        assert_eq!(p(&[7.0; 5], &[7.0; 5]), 1.0);
    }

    #[test]
    fn the_approximation_meets_the_exact_test() {
        let base: Vec<f64> = (0..15).map(|i| f64::from(i * 7 % 15)).collect();
        for shift in [0.0, 1.0, 3.0, 5.0, 8.0] {
            let other: Vec<f64> = base.iter().map(|value| value + shift + 0.5).collect();
            let nodes = [Ranked::of(&base, &other)];
            let lean = nodes[0].sum - nodes[0].expected();
            let (exact, near) = (exact(&nodes, lean), approximate(&nodes, lean));
            assert!((exact - near).abs() < 0.015, "{shift}: {exact} {near}");
        }
    }

    #[test]
    fn the_least_p_is_that_of_samples_apart() {
        let pair = |n: u32, m: u32| {
            let values = |range: std::ops::Range<u32>| range.map(f64::from).collect();
            (values(0..n), values(n..n + m))
        };
        for (n, m) in [(1, 1), (2, 3), (3, 3), (4, 4), (3, 5), (10, 2)] {
            assert!((least_p(&[pair(n, m)]) - test(&[pair(n, m)]).p).abs() < 1e-12);
        }
        assert_eq!(least_p(&[pair(2, 2), pair(2, 2)]), 2.0 / 36.0);
        assert_eq!(least_p(&[pair(10_000, 10_000)]), 0.0);
        assert_eq!(least_p(&[pair(0, 4)]), 1.0);
    }

    #[test]
    fn nodes_of_unlike_speed_do_not_hide_a_shift() {
        let slow = (vec![10.0, 10.1, 10.2, 10.3], vec![11.0, 11.1, 11.2, 11.3]);
        let fast = (vec![50.0, 50.1, 50.2, 50.3], vec![55.0, 55.1, 55.2, 55.3]);
        let together = (
            [slow.0.clone(), fast.0.clone()].concat(),
            [slow.1.clone(), fast.1.clone()].concat(),
        );
        assert!(test(&[together]).p > 0.05);
        assert!(test(&[slow, fast]).p < 0.001);
    }
}
