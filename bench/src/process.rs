//! What a process has used, as the kernel counts it.

use anyhow::{Context, Result};
use std::time::Duration;

/// Fields of `/proc/<pid>/stat` after the name: user and system time are the 14th and 15th of all,
/// and the two before the name are cut off with it.
const USER_TIME: usize = 11;

/// The time that a process's threads have spent on a CPU, to the kernel's tick of mostly 10 ms.
pub(crate) fn cpu(id: u32) -> Result<Duration> {
    let path = format!("/proc/{id}/stat");
    let stat = std::fs::read_to_string(&path).with_context(|| path.clone())?;
    // The name may hold anything but ends at the last bracket.
    let (_, fields) = stat.rsplit_once(')').with_context(|| path.clone())?;
    let times = fields.split_whitespace().skip(USER_TIME).take(2);
    let ticks: u64 = times.map(|ticks| ticks.parse::<u64>().unwrap_or_default()).sum();
    Ok(Duration::from_millis(ticks * 1_000 / rustix::param::clock_ticks_per_second()))
}

/// A line of `/proc/<pid>/status` in bytes: `VmRSS` is the memory now, `VmHWM` the most ever.
pub(crate) fn memory(id: u32, line: &str) -> Result<u64> {
    let path = format!("/proc/{id}/status");
    let status = std::fs::read_to_string(&path).with_context(|| path.clone())?;
    let found = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
    let kib = found.and_then(|text| text.split_whitespace().next()).context("no such line")?;
    Ok(kib.parse::<u64>()? * 1024)
}
