//! How busy the machine was, whoever used it: a figure from a busy machine is worth less.

/// A moment in the life of the machine's processors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    idle: u64,
    all: u64,
}

impl Moment {
    /// Now.
    pub(crate) fn now() -> Self {
        let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
        Self::of(&text)
    }

    fn of(text: &str) -> Self {
        let first = text.lines().next().unwrap_or_default();
        // user nice system idle iowait irq softirq steal; what follows is counted in user already.
        let ticks: Vec<u64> = first
            .split_whitespace()
            .skip(1)
            .take(8)
            .map_while(|word| word.parse().ok())
            .collect();
        Self {
            idle: ticks.iter().skip(3).take(2).sum(),
            all: ticks.iter().sum(),
        }
    }

    /// The share of the processors in use since then, from 0 to 1.
    pub(crate) fn busy_since(self) -> f64 {
        Self::now().busy_after(self)
    }

    #[allow(clippy::cast_precision_loss, reason = "a share needs no more digits")]
    fn busy_after(self, before: Self) -> f64 {
        let all = self.all.saturating_sub(before.all).max(1);
        let idle = self.idle.saturating_sub(before.idle);
        1.0 - idle as f64 / all as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_counts_waiting_for_disks_as_idle() {
        let before = Moment::of("cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 2");
        let after = Moment::of("cpu  130 0 120 740 110 0 0 0 0 0\ncpu0 1 2");
        assert!((after.busy_after(before) - 0.5).abs() < 1e-9);
    }
}
